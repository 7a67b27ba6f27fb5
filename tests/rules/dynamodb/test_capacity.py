"""Capacity of tables: what their billing accepts, and room to grow."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, concat, fails, passes, table, undecided
from tests.rules.dynamodb.parts import BY_DAY, INSIDE, TABLE, UNITS, orders

TARGET = "aws:appautoscaling/target:Target"


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


test_capacity_matches_billing = table(
    "dynamodb-capacity-matches-billing",
    fails("none", orders(hashKey="id"), at="readCapacity", says="PAY_PER_REQUEST"),
    passes("on demand", orders(billingMode="PAY_PER_REQUEST")),
    passes("provisioned", orders(**UNITS)),
    passes("an unknown number", orders(readCapacity=UNKNOWN, writeCapacity=1)),
    passes("capacity on demand is not sent", orders(billingMode="PAY_PER_REQUEST", **UNITS)),
    passes("a restore", orders(restoreSourceTableArn="arn")),
    fails("reads only", orders(billingMode="PROVISIONED", readCapacity=5), at="writeCapacity"),
    fails("an index without", orders(**UNITS, globalSecondaryIndexes=BY_DAY), at="globalSecondaryIndexes[0].readCapacity", says="by-day"),
    undecided("unknown mode", orders(billingMode=UNKNOWN), at="billingMode"),
)  # fmt: skip
