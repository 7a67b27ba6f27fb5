"""EBS volumes, snapshots and the account's defaults."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided

COMPONENT = R("app:data:Store", "store")
WEST = P("west", region="us-west-2")
DEFAULT = R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all")


def volume(**properties: Any) -> R:
    return R("aws:ebs/volume:Volume", "data", **{"availabilityZone": "us-east-1a", **properties})


def instance(**properties: Any) -> R:
    return R("aws:ec2/instance:Instance", "server", **properties)


def template(**ebs: Any) -> R:
    return R("aws:ec2/launchTemplate:LaunchTemplate", "template", blockDeviceMappings=[{"ebs": ebs}])


test_performance = table(
    "ebs-volume-performance-valid",
    fails("io2 without iops", volume(type="io2", size=100), at="iops", says="io2"),
    passes("io2 with iops", volume(type="io2", size=100, iops=5000)),
    fails(
        "gp2 with iops, an instance's root",
        instance(rootBlockDevice={"volumeType": "gp2", "iops": 3000}),
        at="rootBlockDevice.iops",
    ),
    fails(
        "gp3 below its iops, a template's",
        template(volumeType="gp3", iops=1000),
        at="blockDeviceMappings[0].ebs.iops",
        says="3000",
    ),
    fails("more than the ratio", volume(type="gp3", size=10, iops=6000), at="iops", says="500"),
    passes("the baseline of a small gp3", volume(type="gp3", size=1, iops=3000)),
    fails("throughput too low", volume(type="gp3", size=10, throughput=100), at="throughput"),
    fails(
        "throughput above a quarter",
        volume(type="gp3", size=500, iops=3000, throughput=1000),
        at="throughput",
        says="quarter",
    ),
    fails("throughput on gp2", volume(size=10, throughput=125), at="throughput", says="gp2"),
    fails(
        "st1 too small",
        instance(ebsBlockDevices=[{"volumeType": "st1", "volumeSize": 100}]),
        at="ebsBlockDevices[0].volumeSize",
    ),
    passes("absent", instance()),
    undecided("an unknown type", volume(type=UNKNOWN, iops=100), at="type"),
    passes("io1 with its ratio", volume(type="io1", iops=3000, size=100)),
    undecided("unknown iops", volume(type="gp3", size=100, iops=UNKNOWN), at="iops"),
)

test_encrypted = table(
    "ebs-volume-encrypted",
    fails("absent", volume(), at="encrypted"),
    passes("encrypted", volume(encrypted=True)),
    fails("off, as text", volume(encrypted="false"), at="encrypted"),
    passes("the account's default", volume(), DEFAULT),
    passes(
        "the account's default, in a component",
        volume(),
        COMPONENT,
        R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all", parent=COMPONENT),
    ),
    fails(
        "another region's default",
        volume(),
        R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all", provider=WEST),
        at="encrypted",
    ),
    undecided("a snapshot's", volume(snapshotId="snap-1"), at="encrypted", only="up"),
    undecided("unknown", volume(encrypted=UNKNOWN), at="encrypted"),
)

test_key = table(
    "ebs-customer-managed-key",
    fails("absent", volume(encrypted=True), at="kmsKeyId"),
    passes("a key of the program", volume(kmsKeyId=(key := R("aws:kms/key:Key", "key")).arn), key),
    fails("a template's device", template(encrypted="true"), at="blockDeviceMappings[0].ebs.kmsKeyId"),
    passes("the account's default key", template(), R("aws:ebs/defaultKmsKey:DefaultKmsKey", "key", keyArn="arn")),
    passes("an unknown key", volume(kmsKeyId=UNKNOWN)),
    passes("no devices", R("aws:ec2/launchTemplate:LaunchTemplate", "template")),
    undecided(
        "unknown devices",
        R("aws:ec2/launchTemplate:LaunchTemplate", "t", blockDeviceMappings=UNKNOWN),
        at="blockDeviceMappings",
    ),
)

DATA = volume()
ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment"
test_attached = table(
    "ebs-volume-attached",
    fails("to nothing", volume(), at="", says="attachment"),
    passes("attached", DATA, R(ATTACHMENT, "a", volumeId=DATA.id, instanceId="i-1")),
    passes("attached in a component", DATA, COMPONENT, R(ATTACHMENT, "a", parent=COMPONENT, volumeId=DATA.id)),
    fails("another's", DATA, R(ATTACHMENT, "a", volumeId="vol-9"), at="", says="attachment"),
    fails(
        "outlives its instance",
        instance(ebsBlockDevices=[{"deleteOnTermination": False}]),
        at="ebsBlockDevices[0].deleteOnTermination",
        parameters={"deleteOnTermination": True},
    ),
    passes("outlives its instance, as it may", instance(ebsBlockDevices=[{"deleteOnTermination": False}])),
    undecided("an unknown attachment", DATA, R(ATTACHMENT, "a", volumeId=UNKNOWN)),
)

SELECTION = "aws:backup/selection:Selection"
REAL = volume(outputs={"arn": "arn:aws:ec2:us-east-1:210987654321:volume/vol-1"})
TAGGED = volume(tags={"Backup": "daily"})
test_backup = table(
    "ebs-volume-in-backup-plan",
    fails("no selection", DATA, at="", says="backup selection"),
    passes("by reference", DATA, R(SELECTION, "s", resources=[DATA.arn])),
    passes("by reference, in a component", DATA, COMPONENT, R(SELECTION, "s", parent=COMPONENT, resources=[DATA.arn])),
    passes("everything", DATA, R(SELECTION, "s", resources=["*"])),
    passes("every volume", REAL, R(SELECTION, "s", resources=["arn:aws:ec2:*:*:volume/*"])),
    fails(
        "every database", DATA, R(SELECTION, "s", resources=["arn:aws:rds:*:*:db:*"]), at="", says="backup selection"
    ),
    passes(
        "by tag", TAGGED, R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}])
    ),
    fails(
        "by another tag",
        TAGGED,
        R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "weekly"}]),
        at="",
        says="backup selection",
    ),
    passes(
        "by default tag",
        volume(provider=P("tagged", config={"defaultTags": {"tags": {"Backup": "daily"}}})),
        R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}]),
    ),
    passes(
        "by condition",
        TAGGED,
        R(
            SELECTION,
            "s",
            resources=["*"],
            conditions=[{"stringEquals": [{"key": "aws:ResourceTag/Backup", "value": "daily"}]}],
        ),
    ),
    fails(
        "by another condition",
        TAGGED,
        R(
            SELECTION,
            "s",
            resources=["*"],
            conditions=[{"stringEquals": [{"key": "aws:ResourceTag/Backup", "value": "no"}]}],
        ),
        at="",
        says="backup selection",
    ),
    undecided("but for some", DATA, R(SELECTION, "s", resources=["*"], notResources=["arn:aws:ec2:*:*:volume/vol-1"])),
    undecided("an unknown selection", DATA, R(SELECTION, "s", resources=[UNKNOWN])),
    undecided(
        "an unknown tag",
        volume(tags={"Backup": UNKNOWN}),
        R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "x"}]),
    ),
)

test_default = table(
    "ebs-encryption-by-default",
    fails("off", R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all", enabled=False), at="enabled"),
    passes("absent", DEFAULT),
    undecided("unknown", R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all", enabled=UNKNOWN), at="enabled"),
)

GUARD = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
test_guard = table(
    "ebs-snapshot-public-access-blocked",
    fails("unblocked", R(GUARD, "g", state="unblocked"), at="state"),
    passes("blocked", R(GUARD, "g", state="block-all-sharing")),
    undecided("unknown", R(GUARD, "g", state=UNKNOWN), at="state"),
)

test_snapshot = table(
    "ebs-snapshot-encrypted",
    fails("a copy", R("aws:ebs/snapshotCopy:SnapshotCopy", "copy"), at="encrypted"),
    passes("an encrypted import", R("aws:ebs/snapshotImport:SnapshotImport", "import", encrypted=True)),
    passes("the account's default", R("aws:ebs/snapshotCopy:SnapshotCopy", "copy"), DEFAULT),
    undecided("unknown", R("aws:ebs/snapshotCopy:SnapshotCopy", "copy", encrypted=UNKNOWN), at="encrypted"),
)
