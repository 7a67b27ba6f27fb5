"""EFS file systems, mount targets and access points."""

from __future__ import annotations

from typing import Any, Final

from ..rule import Findings, Kind, Resource, Severity, Undecided, deferred, rule
from ..stack import Stack
from ._shared_backup import covered_by_selection
from ._shared_targets import earlier, sharing, target_or_none

FILE_SYSTEM: Final = "aws:efs/fileSystem:FileSystem"
MOUNT_TARGET: Final = "aws:efs/mountTarget:MountTarget"
BACKUP_POLICY: Final = "aws:efs/backupPolicy:BackupPolicy"
ACCESS_POINT: Final = "aws:efs/accessPoint:AccessPoint"
SUBNET: Final = "aws:ec2/subnet:Subnet"


@rule(MOUNT_TARGET, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def mount_target_per_zone(target: Resource, stack: Stack) -> Findings:
    """A file system has one mount target per Availability Zone.

    Why: EFS refuses a second: "MountTargetConflict: mount target already exists in this AZ".
    Fix: Make one mount target per zone; all subnets of the zone use it.
    Source: Amazon EFS User Guide, "Managing mount targets".
    """
    others = earlier(target, sharing(stack, target, "fileSystemId", (MOUNT_TARGET,), FILE_SYSTEM))
    if not others:
        return
    zone, subnet = _place(target, stack)
    for other in others:
        with deferred():
            other_zone, other_subnet = _place(other, stack)
            if (zone and zone == other_zone) or (subnet and subnet == other_subnet):
                where = zone or "the same subnet"
                yield target.finding(
                    f"mount target {other.name} of the file system is already in {where}; keep one", at="subnetId"
                )
                return


def _place(target: Resource, stack: Stack) -> tuple[str | None, str | None]:
    """The known zone of a mount target's subnet, and what stands for the subnet."""
    subnets = stack.referred_by(target, "subnetId", SUBNET).certain
    zone = subnets[0].known("availabilityZone") if len(subnets) == 1 else None
    place = target_or_none(stack, target, "subnetId", SUBNET)
    if place is None:
        raise Undecided("subnetId", target.urn)
    return zone, place


@rule(
    FILE_SYSTEM,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def encrypted(system: Resource) -> Findings:
    """A file system is encrypted.

    Why: Encryption can't be switched on later: the file system must be made anew, and the files copied.
    Fix: Set encrypted to `true`.
    Source: Amazon EFS User Guide, "Encrypting data at rest"; AWS Config rule EFS_ENCRYPTED_CHECK.
    """
    if not system.flag("encrypted"):
        yield system.finding("the file system is not encrypted; set encrypted to `true`", at="encrypted")


@encrypted.remediate
def _encrypt(system: Resource) -> dict[str, Any]:
    return {"encrypted": True}


@rule(FILE_SYSTEM, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(system: Resource) -> Findings:
    """A file system is encrypted with a named KMS key.

    Why: The key that AWS manages can't be disabled or watched as one's own can.
    Fix: Set `kmsKeyId`.
    Source: Amazon EFS User Guide, "Encrypting data at rest".
    """
    if not system.has("kmsKeyId"):
        yield system.finding("uses the AWS managed key; set `kmsKeyId` to a key of your own", at="kmsKeyId")


@rule(
    FILE_SYSTEM,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def in_backup_plan(system: Resource, stack: Stack) -> Findings:
    """A backup policy or a backup selection covers the file system.

    Why: What is not backed up is gone with one wrong command. A file system in one zone is backed up unless switched
    off.
    Fix: Add an `aws.efs.BackupPolicy` with status ENABLED, or the ARN to a `aws.backup.Selection`.
    Source: Amazon EFS User Guide, "Backing up EFS file systems"; EFS API Reference, "CreateFileSystem"; AWS Config rule
    EFS_IN_BACKUP_PLAN.
    """
    policies = stack.referring_to(system, BACKUP_POLICY, via="fileSystemId")
    unknown: Undecided | None = None
    for policy in policies.certain:
        try:
            if policy.text("backupPolicy.status") in ("ENABLED", "ENABLING"):
                return
        except Undecided as found:
            unknown = found
    if system.has("availabilityZoneName") and not policies.certain:
        return
    answer = covered_by_selection(stack, system, "elasticfilesystem:file-system")
    if answer:
        return
    if unknown:
        raise unknown
    if answer is None or policies.maybe_more:
        raise Undecided("tags", system.urn, "or the backup policies and selections do not tell whether one covers it")
    yield system.finding(
        "no backup policy or selection of the program covers the file system; add an `aws.efs.BackupPolicy`"
    )


@rule(FILE_SYSTEM, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def multi_az(system: Resource) -> Findings:
    """A file system is not confined to one zone.

    Why: With the zone, all files are out of reach.
    Fix: Leave `availabilityZoneName` out.
    Source: Amazon EFS User Guide, "EFS file system types".
    """
    if system.has("availabilityZoneName"):
        yield system.finding(
            "the file system is in one zone only; remove `availabilityZoneName`", at="availabilityZoneName"
        )


@rule(
    ACCESS_POINT,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def access_point_root_directory(point: Resource) -> Findings:
    """An access point confines its clients below a directory other than /.

    Why: With / as its root, an access point opens the whole file system.
    Fix: Set `rootDirectory.path`, with `creationInfo` where it does not exist yet.
    Source: Amazon EFS User Guide, "Enforcing a root directory with an access point"; AWS Config rule
    EFS_ACCESS_POINT_ENFORCE_ROOT_DIRECTORY.
    """
    if point.text("rootDirectory.path") in (None, "", "/"):
        yield point.finding("the access point opens the whole file system; set a directory", at="rootDirectory.path")


@rule(
    ACCESS_POINT,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def access_point_user(point: Resource) -> Findings:
    """An access point imposes a POSIX user.

    Why: Without one, clients say themselves who they are, root included.
    Fix: Set `posixUser` with uid and gid.
    Source: Amazon EFS User Guide, "Enforcing a user identity using an access point"; AWS Config rule
    EFS_ACCESS_POINT_ENFORCE_USER_IDENTITY.
    """
    if not point.has("posixUser"):
        yield point.finding("the access point does not enforce a user; set `posixUser`", at="posixUser")
