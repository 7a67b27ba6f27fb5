"""DAX."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

CLUSTER = "aws:dax/cluster:Cluster"

test_encrypted = table(
    "dax-encrypted",
    passes("encrypted", R(CLUSTER, "cache", serverSideEncryption={"enabled": True})),
    fails("off", R(CLUSTER, "cache", serverSideEncryption={"enabled": False}), at="serverSideEncryption.enabled"),
    fails("absent", R(CLUSTER, "cache"), at="serverSideEncryption.enabled"),
    undecided("unknown", R(CLUSTER, "cache", serverSideEncryption=UNKNOWN), at="serverSideEncryption"),
)
