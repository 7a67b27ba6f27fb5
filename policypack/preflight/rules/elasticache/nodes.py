"""Node types that there are."""

from __future__ import annotations

from ...facts import elasticache as facts
from ...facts.offerings import Offer
from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_graph import listed
from .group import CLUSTER, GROUP

MEMORYDB = "aws:memorydb/cluster:Cluster"


@rule((GROUP, CLUSTER, MEMORYDB), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def node_type_offered(cache: Resource) -> Findings:
    """Caches use a node type that is offered in their Region.

    Why: Others are refused when the cache is created ("InvalidParameterValue: Invalid cache node type").
    Fix: Use a type that the message lists; those of ElastiCache begin with cache., those of MemoryDB with db.
    Source: Amazon ElastiCache User Guide, "Supported node types"; Amazon MemoryDB Developer Guide, "Supported node
    types".
    """
    name = cache.text("nodeType")
    if not name:
        return
    prefix = "db." if cache.is_a(MEMORYDB) else "cache."
    if not name.startswith(prefix):
        yield cache.finding(f"'{name}' is not a node type here; it must begin with '{prefix}'", at="nodeType")
        return
    if cache.is_a(MEMORYDB):
        return
    types, region = facts.node_types(), cache.known_region
    offer = types.offer(name, region)
    near = f"; near it: {listed(types.nearest(name, region))}" if types.nearest(name, region) else ""
    if offer in (Offer.ELSEWHERE, Offer.REFUSED):
        where = f"in {region}" if offer is Offer.ELSEWHERE else "in no region"
        yield cache.finding(
            f"{name} is {'not ' if offer is Offer.ELSEWHERE else ''}offered {where} (table of {types.dated}){near}",
            at="nodeType",
        )
    elif offer is Offer.UNKNOWN:
        yield cache.finding(
            f"{name} is of a family that the table of {types.dated} does not know{near}",
            at="nodeType",
            severity=Severity.LOW,
        )
