"""Backups of databases."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided
from tests.rules.rds.parts import AURORA_MEMBER, aurora, db

SELECTION = "aws:backup/selection:Selection"


test_tags_copied_to_snapshots = table(
    "rds-tags-copied-to-snapshots",
    passes("copied", db(copyTagsToSnapshot=True)),
    passes("an Aurora instance has its cluster's", AURORA_MEMBER),
    fails("absent", db(), at="copyTagsToSnapshot"),
    undecided("unknown", aurora(copyTagsToSnapshot=UNKNOWN), at="copyTagsToSnapshot"),
)


test_backup_enabled = table(
    "rds-backup-enabled",
    passes("a week", db(backupRetentionPeriod=7)),
    passes("a cluster's default is a day", aurora()),
    passes("a replica", db(replicateSourceDb="s")),
    fails("an instance's default is none", db(), at="backupRetentionPeriod", says="0 days"),
    fails("off", db(backupRetentionPeriod=0), at="backupRetentionPeriod"),
    fails("fewer than configured", aurora(backupRetentionPeriod=7), parameters={"days": 30}, says="30"),
    undecided("unknown", db(backupRetentionPeriod=UNKNOWN), at="backupRetentionPeriod"),
)


SAVED = db(tags={"Backup": "daily"})


test_in_backup_plan = table(
    "rds-in-backup-plan",
    passes("by ARN", SAVED, R(SELECTION, "s", resources=[SAVED.arn])),
    passes("by tag", SAVED, R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}])),
    passes("everything", SAVED, R(SELECTION, "s", resources=["*"])),
    fails("another database", db(), aurora("other"), R(SELECTION, "s", resources=[aurora("other").arn]), on=["db"], only="preview", says="is in no backup selection of this program"),
    fails("another tag", SAVED, R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "weekly"}]), says="is in no backup selection of this program"),
    undecided("no selection in the program", SAVED, only="up"),
    undecided("an unknown tag", SAVED, R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": UNKNOWN, "value": "x"}])),
)  # fmt: skip


test_backup_retention_allowed = table(
    "rds-backup-retention-allowed",
    passes("a week", db(backupRetentionPeriod=7)),
    passes("none, of an instance", db(backupRetentionPeriod=0)),
    passes("absent", db()),
    fails("60 days", db(backupRetentionPeriod=60), at="backupRetentionPeriod", says="35"),
    fails("none, of a cluster", aurora(backupRetentionPeriod=0), at="backupRetentionPeriod", says="1 to 35"),
    undecided("unknown", db(backupRetentionPeriod=UNKNOWN), at="backupRetentionPeriod"),
)

test_windows_disjoint = table(
    "rds-windows-disjoint",
    passes("apart", db(backupWindow="03:00-04:00", maintenanceWindow="sun:05:00-sun:06:00")),
    passes("absent", db()),
    fails(
        "overlapping",
        db(backupWindow="03:00-04:00", maintenanceWindow="sun:03:30-sun:04:30"),
        at="maintenanceWindow",
        says="overlaps",
    ),
    fails(
        "of a cluster",
        aurora(preferredBackupWindow="03:00-04:00", preferredMaintenanceWindow="mon:03:00-mon:04:00"),
        at="preferredMaintenanceWindow",
        says="overlaps",
    ),
    fails("short", db(backupWindow="03:00-03:10"), at="backupWindow", says="10 minutes"),
    fails("in words", db(maintenanceWindow="Sunday night"), at="maintenanceWindow", says="sun:05:00-sun:06:00"),
    undecided("unknown", db(backupWindow=UNKNOWN, maintenanceWindow="sun:05:00-sun:06:00"), at="backupWindow"),
)

COPY = "aws:rds/snapshotCopy:SnapshotCopy"
test_snapshot_encrypted = table(
    "rds-snapshot-encrypted",
    passes("a key", R(COPY, "copy", kmsKeyId="alias/copies")),
    passes("an unknown key is one", R(COPY, "copy", kmsKeyId=UNKNOWN)),
    fails("absent", R(COPY, "copy"), at="kmsKeyId"),
    fails("of a cluster", R("aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy", "copy"), at="kmsKeyId"),
)

test_snapshot_private = table(
    "rds-snapshot-private",
    passes("one account", R(COPY, "copy", sharedAccounts=["210987654321"])),
    passes("absent", R(COPY, "copy")),
    fails("everyone", R(COPY, "copy", sharedAccounts=["all"]), at="sharedAccounts", says="every AWS account"),
    undecided("unknown", R(COPY, "copy", sharedAccounts=[UNKNOWN]), at="sharedAccounts[0]"),
)
