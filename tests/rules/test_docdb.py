"""DocumentDB."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, secret, table, undecided

COMPONENT = R("program:index:App", "app")

CLUSTER = "aws:docdb/cluster:Cluster"
PARAMETER_GROUP = "aws:docdb/clusterParameterGroup:ClusterParameterGroup"


def cluster(**properties: object) -> R:
    return R(CLUSTER, "documents", **properties)


test_storage_encrypted = table(
    "docdb-storage-encrypted",
    fails("absent", cluster(), at="storageEncrypted"),
    passes("on", cluster(storageEncrypted=True)),
    fails("off", cluster(storageEncrypted=False), at="storageEncrypted"),
    undecided("a restore", cluster(snapshotIdentifier="s"), only="up"),
    undecided("unknown", cluster(storageEncrypted=UNKNOWN), at="storageEncrypted"),
)

test_backup_retention = table(
    "docdb-backup-retention",
    fails("a day unless said", cluster(), at="backupRetentionPeriod", says="1 days"),
    passes("a week", cluster(backupRetentionPeriod=7)),
    passes("as configured", cluster(), parameters={"days": 1}),
    undecided("unknown", cluster(backupRetentionPeriod=UNKNOWN), at="backupRetentionPeriod"),
)

test_port_non_default = table(
    "docdb-port-non-default",
    fails("absent", cluster(), at="port"),
    passes("another", cluster(port=27117)),
    fails("the default", cluster(port=27017), at="port"),
    undecided("unknown", cluster(port=UNKNOWN), at="port"),
)

PASSWORD = R("random:index/randomPassword:RandomPassword", "password", length=20)
test_managed_credentials = table(
    "docdb-managed-credentials",
    fails("a literal", cluster(masterPassword=secret("hunter2hunter2")), at="masterPassword"),
    passes("managed", cluster(manageMasterUserPassword=True)),
    passes("made by another resource", cluster(masterPassword=PASSWORD.result), PASSWORD),
    passes("a restore has none", cluster(snapshotIdentifier="s")),
    undecided("unknown", cluster(masterPassword=UNKNOWN), at="masterPassword"),
)


def parameters(value: object, **options: object) -> R:
    entries = [{"name": "tls", "value": "enabled"}, {"name": "audit_logs", "value": value}]
    return R(PARAMETER_GROUP, "parameters", parameters=entries, **options)


AUDIT = {"enabledCloudwatchLogsExports": ["audit"]}
ON, OFF, OPEN = parameters("enabled"), parameters("disabled"), parameters(UNKNOWN)
INSIDE = parameters("all", parent=COMPONENT)

test_log_exports = table(
    "docdb-log-exports",
    fails("absent", cluster(), at="enabledCloudwatchLogsExports"),
    passes("written and exported", cluster(**AUDIT, dbClusterParameterGroupName=ON.name), ON),
    passes("in a component", cluster(**AUDIT, dbClusterParameterGroupName=INSIDE.name), INSIDE),
    fails("the default group writes none", cluster(**AUDIT), at="dbClusterParameterGroupName"),
    fails("not written", cluster(**AUDIT, dbClusterParameterGroupName=OFF.name), OFF, says="'parameters'"),
    fails("another log", cluster(enabledCloudwatchLogsExports=["profiler"]), at="enabledCloudwatchLogsExports"),
    undecided("a group from outside", cluster(**AUDIT, dbClusterParameterGroupName="shared"), only="up"),
    undecided("an unknown parameter", cluster(**AUDIT, dbClusterParameterGroupName=OPEN.name), OPEN),
    given=[INSIDE, COMPONENT],
)
