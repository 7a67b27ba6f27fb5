"""RDS and Aurora: what frameworks ask for."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

DB = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
SELECTION = "aws:backup/selection:Selection"
KEY = R("aws:kms/key:Key", "key")


def db(**properties: object) -> R:
    return R(DB, "db", **properties)


def cluster(name: str = "cluster", **properties: object) -> R:
    return R(CLUSTER, name, engine="aurora-mysql", **properties)


AURORA_MEMBER = db(engine="aurora-mysql")

test_storage_encrypted = table(
    "rds-storage-encrypted",
    passes("encrypted", db(engine="postgres", storageEncrypted=True)),
    passes("encrypted, as a text", cluster(storageEncrypted="true")),
    passes("a replica has its source's", db(replicateSourceDb="source")),
    passes("an Aurora instance has its cluster's", AURORA_MEMBER),
    fails("absent", db(engine="postgres"), at="storageEncrypted"),
    fails("off", cluster(storageEncrypted=False), at="storageEncrypted"),
    undecided("unknown", db(storageEncrypted=UNKNOWN), at="storageEncrypted"),
    undecided("a restore", db(snapshotIdentifier="s"), only="up"),
)

test_tags_copied_to_snapshots = table(
    "rds-tags-copied-to-snapshots",
    passes("copied", db(copyTagsToSnapshot=True)),
    passes("an Aurora instance has its cluster's", AURORA_MEMBER),
    fails("absent", db(), at="copyTagsToSnapshot"),
    undecided("unknown", cluster(copyTagsToSnapshot=UNKNOWN), at="copyTagsToSnapshot"),
)

test_customer_managed_key = table(
    "rds-customer-managed-key",
    passes("a key of the program", db(kmsKeyId=KEY.arn), KEY),
    passes("a restore", db(snapshotIdentifier="s")),
    fails("absent", cluster(), at="kmsKeyId"),
    undecided("unknown engine", db(engine=UNKNOWN), at="engine"),
)

test_backup_enabled = table(
    "rds-backup-enabled",
    passes("a week", db(backupRetentionPeriod=7)),
    passes("a cluster's default is a day", cluster()),
    passes("a replica", db(replicateSourceDb="s")),
    fails("an instance's default is none", db(), at="backupRetentionPeriod", says="0 days"),
    fails("off", db(backupRetentionPeriod=0), at="backupRetentionPeriod"),
    fails("fewer than configured", cluster(backupRetentionPeriod=7), parameters={"days": 30}, says="30"),
    undecided("unknown", db(backupRetentionPeriod=UNKNOWN), at="backupRetentionPeriod"),
)

test_deletion_protection = table(
    "rds-deletion-protection",
    passes("on", db(deletionProtection=True)),
    passes("an Aurora instance has its cluster's", AURORA_MEMBER),
    fails("absent", db(), at="deletionProtection"),
    fails("off", cluster(deletionProtection=False), at="deletionProtection"),
    undecided("unknown", cluster(deletionProtection=UNKNOWN), at="deletionProtection"),
)

MONITORED = cluster("monitored", monitoringInterval=60)
test_enhanced_monitoring = table(
    "rds-enhanced-monitoring",
    passes("on", db(monitoringInterval=60)),
    passes("on for the cluster", R(MEMBER, "m", clusterIdentifier=MONITORED.id), MONITORED),
    fails("absent", db(), at="monitoringInterval"),
    fails("off", db(monitoringInterval=0), at="monitoringInterval"),
    fails("another cluster has it", R(MEMBER, "m", clusterIdentifier=cluster("bare").id), cluster("bare"), MONITORED),
    undecided("unknown", db(monitoringInterval=UNKNOWN), at="monitoringInterval"),
)

SAVED = db(tags={"Backup": "daily"})
test_in_backup_plan = table(
    "rds-in-backup-plan",
    passes("by ARN", SAVED, R(SELECTION, "s", resources=[SAVED.arn])),
    passes("by tag", SAVED, R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}])),
    passes("everything", SAVED, R(SELECTION, "s", resources=["*"])),
    fails("another database", db(), cluster("other"), R(SELECTION, "s", resources=[cluster("other").arn]), on=["db"], only="preview"),
    fails("another tag", SAVED, R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "weekly"}])),
    undecided("no selection in the program", SAVED, only="up"),
    undecided("an unknown tag", SAVED, R(SELECTION, "s", selectionTags=[{"type": "STRINGEQUALS", "key": UNKNOWN, "value": "x"}])),
)  # fmt: skip

test_instance_private = table(
    "rds-instance-private",
    passes("absent", db()),
    passes("off", R(MEMBER, "m", publiclyAccessible=False)),
    fails("on", db(publiclyAccessible=True), at="publiclyAccessible"),
    undecided("unknown", db(publiclyAccessible=UNKNOWN), at="publiclyAccessible"),
)

test_log_exports = table(
    "rds-log-exports",
    passes("all of PostgreSQL", db(engine="postgres", enabledCloudwatchLogsExports=["postgresql", "upgrade"])),
    passes("Aurora PostgreSQL has one", R(CLUSTER, "c", engine="aurora-postgresql", enabledCloudwatchLogsExports=["postgresql"])),
    passes("an engine without exports", db(engine="custom-oracle-ee")),
    fails("absent", R(CLUSTER, "c", engine="aurora-postgresql"), at="enabledCloudwatchLogsExports", says="postgresql"),
    fails("one of two", db(engine="postgres", enabledCloudwatchLogsExports=["postgresql"]), says="upgrade"),
    fails("SQL Server's agent log is no error log", db(engine="sqlserver-ex", enabledCloudwatchLogsExports=["agent"]), says="error"),
    undecided("unknown", db(engine="postgres", enabledCloudwatchLogsExports=UNKNOWN), at="enabledCloudwatchLogsExports"),
)  # fmt: skip

test_minor_upgrades = table(
    "rds-minor-upgrades",
    passes("absent: on by default", db()),
    passes("on", R(MEMBER, "m", autoMinorVersionUpgrade=True)),
    fails("off", db(autoMinorVersionUpgrade=False), at="autoMinorVersionUpgrade"),
    undecided("unknown", db(autoMinorVersionUpgrade=UNKNOWN), at="autoMinorVersionUpgrade"),
)

PAIR = cluster("pair")
ALONE = cluster("alone")
test_multi_az = table(
    "rds-multi-az",
    passes("on", db(engine="postgres", multiAz=True)),
    passes("a replica", db(replicateSourceDb="s")),
    passes(
        "a cluster of two", PAIR, R(MEMBER, "a", clusterIdentifier=PAIR.id), R(MEMBER, "b", clusterIdentifier=PAIR.id)
    ),
    passes("a Multi-AZ cluster", R(CLUSTER, "c", engine="postgres")),
    fails("absent", db(engine="postgres"), at="multiAz"),
    fails(
        "a cluster of one, beside another of two",
        ALONE,
        R(MEMBER, "one", clusterIdentifier=ALONE.id),
        PAIR,
        R(MEMBER, "a", clusterIdentifier=PAIR.id),
        R(MEMBER, "b", clusterIdentifier=PAIR.id),
        says="one instance",
    ),
    undecided("unknown", db(engine="postgres", multiAz=UNKNOWN), at="multiAz"),
    undecided("an instance that may be its own", ALONE, R(MEMBER, "x", clusterIdentifier=UNKNOWN)),
)

INSIGHTFUL = cluster("insightful", performanceInsightsEnabled=True, performanceInsightsKmsKeyId=KEY.arn)
test_performance_insights = table(
    "rds-performance-insights",
    passes("on", db(performanceInsightsEnabled=True)),
    passes("on for the cluster", R(MEMBER, "m", clusterIdentifier=INSIGHTFUL.id), INSIGHTFUL, KEY),
    fails("absent", db(), at="performanceInsightsEnabled"),
    undecided("unknown", db(performanceInsightsEnabled=UNKNOWN), at="performanceInsightsEnabled"),
)

test_performance_insights_encrypted = table(
    "rds-performance-insights-encrypted",
    passes("under a key of the program", db(performanceInsightsEnabled=True, performanceInsightsKmsKeyId=KEY.arn), KEY),
    passes("off", db()),
    passes("the cluster's key", R(MEMBER, "m", clusterIdentifier=INSIGHTFUL.id), INSIGHTFUL, KEY),
    fails("no key", db(performanceInsightsEnabled=True), at="performanceInsightsKmsKeyId"),
    undecided("unknown", db(performanceInsightsEnabled=UNKNOWN), at="performanceInsightsEnabled"),
)
