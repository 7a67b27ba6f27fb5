"""Where caches are reached: their VPC and port."""

from __future__ import annotations

from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_flags import named
from .group import CLUSTER, GROUP

_PORTS = {"memcached": 11211}


@rule(
    (GROUP, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def in_vpc(cache: Resource) -> Findings:
    """The cache names a subnet group.

    Why: Without one it is put into the default VPC, whose subnets are public.
    Fix: Set `subnetGroupName` to an `aws.elasticache.SubnetGroup` of private subnets.
    Source: Amazon ElastiCache User Guide, "Subnets and subnet groups".
    """
    if not cache.is_a(CLUSTER) or not cache.has("replicationGroupId"):
        yield from named(cache, "subnetGroupName", "names no subnet group; set `subnetGroupName`")


@rule(
    (GROUP, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def port_non_default(cache: Resource) -> Findings:
    """The cache does not listen on the port that everyone tries.

    Why: Scans look for caches on 6379 and 11211.
    Fix: Set port to another one, and open that one in the security group.
    Source: Amazon ElastiCache API Reference, "CreateReplicationGroup".
    """
    if cache.is_a(CLUSTER) and cache.has("replicationGroupId"):
        return
    usual = _PORTS.get(cache.text("engine") or "", 6379)
    port = cache.number("port")
    if port is None or port in (6379, 11211):
        yield cache.finding(f"listens on the default port {port or usual}; set another port", at="port")
