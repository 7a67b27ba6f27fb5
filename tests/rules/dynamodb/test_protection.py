"""Encryption and recovery of tables."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.dynamodb.parts import INSIDE, TABLE, orders

SELECTION = "aws:backup/selection:Selection"


KEY = R("aws:kms/key:Key", "key")


test_kms_encrypted = table(
    "dynamodb-kms-encrypted",
    fails("absent", orders(), at="serverSideEncryption"),
    passes("the account's key", orders(serverSideEncryption={"enabled": True})),
    passes("a key of the program", orders(serverSideEncryption={"enabled": True, "kmsKeyArn": KEY.arn}), KEY),
    passes("provider v6", R(TABLE, "orders", serverSideEncryption={"enabled": True}, provider=V6)),
    fails("off", orders(serverSideEncryption={"enabled": False}), at="serverSideEncryption"),
    undecided("unknown", orders(serverSideEncryption={"enabled": UNKNOWN}), at="serverSideEncryption.enabled"),
)


test_pitr = table(
    "dynamodb-pitr",
    fails("absent", orders(), at="pointInTimeRecovery"),
    passes("on", orders(pointInTimeRecovery={"enabled": True})),
    fails("off", orders(pointInTimeRecovery={"enabled": False}), at="pointInTimeRecovery"),
    undecided("unknown", orders(pointInTimeRecovery=UNKNOWN), at="pointInTimeRecovery"),
)


SAVED, OTHER = orders(tags={"Backup": "daily"}), R(TABLE, "other")


def by_tag(value: object) -> R:
    return R(SELECTION, "plan", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": value}])


test_in_backup_plan = table(
    "dynamodb-in-backup-plan",
    fails("another tag", SAVED, by_tag("weekly"), at="", says="no backup selection"),
    passes("by tag", SAVED, by_tag("daily")),
    passes("by ARN", SAVED, R(SELECTION, "plan", resources=[SAVED.arn])),
    passes("in a component", SAVED, R(SELECTION, "plan", resources=[SAVED.arn], parent=INSIDE), INSIDE),
    passes("every table", SAVED, R(SELECTION, "plan", resources=["arn:aws:dynamodb:*:*:table/*"]), only="preview"),
    fails(
        "another table",
        SAVED,
        R(SELECTION, "plan", resources=[OTHER.arn]),
        OTHER,
        on=["orders"],
        only="preview",
        at="",
        says="no backup selection",
    ),
    undecided("no selection in the program", SAVED, only="up"),
    undecided("an unknown tag", SAVED, by_tag(UNKNOWN)),
)
