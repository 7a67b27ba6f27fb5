"""Logs of what users do in a cluster."""

from __future__ import annotations

from ...rule import Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .cluster import CLUSTER, parameter_findings


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def user_activity_logging(cluster: Resource, stack: Stack) -> Findings:
    """The cluster's parameter group turns the log of statements on.

    Why: Audit logging alone tells who connected, not what they asked.
    Fix: Use an `aws.redshift.ParameterGroup` with the parameter "enable_user_activity_logging" set to "true", beside
    audit logging.
    Source: Amazon Redshift Management Guide, "Database audit logging" (enabling logging).
    """
    yield from parameter_findings(stack, cluster, "enable_user_activity_logging", on_in=())
