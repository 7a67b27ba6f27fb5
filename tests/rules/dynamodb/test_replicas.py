"""Replicas of tables in other Regions."""

from __future__ import annotations

from preflight.testing import UNKNOWN, P, R, concat, fails, passes, table, undecided
from tests.rules.dynamodb.parts import TABLE, UNITS, orders

TARGET = "aws:appautoscaling/target:Target"


KEY = R("aws:kms/key:Key", "key")


GLOBAL = {"billingMode": "PAY_PER_REQUEST", "streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}


WEST = [{"regionName": "us-west-2"}]


SCALED = orders(streamEnabled=True, replicas=WEST, **UNITS)


WRITES = {"scalableDimension": "dynamodb:table:WriteCapacityUnits", "serviceNamespace": "dynamodb"}


INSIDE = R("program:index:App", "app")


test_replicas_ready = table(
    "dynamodb-replicas-ready",
    fails("no stream", orders(billingMode="PAY_PER_REQUEST", replicas=WEST), at="streamEnabled", says="NEW_AND_OLD_IMAGES"),
    passes("ready", orders(**GLOBAL, replicas=WEST)),
    passes("no replicas", orders(hashKey="id")),
    passes("strongly consistent", orders(billingMode="PAY_PER_REQUEST", replicas=[{"regionName": "us-west-2", "consistencyMode": "STRONG"}])),
    passes("scaled", SCALED, R(TARGET, "t", resourceId=concat("table/", SCALED.name), **WRITES)),
    passes("scaled in a component", SCALED, R(TARGET, "t", resourceId=concat("table/", SCALED.name), parent=INSIDE, **WRITES), INSIDE),
    fails("provisioned", orders(**{**GLOBAL, "billingMode": "PROVISIONED"}, replicas=WEST), at="billingMode"),
    fails("another table's scaling", SCALED, R(TARGET, "t", resourceId="table/other", **WRITES), at="billingMode"),
    fails("another view", orders(**{**GLOBAL, "streamViewType": "KEYS_ONLY"}, replicas=WEST), at="streamViewType", says="KEYS_ONLY"),
    fails("its own region", orders(**GLOBAL, replicas=[*WEST, {"regionName": "us-east-1"}]), at="replicas[1].regionName"),
    fails("its own region, by the provider", R(TABLE, "t", **GLOBAL, replicas=WEST, provider=P("west", region="us-west-2")), at="replicas[0].regionName"),
    fails("no region", orders(**GLOBAL, replicas=[{"regionName": "us-west-9"}]), says="not an AWS Region"),
    fails("another partition", orders(**GLOBAL, replicas=[{"regionName": "cn-north-1"}]), says="partition"),
    fails("a replica without a key", orders(**GLOBAL, replicas=WEST, serverSideEncryption={"enabled": True, "kmsKeyArn": KEY.arn}), KEY, at="replicas[0].kmsKeyArn"),
    undecided("an unknown stream", orders(billingMode="PAY_PER_REQUEST", streamEnabled=UNKNOWN, replicas=WEST), at="streamEnabled"),
    undecided("unknown replicas", orders(**GLOBAL, replicas=UNKNOWN), at="replicas"),
)  # fmt: skip
