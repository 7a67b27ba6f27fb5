"""What is seen of databases: logs, metrics, Performance Insights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, rule
from ...stack import Stack
from ._parts import CLUSTER, CLUSTER_INSTANCE, INSTANCE, is_member

_LOGS: Final = {
    "postgres": ("postgresql", "upgrade"),
    "aurora-postgresql": ("postgresql",),
    "mysql": ("audit", "error", "general", "slowquery"),
    "mariadb": ("audit", "error", "general", "slowquery"),
    "aurora-mysql": ("audit", "error", "general", "slowquery"),
    "oracle": ("alert", "audit", "listener", "trace"),
    "sqlserver": ("error",),
}
"""Logs that each engine can export ("Publishing database logs to CloudWatch Logs"); agent logs are not audit logs."""


@rule(
    (INSTANCE, CLUSTER_INSTANCE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def enhanced_monitoring(db: Resource, stack: Stack) -> Findings:
    """RDS instances have Enhanced Monitoring.

    Why: Without it the operating system's processes, memory and disk can't be told apart when a database is slow or
    misused.
    Fix: Set `monitoringInterval` to 60 or fewer seconds, and `monitoringRoleArn`; on the cluster it holds for all.
    Source: Amazon RDS User Guide, "Monitoring OS metrics with Enhanced Monitoring"; AWS Config rule
    rds-enhanced-monitoring-enabled.
    """
    if db.number("monitoringInterval"):
        return
    if db.is_a(CLUSTER_INSTANCE):
        clusters = stack.referred_by(db, "clusterIdentifier", CLUSTER)
        if any(cluster.number("monitoringInterval") for cluster in clusters.certain):
            return
    yield db.finding("has no Enhanced Monitoring; set `monitoringInterval` above 0", at="monitoringInterval")


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def log_exports(db: Resource) -> Findings:
    """RDS instances and clusters export their engine's logs to CloudWatch Logs.

    Why: Logs inside the database's host are gone after days, and with the database.
    Fix: Set `enabledCloudwatchLogsExports` to the logs that the message names (a parameter group has to switch on the
    audit, general and slow query logs).
    Source: Amazon RDS User Guide, "Publishing database logs to Amazon CloudWatch Logs"; AWS Config rule
    rds-logging-enabled.
    """
    engine = db.text("engine")
    if not engine or is_member(db):
        return
    wanted = next((logs for name, logs in _LOGS.items() if engine == name or engine.startswith(f"{name}-")), ())
    exported = set(db.texts("enabledCloudwatchLogsExports"))
    for log in wanted:
        if log not in exported:
            yield db.finding(f"does not export the {log} log of {engine}", at="enabledCloudwatchLogsExports")


@rule((INSTANCE, CLUSTER_INSTANCE), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def performance_insights(db: Resource, stack: Stack) -> Findings:
    """RDS instances have Performance Insights.

    Why: It shows which statement and which user load a database, after the fact.
    Fix: Set `performanceInsightsEnabled=true`, on the instance or on its cluster.
    Source: Amazon RDS User Guide, "Monitoring DB load with Performance Insights".
    """
    if not _insights(db, stack):
        yield db.finding("has no Performance Insights", at="performanceInsightsEnabled")


@rule((INSTANCE, CLUSTER_INSTANCE), kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def performance_insights_encrypted(db: Resource, stack: Stack) -> Findings:
    """Performance Insights data is encrypted under a named KMS key.

    Why: It holds the text of statements, with the data in them; the key can't be changed once it is on.
    Fix: Set `performanceInsightsKmsKeyId` where Performance Insights is enabled.
    Source: Amazon RDS User Guide, "Configuring access policies for Performance Insights".
    """
    if not _insights(db, stack) or db.has("performanceInsightsKmsKeyId"):
        return
    if any(cluster.has("performanceInsightsKmsKeyId") for cluster in _clusters(db, stack)):
        return
    yield db.finding("keeps Performance Insights data under no named KMS key", at="performanceInsightsKmsKeyId")


def _insights(db: Resource, stack: Stack) -> bool:
    own = db.flag("performanceInsightsEnabled")
    if own is not None:
        return own
    return any(cluster.flag("performanceInsightsEnabled") for cluster in _clusters(db, stack))


def _clusters(db: Resource, stack: Stack) -> Iterable[Resource]:
    return stack.referred_by(db, "clusterIdentifier", CLUSTER).certain if db.is_a(CLUSTER_INSTANCE) else ()
