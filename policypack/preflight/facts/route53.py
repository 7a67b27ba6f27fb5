"""Route 53: zone names that AWS refuses, and what a health check needs.

Written 2026-11 after the pages: API CreateHostedZone, API HealthCheckConfig; RFC 2606 and RFC 6761 for the reserved
names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# CreateHostedZone answers InvalidDomainName 'is reserved by AWS!' for these and what is below.
RESERVED_ZONES = ("example.com", "example.org", "example.net", "amazonaws.com")
# Never registrable, so a public zone of theirs answers nobody.
RESERVED_TOP_LEVELS = ("example", "test", "invalid", "localhost")


def reserved_zone(name: str) -> str | None:
    """The reserved domain that a public zone's name is or lies below; None for a name that can be registered."""
    plain = name.rstrip(".").lower()
    candidates = (*RESERVED_ZONES, *RESERVED_TOP_LEVELS)
    return next((domain for domain in candidates if plain == domain or plain.endswith(f".{domain}")), None)


@dataclass(frozen=True)
class HealthCheck:
    """Inputs of one type of health check: `needs` all, `needs_one_of` at least one, `refuses` any."""

    needs: frozenset[str] = frozenset()
    needs_one_of: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()


_ENDPOINT = frozenset({"ipAddress", "fqdn"})
_PLAIN = HealthCheck(needs_one_of=_ENDPOINT, refuses=frozenset({"searchString"}))
_MATCH = HealthCheck(needs=frozenset({"searchString"}), needs_one_of=_ENDPOINT)

HEALTH_CHECKS: Mapping[str, HealthCheck] = {
    "HTTP": _PLAIN,
    "HTTPS": _PLAIN,
    "HTTP_STR_MATCH": _MATCH,
    "HTTPS_STR_MATCH": _MATCH,
    "TCP": HealthCheck(
        needs=frozenset({"port"}), needs_one_of=_ENDPOINT, refuses=frozenset({"resourcePath", "searchString"})
    ),
    "CALCULATED": HealthCheck(needs=frozenset({"childHealthchecks"})),
    "CLOUDWATCH_METRIC": HealthCheck(needs=frozenset({"cloudwatchAlarmName", "cloudwatchAlarmRegion"})),
    "RECOVERY_CONTROL": HealthCheck(needs=frozenset({"routingControlArn"})),
}

REQUEST_INTERVALS = (10, 30)  # seconds
