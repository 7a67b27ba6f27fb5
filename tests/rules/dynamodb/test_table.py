"""Keys and streams of tables, as DynamoDB accepts them."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.dynamodb.parts import BY_DAY, TABLE, orders

ID = {"name": "id", "type": "S"}


DAY = {"name": "day", "type": "S"}


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
