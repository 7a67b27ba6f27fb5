"""DynamoDB: what frameworks ask for."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, concat, fails, passes, table, undecided

TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
SELECTION = "aws:backup/selection:Selection"
KEY = R("aws:kms/key:Key", "key")
INSIDE = R("program:index:App", "app")


def orders(**properties: object) -> R:
    return R(TABLE, "orders", **properties)


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

FREE = R(TABLE, "free", billingMode="PAY_PER_REQUEST")
PLAIN = orders(readCapacity=1, writeCapacity=1)
INDEXED = orders(name="orders", readCapacity=1, writeCapacity=1, globalSecondaryIndexes=[{"name": "by-day"}])


def target(dimension: object, of: R = PLAIN, suffix: str = "", **options: object) -> R:
    identifier = concat("table/", of.name, suffix)
    return R(TARGET, f"{dimension}{suffix}", resourceId=identifier, scalableDimension=dimension, **options)


READS, WRITES = "dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"
INDEX_READS, INDEX_WRITES = "dynamodb:index:ReadCapacityUnits", "dynamodb:index:WriteCapacityUnits"
BOTH = (target(READS, INDEXED), target(WRITES, INDEXED))

test_autoscaling = table(
    "dynamodb-autoscaling",
    fails("fixed", PLAIN, says=["reads", "writes"]),
    passes("on demand", orders(billingMode="PAY_PER_REQUEST")),
    passes("scaled", PLAIN, target(READS), target(WRITES)),
    passes("scaled in a component", PLAIN, target(READS, parent=INSIDE), target(WRITES), INSIDE),
    passes("an index too", INDEXED, *BOTH, target(INDEX_READS, INDEXED, "/index/by-day"), target(INDEX_WRITES, INDEXED, "/index/by-day")),
    fails("reads only", PLAIN, target(READS), says="writes"),
    fails("an index is left out", INDEXED, *BOTH, says="by-day"),
    fails("another index", INDEXED, *BOTH, target(INDEX_READS, INDEXED, "/index/x"), target(INDEX_WRITES, INDEXED, "/index/x"), at="", says="writes of index 'by-day'"),
    fails("another table's", PLAIN, FREE, target(READS, FREE), target(WRITES, FREE), says="no target"),
    undecided("an unknown table", PLAIN, R(TARGET, "t", resourceId=UNKNOWN, scalableDimension=READS), at="resourceId"),
    undecided("an unknown dimension", PLAIN, target(UNKNOWN), target(READS), at="scalableDimension"),
    undecided("unknown mode", orders(billingMode=UNKNOWN), at="billingMode"),
)  # fmt: skip
