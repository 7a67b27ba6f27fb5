"""EFS file systems, mount targets and access points."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

COMPONENT = R("app:data:Store", "store")
FILES = R("aws:efs/fileSystem:FileSystem", "files")


def system(**properties: Any) -> R:
    return R("aws:efs/fileSystem:FileSystem", "files", **properties)


A, A2, B = (
    R("aws:ec2/subnet:Subnet", name, availabilityZone=zone)
    for name, zone in (("a", "us-east-1a"), ("a2", "us-east-1a"), ("b", "us-east-1b"))
)


def target(name: str, subnet: R | str, files: R | str = FILES, **more: Any) -> R:
    properties = {
        "fileSystemId": files if isinstance(files, str) else files.id,
        "subnetId": subnet if isinstance(subnet, str) else subnet.id,
    }
    return R("aws:efs/mountTarget:MountTarget", name, **{**properties, **more})


test_zone = table(
    "efs-mount-target-per-zone",
    fails(
        "two in a zone",
        FILES,
        A,
        A2,
        target("first", A),
        target("repeat", A2),
        on="repeat",
        at="subnetId",
        says=["first", "us-east-1a"],
    ),
    passes("two zones", FILES, A, B, target("first", A), target("second", B)),
    fails(
        "one subnet twice",
        target("first", "subnet-1", "fs-1"),
        target("repeat", "subnet-1", "fs-1"),
        on="repeat",
        at="subnetId",
    ),
    passes("two file systems", FILES, A, target("first", A), target("second", A, "fs-1")),
    fails(
        "in a component",
        FILES,
        A,
        COMPONENT,
        target("first", A),
        target("repeat", A, parent=COMPONENT),
        on="first",
        at="subnetId",
    ),
    passes("one", FILES, A, target("first", A)),
    undecided("an unknown subnet", FILES, A, target("first", A), target("second", UNKNOWN), at="subnetId"),
    undecided("an unknown file system", A, target("first", A, UNKNOWN), at="fileSystemId"),
)

test_encrypted = table(
    "efs-encrypted",
    fails("absent", system(), at="encrypted"),
    passes("encrypted", system(encrypted=True)),
    fails("off", system(encrypted="false"), at="encrypted"),
    undecided("unknown", system(encrypted=UNKNOWN), at="encrypted"),
)

KEY = R("aws:kms/key:Key", "key")
test_key = table(
    "efs-customer-managed-key",
    fails("absent", system(encrypted=True), at="kmsKeyId"),
    passes("a key of the program", system(encrypted=True, kmsKeyId=KEY.arn), KEY),
    passes("an unknown key", system(kmsKeyId=UNKNOWN)),
)

REAL = system(outputs={"arn": "arn:aws:elasticfilesystem:us-east-1:210987654321:file-system/fs-1"})
POLICY, SELECTION = "aws:efs/backupPolicy:BackupPolicy", "aws:backup/selection:Selection"
test_backup = table(
    "efs-in-backup-plan",
    fails("nothing", FILES, says="no backup policy or selection of the program covers the file system"),
    passes("a policy", FILES, R(POLICY, "p", fileSystemId=FILES.id, backupPolicy={"status": "ENABLED"})),
    passes(
        "a policy in a component",
        FILES,
        COMPONENT,
        R(POLICY, "p", parent=COMPONENT, fileSystemId=FILES.id, backupPolicy={"status": "ENABLED"}),
    ),
    fails(
        "a policy that is off",
        FILES,
        R(POLICY, "p", fileSystemId=FILES.id, backupPolicy={"status": "DISABLED"}),
        says="no backup policy or selection of the program covers the file system",
    ),
    passes("a selection", FILES, R(SELECTION, "s", resources=[FILES.arn])),
    passes("every file system", REAL, R(SELECTION, "s", resources=["arn:aws:elasticfilesystem:*:*:file-system/*"])),
    passes("one zone (backed up unless switched off)", system(availabilityZoneName="us-east-1a")),
    undecided(
        "a policy of an unknown status",
        FILES,
        R(POLICY, "p", fileSystemId=FILES.id, backupPolicy={"status": UNKNOWN}),
        at="backupPolicy.status",
    ),
    undecided("an unknown policy", FILES, R(POLICY, "p", fileSystemId=UNKNOWN, backupPolicy={"status": "ENABLED"})),
)

test_multi_az = table(
    "efs-multi-az",
    fails("one zone", system(availabilityZoneName="us-east-1a"), at="availabilityZoneName"),
    passes("absent", system()),
    fails("an unknown zone", system(availabilityZoneName=UNKNOWN), at="availabilityZoneName"),
)

POINT = "aws:efs/accessPoint:AccessPoint"
test_root = table(
    "efs-access-point-root-directory",
    fails("everything", R(POINT, "p", rootDirectory={"path": "/"}), at="rootDirectory.path"),
    passes("a directory", R(POINT, "p", rootDirectory={"path": "/app"})),
    fails("absent", R(POINT, "p"), at="rootDirectory.path"),
    undecided("unknown", R(POINT, "p", rootDirectory={"path": UNKNOWN}), at="rootDirectory.path"),
)

test_user = table(
    "efs-access-point-user",
    fails("none", R(POINT, "p"), at="posixUser"),
    passes("a user", R(POINT, "p", posixUser={"uid": 1000, "gid": 1000})),
    passes("an unknown user", R(POINT, "p", posixUser=UNKNOWN)),
)
