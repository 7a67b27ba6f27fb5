"""Database Migration Service."""

from __future__ import annotations

from tests.rules.table import UNKNOWN, R, fails, passes, table, undecided

INSTANCE = "aws:dms/replicationInstance:ReplicationInstance"

test_instance_private = table(
    "dms-instance-private",
    fails("public", R(INSTANCE, "copy", publiclyAccessible=True), at="publiclyAccessible"),
    passes("private", R(INSTANCE, "copy", publiclyAccessible=False)),
    passes("private when absent", R(INSTANCE, "copy")),
    undecided("unknown", R(INSTANCE, "copy", publiclyAccessible=UNKNOWN), at="publiclyAccessible"),
)
