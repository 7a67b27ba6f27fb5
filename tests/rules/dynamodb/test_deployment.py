"""DynamoDB: tables that can be made."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, P, R, concat, fails, passes, table, undecided

TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
ID = {"name": "id", "type": "S"}
DAY = {"name": "day", "type": "S"}
KEY = R("aws:kms/key:Key", "key")


def orders(**properties: object) -> R:
    return R(TABLE, "orders", **properties)


BY_DAY = [{"name": "by-day", "hashKey": "day", "projectionType": "ALL"}]

test_keys_defined = table(
    "dynamodb-keys-defined",
    fails("an attribute that is no key", orders(hashKey="id", attributes=[ID, DAY]), at="attributes", says="day"),
    passes("a key", orders(hashKey="id", attributes=[ID])),
    passes("of an index", orders(hashKey="id", attributes=[ID, DAY], globalSecondaryIndexes=BY_DAY)),
    passes("of a key schema", orders(hashKey="id", attributes=[ID, DAY], globalSecondaryIndexes=[{"keySchemas": [{"attributeName": "day", "keyType": "HASH"}]}])),
    passes("of a local index", orders(hashKey="id", attributes=[ID, DAY], localSecondaryIndexes=[{"rangeKey": "day"}])),
    passes("a restore", orders(restoreSourceName="old")),
    fails("a key that is no attribute", orders(hashKey="id", rangeKey="day", attributes=[ID]), at="attributes", says="day"),
    fails("absent", orders(hashKey="id"), at="attributes"),
    fails("provider v6", R(TABLE, "orders", hashKey="id", attributes=[ID, DAY], provider=V6), at="attributes"),
    undecided("an unknown index", orders(hashKey="id", attributes=[ID, DAY], globalSecondaryIndexes=UNKNOWN), at="globalSecondaryIndexes"),
    undecided("unknown attributes", orders(hashKey="id", attributes=UNKNOWN), at="attributes"),
)  # fmt: skip

UNITS = {"readCapacity": 5, "writeCapacity": 5}

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

test_stream_view_set = table(
    "dynamodb-stream-view-set",
    fails("no view", orders(streamEnabled=True), at="streamViewType"),
    passes("a view", orders(streamEnabled=True, streamViewType="KEYS_ONLY")),
    passes("no stream", orders()),
    passes("an unknown view is one", orders(streamEnabled=True, streamViewType=UNKNOWN)),
    fails("no attribute", orders(ttl={"enabled": True}), at="ttl.attributeName"),
    passes("an attribute", orders(ttl={"enabled": True, "attributeName": "expires"})),
    undecided("unknown", orders(streamEnabled=UNKNOWN), at="streamEnabled"),
)
