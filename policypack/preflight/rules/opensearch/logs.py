"""Slow logs of domains."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, Resource, Severity, Undecided, rule
from .domain import DOMAINS

_SLOW_LOGS: Final = ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def slow_logs(domain: Resource) -> Findings:
    """The domain publishes its search and index slow logs.

    Why: They show which requests bring the domain down.
    Fix: Add `logPublishingOptions` with `logType` SEARCH_SLOW_LOGS and INDEX_SLOW_LOGS.
    Source: Amazon OpenSearch Service Developer Guide, "Monitoring OpenSearch logs".
    """
    published: set[str | None] = set()
    pending: Undecided | None = None
    for entry in domain.each("logPublishingOptions"):
        try:
            if entry.flag("enabled") is not False:
                published.add(entry.text("logType"))
        except Undecided as unknown:
            pending = unknown
    missing = [name for name in _SLOW_LOGS if name not in published]
    if missing and pending:
        raise pending
    for name in missing:
        yield domain.finding(f"does not publish {name}", at="logPublishingOptions")
