"""ElastiCache: engine versions, node types, and the AUTH token.

Written 2026-11 after the pages: 'Supported ElastiCache versions', 'Authenticating with the AUTH command', API
CreateReplicationGroup.
"""

from __future__ import annotations

import re
from functools import cache

from preflight.facts.offerings import Offerings, offerings
from preflight.facts.table import load
from preflight.facts.versions import EngineVersions, Statement, Status

__all__ = ["EngineVersions", "Offerings", "Status"]

# Engines that a replication group can have; memcached is a cluster only.
REPLICATION_ENGINES = frozenset({"redis", "valkey"})

# 'Authenticating with AUTH': 16 to 128 characters, letters, digits and these only.
AUTH_TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")


@cache
def engine_versions(engine: str) -> EngineVersions | None:
    """The versions of 'redis', 'valkey' or 'memcached'; None for another engine. `.status('7.1')` as in `rds`.

    The provider's '6.x' and a patch release of Redis before 6 ('5.0.6') are versions of their own.
    """
    rows = load("engine_versions").data["elasticache"].get(engine, ())
    statements = [Statement(row["date"], frozenset(row["listed"]) | _aliases(engine)) for row in rows]
    return EngineVersions(engine, None, tuple(statements)) if statements else None


def _aliases(engine: str) -> frozenset[str]:
    """Redis versions that the API takes though cfn-lint lists none: '6.x' and 2.6 to 5.0 with their patch release."""
    if engine != "redis":
        return frozenset()
    return frozenset(
        {
            "2.6.13",
            "2.8.19",
            "2.8.21",
            "2.8.22",
            "2.8.23",
            "2.8.24",
            "2.8.6",
            "3.2.10",
            "3.2.4",
            "3.2.6",
            "5.0.0",
            "5.0.3",
        }
    ) | {"5.0.4", "5.0.5", "6.x"}


def node_types() -> Offerings:
    """The node types ('cache.t4g.micro') by region. MemoryDB has its own, shorter list, which isn't known here."""
    return offerings("elasticache")
