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
