"""What is seen of databases: logs, metrics, Performance Insights."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided
from tests.rules.rds.parts import CLUSTER, KEY, MEMBER, aurora, db

MONITORED = aurora("monitored", monitoringInterval=60)


test_enhanced_monitoring = table(
    "rds-enhanced-monitoring",
    passes("on", db(monitoringInterval=60)),
    passes("on for the cluster", R(MEMBER, "m", clusterIdentifier=MONITORED.id), MONITORED),
    fails("absent", db(), at="monitoringInterval"),
    fails("off", db(monitoringInterval=0), at="monitoringInterval"),
    fails(
        "another cluster has it",
        R(MEMBER, "m", clusterIdentifier=aurora("bare").id),
        aurora("bare"),
        MONITORED,
        at="monitoringInterval",
    ),
    undecided("unknown", db(monitoringInterval=UNKNOWN), at="monitoringInterval"),
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


INSIGHTFUL = aurora("insightful", performanceInsightsEnabled=True, performanceInsightsKmsKeyId=KEY.arn)


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
