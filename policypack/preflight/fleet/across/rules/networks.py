"""VPCs of different stacks that are connected, and zones that answer for one domain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from preflight.documents import network
from preflight.finding import Certainty, Severity, Undecided
from preflight.fleet.across.model import Across, Fleet, Holding, Open
from preflight.fleet.across.rule import fleet_rule
from preflight.fleet.across.rules._groups import owners

_VPC: Final = "aws:ec2/vpc:Vpc"
_MORE: Final = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
_PEERING: Final = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
_ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
_ZONE: Final = "aws:route53/zone:Zone"


def _ranges(fleet: Fleet) -> dict[str, list[str]]:
    """The IPv4 ranges of each VPC of the fleet, by its id; a VPC with one that is not known is left out."""
    found: dict[str, list[str]] = {}
    unknown: set[str] = set()
    for holding in fleet.of_type(_VPC):
        try:
            if holding["cidrBlock"]:
                found.setdefault(holding.id, []).append(holding["cidrBlock"])
        except Undecided:
            unknown.add(holding.id)
    for holding in fleet.of_type(_MORE):
        vpc, block = holding.known("vpcId"), holding.known("cidrBlock")
        if vpc and block:
            found.setdefault(vpc, []).append(block)
    return {vpc: ranges for vpc, ranges in found.items() if vpc not in unknown}


def _clash(left: Iterable[str], right: Iterable[str]) -> tuple[str, str] | None:
    others = list(right)
    return next(((one, two) for one in left for two in others if network.overlap(one, two)), None)


@fleet_rule(_PEERING, severity=Severity.CRITICAL)
def peered_ranges_disjoint(fleet: Fleet) -> Iterator[Across | Open]:
    """VPCs that are peered have ranges that do not overlap.

    Why: EC2 fails the peering connection ("due to incorrect information, VPC IDs, or overlapping CIDR ranges"), and
    within an overlap no traffic could be routed.
    Fix: Give one of the VPCs another `cidrBlock`.
    Source: Amazon VPC Peering Guide, "VPC peering limitations".
    """
    ranges = _ranges(fleet)
    for peering in fleet.of_type(_PEERING):
        try:
            ends = [str(peering["vpcId"]), str(peering["peerVpcId"])]
        except Undecided as unknown:
            yield peering.undecided(unknown.path)
            continue
        missing = [end for end in ends if end not in ranges]
        if missing:
            yield peering.undecided("peerVpcId", f"the range of {missing[0]} is not known: no state has it")
            continue
        clash = _clash(ranges[ends[0]], ranges[ends[1]])
        if clash:
            yield peering.finding(
                f"{ends[0]} ({clash[0]}) and {ends[1]} ({clash[1]}) overlap; give one of the VPCs another range",
                at="peerVpcId",
            )


@fleet_rule(_ATTACHMENT, severity=Severity.HIGH)
def transit_gateway_ranges_disjoint(fleet: Fleet) -> Iterator[Across | Open]:
    """VPCs that share a transit gateway have ranges that do not overlap.

    Why: A transit gateway propagates one route for a range: the second VPC with it is attached and can't be reached.
    Fix: Give one of the VPCs another `cidrBlock`, or use route tables of the gateway that keep the two apart.
    Source: Amazon VPC Transit Gateways Guide, "VPC attachments" (overlapping CIDR blocks are not propagated).
    """
    ranges = _ranges(fleet)
    by_gateway: dict[str, list[tuple[Holding, str]]] = {}
    for attachment in fleet.of_type(_ATTACHMENT):
        try:
            gateway, vpc = str(attachment["transitGatewayId"]), str(attachment["vpcId"])
        except Undecided as unknown:
            yield attachment.undecided(unknown.path)
            continue
        if vpc not in ranges:
            yield attachment.undecided("vpcId", f"the range of {vpc} is not known: no state has it")
        else:
            by_gateway.setdefault(gateway, []).append((attachment, vpc))
    for gateway, found in sorted(by_gateway.items()):
        for (left, one), (right, two) in combinations(found, 2):
            clash = None if one == two else _clash(ranges[one], ranges[two])
            if clash:
                yield right.finding(
                    f"{two} ({clash[1]}) overlaps with {one} ({clash[0]}) of {owners([left])} on {gateway}; give one "
                    "of the VPCs another range",
                    at="vpcId",
                )


@fleet_rule(_ZONE, severity=Severity.CRITICAL)
def private_zone_domain_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A VPC is associated with one private hosted zone of a domain.

    Why: Route 53 refuses the second one ("ConflictingDomainExists").
    Fix: Share one zone, or use a subdomain for each stack.
    Source: Amazon Route 53 API Reference, "AssociateVPCWithHostedZone".
    """
    claims: dict[tuple[str, str], list[Holding]] = {}
    for zone in fleet.of_type(_ZONE):
        try:
            domain, vpcs = str(zone["name"]).rstrip("."), zone["vpcs"] or []
        except Undecided as unknown:
            yield zone.undecided(unknown.path)
            continue
        for vpc in vpcs:
            if isinstance(vpc, dict) and isinstance(vpc.get("vpcId"), str):
                claims.setdefault((domain, vpc["vpcId"]), []).append(zone)
    for (domain, vpc_id), found in sorted(claims.items()):
        for zone in found:
            others = [other for other in found if other.state != zone.state]
            if others:
                yield zone.finding(
                    f"{vpc_id} has a second private zone of {domain}, in {owners(others)}; share one zone", at="vpcs"
                )


@fleet_rule(_ZONE, severity=Severity.MEDIUM, certainty=Certainty.OUTSIDE)
def public_zone_domain_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A domain has one public hosted zone.

    Why: A domain is delegated to the name servers of one zone; records in the other are made and never answered.
    Fix: Keep the zone in one stack, and look it up in the others.
    Source: Amazon Route 53 Developer Guide, "Considerations when working with public hosted zones".
    """
    claims: dict[str, list[Holding]] = {}
    for zone in fleet.of_type(_ZONE):
        try:
            if zone["vpcs"] or not zone["name"]:
                continue
            claims.setdefault(str(zone["name"]).rstrip("."), []).append(zone)
        except Undecided as unknown:
            yield zone.undecided(unknown.path)
    for domain, found in sorted(claims.items()):
        for zone in found:
            others = [other for other in found if other.state != zone.state]
            if others:
                yield zone.finding(f"{domain} has a second public zone, in {owners(others)}; keep one", at="name")
