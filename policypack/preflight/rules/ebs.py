"""EBS volumes, snapshots and the account's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..facts import ec2
from ..rule import Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, View, deferred, rule
from ..stack import Stack
from ._shared_backup import covered_by_selection
from ._shared_volumes import ENCRYPTION_BY_DEFAULT, encrypted_by_default, keyed_by_default

VOLUME: Final = "aws:ebs/volume:Volume"
INSTANCE: Final = "aws:ec2/instance:Instance"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
ATTACHMENT: Final = "aws:ec2/volumeAttachment:VolumeAttachment"
SNAPSHOT_GUARD: Final = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
SNAPSHOTS: Final = ("aws:ebs/snapshotCopy:SnapshotCopy", "aws:ebs/snapshotImport:SnapshotImport")


def _devices(resource: Resource) -> Iterator[tuple[View, str, str]]:
    """The block devices of a resource, as (object, property of its type, property of its size)."""
    if resource.is_a(VOLUME):
        yield resource, "type", "size"
    elif resource.is_a(INSTANCE):
        for path in ("rootBlockDevice", "ebsBlockDevices"):
            for device in resource.each(path):
                yield device, "volumeType", "volumeSize"
    else:
        for device in resource.each("blockDeviceMappings.ebs"):
            yield device, "volumeType", "volumeSize"


@rule((VOLUME, INSTANCE, LAUNCH_TEMPLATE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def volume_performance_valid(resource: Resource) -> Findings:
    """IOPS, throughput and size of a volume fit its type.

    Why: EC2 and the provider refuse others: "'iops' must be set when 'type' is 'io2'", "The parameter iops is not
    supported for gp2 volumes", "Maximum ratio of iops to volume size is exceeded". Upper limits are not judged, since
    AWS raises them.
    Fix: Leave iops out for gp2, st1, sc1 and standard; set it for io1 and io2; gp3 has 3,000 IOPS and 125 MiB/s at
    least, 500 IOPS a GiB and a quarter MiB/s for each at most.
    Source: Amazon EBS User Guide, "Amazon EBS volume types".
    """
    for device, type_path, size_path in _devices(resource):
        with deferred():
            name = device.text(type_path) or ("gp2" if resource.is_a(VOLUME) else None)
            if name in ec2.VOLUME_TYPES:
                yield from _misfits(device, name, ec2.VOLUME_TYPES[name], size_path)


def _misfits(device: View, name: str, limits: ec2.VolumeType, size_path: str) -> Findings:
    with deferred():
        iops = device.number("iops") or None
        if iops is None:
            if limits.needs_iops and not device.has("iops"):
                yield device.finding(f"a volume of type {name} needs iops; set it, or use gp3", at="iops")
        elif not limits.takes_iops:
            yield device.finding(f"a volume of type {name} does not support `iops`; remove it, or use gp3", at="iops")
        elif limits.min_iops is not None and iops < limits.min_iops:
            yield device.finding(
                f"{iops} IOPS are below the {limits.min_iops} of {name}; raise or leave out iops", at="iops"
            )
        elif limits.iops_per_gib is not None and limits.min_iops is not None and iops > limits.min_iops:
            size = device.number(size_path)
            if size is not None and iops > size * limits.iops_per_gib:
                yield device.finding(
                    f"{iops} IOPS are more than {limits.iops_per_gib} for each of {size} GiB; lower iops, or use a "
                    "larger volume",
                    at="iops",
                )
    with deferred():
        throughput = device.number("throughput") or None
        if throughput is not None:
            if not limits.takes_throughput:
                yield device.finding(
                    f"a volume of type {name} does not support `throughput`; remove it, or use gp3", at="throughput"
                )
            elif limits.min_throughput is not None and throughput < limits.min_throughput:
                yield device.finding(
                    f"{throughput} MiB/s is below the {limits.min_throughput} of {name}; raise it", at="throughput"
                )
            elif limits.throughput_per_iops is not None:
                available = device.number("iops") or limits.min_iops or 0
                if throughput > available * limits.throughput_per_iops:
                    yield device.finding(
                        f"{throughput} MiB/s is more than a quarter of {available} IOPS; raise iops, or lower it",
                        at="throughput",
                    )
    with deferred():
        size = device.number(size_path)
        if size is not None and size < limits.min_size_gib:
            yield device.finding(
                f"{size} GiB is below the {limits.min_size_gib} of {name}; use a larger volume", at=size_path
            )


@rule(
    VOLUME,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def volume_encrypted(volume: Resource, stack: Stack) -> Findings:
    """A volume is encrypted, or the program turns on the account's default.

    Why: A snapshot or a volume that gets into wrong hands can be read by whoever attaches it.
    Fix: Set encrypted to `true`, or add `aws.ebs.EncryptionByDefault`.
    Source: Amazon EBS User Guide, "Amazon EBS encryption"; AWS Config rule ENCRYPTED_VOLUMES.
    """
    encrypted = volume.flag("encrypted")
    if encrypted or encrypted_by_default(volume, stack):
        return
    if encrypted is None and volume.has("snapshotId"):
        raise Undecided("encrypted", volume.urn, "is that of the snapshot")
    yield volume.finding("the volume is not encrypted; set encrypted to `true`", at="encrypted")


@volume_encrypted.remediate_on(VOLUME)
def _encrypt(volume: Resource) -> dict[str, Any] | None:
    """Encrypt a new volume; one that is made from a snapshot, or says what is not known yet, stays."""
    if volume.is_unknown("encrypted") or volume.has("snapshotId") or volume.flag("encrypted"):
        return None
    return {"encrypted": True}


@rule((VOLUME, LAUNCH_TEMPLATE), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(resource: Resource, stack: Stack) -> Findings:
    """Volumes are encrypted with a named KMS key.

    Why: The key that AWS manages can't be shared, disabled or watched as one's own can.
    Fix: Set `kmsKeyId`, or add `aws.ebs.DefaultKmsKey`.
    Source: Amazon EBS User Guide, "Amazon EBS encryption", "KMS keys for EBS encryption".
    """
    devices = [resource] if resource.is_a(VOLUME) else resource.each("blockDeviceMappings.ebs")
    for device in devices:
        with deferred():
            if not device.has("kmsKeyId") and not keyed_by_default(resource, stack):
                yield device.finding("uses the AWS managed key; set `kmsKeyId` to a key of your own", at="kmsKeyId")


@rule(
    (VOLUME, INSTANCE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={
        "deleteOnTermination": Parameter.of(
            False, "Whether data devices of instances must go away with their instance."
        ),
    },
)
def volume_attached(resource: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """Each volume is attached to an instance, and data devices go away with theirs when that is asked for.

    Why: A volume that nothing uses costs money, and holds data that nobody watches.
    Fix: Add an `aws.ec2.VolumeAttachment`, or remove the volume; set `deleteOnTermination=true`.
    Source: Amazon EBS User Guide, "Attach an Amazon EBS volume to an Amazon EC2 instance"; AWS Config rule
    EC2_VOLUME_INUSE_CHECK.
    """
    if resource.is_a(VOLUME):
        if not stack.referring_to(resource, ATTACHMENT, via="volumeId"):
            yield resource.finding("no attachment of the program uses the volume; attach or remove it")
        return
    if parameters["deleteOnTermination"]:
        for device in resource.each("ebsBlockDevices"):
            with deferred():
                if device.flag("deleteOnTermination") is False:
                    yield device.finding("the device outlives its instance; set it to `true`", at="deleteOnTermination")


@rule(
    VOLUME,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def volume_in_backup_plan(volume: Resource, stack: Stack) -> Findings:
    """A backup selection covers the volume.

    Why: What is not backed up is gone with the volume, or with one wrong command.
    Fix: Add the volume's ARN, or a tag of it, to a `aws.backup.Selection`.
    Source: AWS Backup Developer Guide, "Selecting resources to backup"; AWS Config rule EBS_IN_BACKUP_PLAN.
    """
    answer = covered_by_selection(stack, volume, "ec2:volume")
    if answer is None:
        raise Undecided("tags", volume.urn, "or the selections do not tell whether one covers it")
    if not answer:
        yield volume.finding("no backup selection of the program covers the volume; add its ARN or a tag to one")


@rule(
    ENCRYPTION_BY_DEFAULT,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def encryption_by_default(setting: Resource) -> Findings:
    """The account's default encryption of volumes is not switched off.

    Why: Every volume of the Region that says nothing is unencrypted then.
    Fix: Leave enabled out, or set it to `true`.
    Source: Amazon EBS User Guide, "Enable Amazon EBS encryption by default"; AWS Config rule
    EC2_EBS_ENCRYPTION_BY_DEFAULT.
    """
    if setting.flag("enabled") is False:
        yield setting.finding("the account's default encryption is switched off; set it to `true`", at="enabled")


@rule(
    SNAPSHOT_GUARD,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def snapshot_public_access_blocked(guard: Resource) -> Findings:
    """The account's guard against public snapshots blocks sharing.

    Why: A snapshot that is shared with everyone can be copied by everyone.
    Fix: Set state to "block-all-sharing".
    Source: Amazon EBS User Guide, "Block public access for Amazon EBS snapshots"; AWS Config rule
    EBS_SNAPSHOT_BLOCK_PUBLIC_ACCESS.
    """
    if guard.text("state") not in ("block-all-sharing", "block-new-sharing"):
        yield guard.finding(f"the state is {guard.text('state')}; use block-all-sharing", at="state")


@rule(
    SNAPSHOTS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def snapshot_encrypted(snapshot: Resource, stack: Stack) -> Findings:
    """Copied and imported snapshots are encrypted, or the program turns on the account's default.

    Why: Whoever gets the snapshot can read it.
    Fix: Set encrypted to `true`.
    Source: Amazon EBS User Guide, "Copy an Amazon EBS snapshot", "Amazon EBS encryption".
    """
    if not snapshot.flag("encrypted") and not encrypted_by_default(snapshot, stack):
        yield snapshot.finding("the snapshot is not encrypted; set encrypted to `true`", at="encrypted")
