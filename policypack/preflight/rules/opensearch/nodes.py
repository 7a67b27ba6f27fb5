"""Nodes and zones of domains."""

from __future__ import annotations

from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_flags import asked
from .domain import DOMAINS


@rule(DOMAINS, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def zones_match_subnets(domain: Resource) -> Findings:
    """Zones, subnets and data nodes of a domain fit each other.

    Why: OpenSearch Service refuses the rest ("ValidationException: You must specify exactly two subnets because you've
    set zone count to two", "You must choose a minimum of two data nodes for a two AZ deployment").
    Fix: Give one subnet without zone awareness; with it, as many subnets as zones (2 unless said, or 3) and at least as
    many nodes.
    Source: Amazon OpenSearch Service Developer Guide, "Configuring a multi-AZ domain" and "Launching your domains
    within a VPC".
    """
    aware = bool(domain.flag("clusterConfig.zoneAwarenessEnabled"))
    zones = (domain.number("clusterConfig.zoneAwarenessConfig.availabilityZoneCount") or 2) if aware else 1
    subnets = domain.raw("vpcOptions.subnetIds")
    if isinstance(subnets, list) and subnets and len(subnets) != zones:
        awareness = f"zone awareness over {zones} zones" if aware else "no zone awareness"
        yield domain.finding(
            f"the domain has {len(subnets)} subnets and {awareness}; give {zones}", at="vpcOptions.subnetIds"
        )
        return
    nodes = domain.number("clusterConfig.instanceCount")
    if aware and (1 if nodes is None else nodes) < zones:
        yield domain.finding(
            f"{zones} zones need at least {zones} data nodes, and there are {nodes or 1}; set `instanceCount`",
            at="clusterConfig.instanceCount",
        )


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def dedicated_masters(domain: Resource) -> Findings:
    """The domain has three dedicated master nodes or more.

    Why: Data nodes under load lose the cluster's state, or split it.
    Fix: Set `dedicatedMasterEnabled=true`, `dedicatedMasterCount=3` and `dedicatedMasterType` in `clusterConfig`.
    Source: Amazon OpenSearch Service Developer Guide, "Dedicated master nodes in Amazon OpenSearch Service".
    """
    if not domain.flag("clusterConfig.dedicatedMasterEnabled"):
        yield domain.finding("has no dedicated masters; set three", at="clusterConfig.dedicatedMasterEnabled")
        return
    count = domain.number("clusterConfig.dedicatedMasterCount") or 0
    if count < 3:
        yield domain.finding(f"has {count} dedicated masters, fewer than 3", at="clusterConfig.dedicatedMasterCount")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def zone_awareness(domain: Resource) -> Findings:
    """The domain spreads its nodes and replicas over zones.

    Why: With its one zone the domain is gone.
    Fix: Set `zoneAwarenessEnabled=true` in `clusterConfig`, with a number of nodes that the zones divide.
    Source: Amazon OpenSearch Service Developer Guide, "Configuring a multi-AZ domain".
    """
    path = "clusterConfig.zoneAwarenessEnabled"
    yield from asked(domain, path, "stands in one zone; set `zoneAwarenessEnabled`")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def data_node_fault_tolerance(domain: Resource) -> Findings:
    """The domain has three data nodes or more, over several zones.

    Why: With two nodes the loss of one leaves no quorum for replicas.
    Fix: Set `instanceCount=3` and `zoneAwarenessEnabled=true` in `clusterConfig`.
    Source: Amazon OpenSearch Service Developer Guide, "Configuring a multi-AZ domain"; AWS Config rule
    opensearch-data-node-fault-tolerance.
    """
    count = domain.number("clusterConfig.instanceCount")
    nodes = 1 if count is None else count
    if nodes < 3:
        yield domain.finding(f"has {nodes} data nodes, fewer than 3", at="clusterConfig.instanceCount")
    elif not domain.flag("clusterConfig.zoneAwarenessEnabled"):
        yield domain.finding("has its data nodes in one zone", at="clusterConfig.zoneAwarenessEnabled")
