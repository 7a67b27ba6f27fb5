"""Neptune."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

CLUSTER = "aws:neptune/cluster:Cluster"
INSTANCE = "aws:neptune/clusterInstance:ClusterInstance"


def cluster(**properties: object) -> R:
    return R(CLUSTER, "graph", **properties)


test_storage_encrypted = table(
    "neptune-storage-encrypted",
    fails("absent", cluster(), at="storageEncrypted"),
    passes("on", cluster(storageEncrypted=True)),
    undecided("a replica", cluster(replicationSourceIdentifier="s"), only="up"),
    undecided("unknown", cluster(storageEncrypted=UNKNOWN), at="storageEncrypted"),
)

test_backup_retention = table(
    "neptune-backup-retention",
    fails("a day unless said", cluster(), at="backupRetentionPeriod"),
    passes("a week", cluster(backupRetentionPeriod=7)),
    fails("fewer than configured", cluster(backupRetentionPeriod=7), parameters={"days": 14}, says="14"),
    undecided("unknown", cluster(backupRetentionPeriod=UNKNOWN), at="backupRetentionPeriod"),
)

test_iam_auth = table(
    "neptune-iam-auth",
    fails("absent", cluster(), at="iamDatabaseAuthenticationEnabled"),
    passes("on", cluster(iamDatabaseAuthenticationEnabled=True)),
    undecided("unknown", cluster(iamDatabaseAuthenticationEnabled=UNKNOWN), at="iamDatabaseAuthenticationEnabled"),
)

test_minor_upgrades = table(
    "neptune-minor-upgrades",
    fails("off", R(INSTANCE, "one", autoMinorVersionUpgrade=False), at="autoMinorVersionUpgrade"),
    passes("on unless said", R(INSTANCE, "one")),
    undecided("unknown", R(INSTANCE, "one", autoMinorVersionUpgrade=UNKNOWN), at="autoMinorVersionUpgrade"),
)

GRAPH, OTHER = cluster(), R(CLUSTER, "other")
INSIDE = R("program:index:App", "app")


def instance(name: str, of: Any = GRAPH, **options: object) -> R:
    return R(INSTANCE, name, clusterIdentifier=of.id, **options)


HERE = {"availabilityZone": "us-east-1a"}
test_multi_az = table(
    "neptune-multi-az",
    fails("one instance", GRAPH, instance("one"), says="has one instance created here"),
    passes("two instances", GRAPH, instance("one"), instance("two")),
    passes("in a component", GRAPH, instance("one"), instance("two", parent=INSIDE), INSIDE),
    passes("in two zones", GRAPH, instance("one", **HERE), instance("two", availabilityZone="us-east-1b")),
    fails("in one zone", GRAPH, instance("one", **HERE), instance("two", **HERE), says="us-east-1a"),
    fails(
        "of another cluster",
        GRAPH,
        OTHER,
        instance("1", OTHER),
        instance("2", OTHER),
        on=["graph"],
        says="has no instance created here",
    ),
    undecided("of an unknown cluster", GRAPH, instance("one"), R(INSTANCE, "two", clusterIdentifier=UNKNOWN)),
)

test_log_exports = table(
    "neptune-log-exports",
    fails("absent", cluster(), at="enableCloudwatchLogsExports"),
    passes("audit", cluster(enableCloudwatchLogsExports=["slowquery", "audit"])),
    fails("another log", cluster(enableCloudwatchLogsExports=["slowquery"]), at="enableCloudwatchLogsExports"),
    undecided("unknown", cluster(enableCloudwatchLogsExports=UNKNOWN), at="enableCloudwatchLogsExports"),
)
