"""Caches that stay up: zones and upgrades."""

from __future__ import annotations

from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_flags import asked
from ._parts import is_secondary
from .group import CLUSTER, GROUP


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def multi_az(group: Resource) -> Findings:
    """The replication group spans zones and fails over by itself.

    Why: With the zone of a single node the cache is gone, and the databases behind it get all its load.
    Fix: Set `automaticFailoverEnabled=true` and `multiAzEnabled=true`, with two nodes or more.
    Source: Amazon ElastiCache User Guide, "Minimizing downtime in ElastiCache with Multi-AZ"; AWS Config rule
    elasticache-repl-grp-auto-failover-enabled.
    """
    if is_secondary(group):
        return
    for path in ("automaticFailoverEnabled", "multiAzEnabled"):
        if not group.flag(path):
            yield group.finding(f"does not fail over to another zone; set `{path}`", at=path)
            return


@rule(
    (GROUP, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def minor_upgrades(cache: Resource) -> Findings:
    """Minor engine versions are applied automatically.

    Why: They hold the fixes of known weaknesses.
    Fix: Leave `autoMinorVersionUpgrade` on, as it is when left out.
    Source: Amazon ElastiCache User Guide, "Version management"; AWS Config rule
    elasticache-auto-minor-version-upgrade-check.
    """
    message = "does not upgrade minor versions automatically; set `autoMinorVersionUpgrade=true`"
    yield from asked(cache, "autoMinorVersionUpgrade", message, absent=True)
