"""Address ranges, zones and addresses of VPCs and subnets."""

from __future__ import annotations

import re
from operator import attrgetter

from ...documents import network
from ...facts import ec2
from ...rule import Certainty, Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, rule
from ...stack import Stack
from .._shared_targets import sharing, target_or_none
from ._network import DEFAULT_SUBNET, SUBNET, VPC, VPCS, vpc_of

ASSOCIATION = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
EIP = "aws:ec2/eip:Eip"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"


@rule(
    (
        "aws:ec2/subnet:Subnet",
        "aws:ebs/volume:Volume",
        "aws:rds/instance:Instance",
        "aws:rds/clusterInstance:ClusterInstance",
        "aws:elasticache/cluster:Cluster",
        "aws:ec2/instance:Instance",
    ),
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
)
def availability_zone_in_region(subnet: Resource) -> Findings:
    """An Availability Zone belongs to the Region of its resource.

    Why: AWS refuses a zone of another Region: "InvalidParameterValue: Value (us-east-1a) for parameter availabilityZone
    is invalid. Subnets can currently only be created in the following availability zones: …".
    Fix: Take the zones from `aws.get_availability_zones().names`, or from the stack's configuration.
    Source: Amazon EC2 User Guide, "Regions and Zones".
    """
    zone = subnet.text("availabilityZone")
    if not zone:
        return
    region = subnet.region
    if re.fullmatch(rf"{re.escape(region)}([a-z]|-.+)", zone):
        return
    if re.fullmatch(r"[a-z]{2,6}\d-([a-z0-9]+-)?az\d+", zone):
        yield subnet.finding(
            f"{zone} is a zone's id, not its name; use a name that `aws:getAvailabilityZones` returns, or "
            "`availabilityZoneId`",
            at="availabilityZone",
        )
        return
    yield subnet.finding(
        f"{zone} is not an Availability Zone of {region}; use one that `aws:getAvailabilityZones` "
        "returns, or take it from configuration",
        at="availabilityZone",
    )


@rule((SUBNET, VPC, ASSOCIATION), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def subnet_in_vpc_range(subnet: Resource, stack: Stack) -> Findings:
    """A subnet's IPv4 range is a network of /16 to /28 inside a range of its VPC.

    Why: EC2 refuses another: "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid", and the provider one with host
    bits set.
    Fix: Renumber the subnet, or associate the range with the VPC first (VpcIpv4CidrBlockAssociation).
    Source: Amazon VPC User Guide, "VPC CIDR blocks", "Subnet CIDR blocks".
    """
    block = subnet.text("cidrBlock")
    if not block:
        return
    problem = network.subnet_problem(block)
    if not problem and network.network(block) is not None and ":" in block:
        problem = f"{block} is an IPv6 range; use ipv6CidrBlock for it"
    if problem:
        yield subnet.finding(f"the range is refused: {problem}", at="cidrBlock")
        return
    vpc = vpc_of(stack, subnet) if subnet.is_a(SUBNET) else None
    if vpc is None or not vpc.is_a(VPC):
        return
    if not vpc.has("cidrBlock"):
        raise Undecided("cidrBlock", vpc.urn, "comes from a pool")
    ranges = [vpc.raw("cidrBlock")]
    associated = stack.referring_to(vpc, ASSOCIATION, via="vpcId")
    ranges += [one.raw("cidrBlock") for one in associated.certain]
    answer = network.inside(block, ranges)
    if answer is None or (not answer and associated.maybe_more):
        raise Undecided("cidrBlock", vpc.urn, "is not known, nor whether it holds the subnet's")
    if not answer:
        shown = ", ".join(str(one) for one in ranges)
        yield subnet.finding(f"{block} is not inside {shown}, the range of VPC {vpc.name}; renumber it", at="cidrBlock")


@rule(SUBNET, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def subnets_disjoint(subnet: Resource, stack: Stack) -> Findings:
    """The subnets of a VPC do not overlap.

    Why: EC2 refuses the second one: "InvalidSubnet.Conflict: The CIDR '10.0.1.0/24' conflicts with another subnet".
    Fix: Renumber one of them.
    Source: Amazon VPC User Guide, "Subnet CIDR blocks".
    """
    siblings = sharing(stack, subnet, "vpcId", (SUBNET,), *VPCS)
    if len(siblings) < 2 or not subnet.text("cidrBlock"):
        return
    other = stack.once("overlapping subnets", _overlapping).get(subnet.urn)
    if other is not None:
        yield subnet.finding(
            f"{subnet.text('cidrBlock')} overlaps with {other.text('cidrBlock')} of subnet {other.name} in the same "
            "VPC; renumber it",
            at="cidrBlock",
        )


def _overlapping(stack: Stack) -> dict[str, Resource]:
    """For each subnet one that stands before it, is in the same VPC and overlaps with it; by URN.

    Of two ranges that overlap, one holds the other: so it is among the ranges that hold the smaller one.
    """
    blocks: dict[tuple[str, network.Network], list[Resource]] = {}
    placed: list[tuple[Resource, str, network.Network]] = []
    for subnet in sorted(stack.of_type(SUBNET), key=attrgetter("urn")):
        vpc, block = target_or_none(stack, subnet, "vpcId", *VPCS), network.network(subnet.raw("cidrBlock"))
        if vpc is not None and block is not None:
            blocks.setdefault((vpc, block), []).append(subnet)
            placed.append((subnet, vpc, block))
    found: dict[str, Resource] = {}
    for subnet, vpc, block in placed:
        for prefix in range(block.prefixlen + 1):
            for other in blocks.get((vpc, block.supernet(new_prefix=prefix)), ()):
                if other is not subnet:
                    first, second = sorted((subnet, other), key=attrgetter("urn"))
                    found.setdefault(second.urn, first)
    return found


@rule(
    "aws:ec2/eip:Eip",
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={
        "quota": Parameter.of(
            ec2.DEFAULT_ELASTIC_IPS, "Elastic IP addresses that the account may have in a Region.", minimum=0
        )
    },
)
def elastic_ips_within_quota(address: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """The program makes no more Elastic IP addresses in a Region than the account's quota.

    Why: EC2 refuses the next one: "AddressLimitExceeded: The maximum number of addresses has been reached". The quota
    is 5 in a new account; other programs' addresses count too.
    Fix: Use one NAT gateway for all zones outside of production, VPC endpoints instead of NAT, or have the quota raised
    and set it here.
    Source: Amazon EC2 User Guide, "Elastic IP addresses", "Elastic IP address quota".
    """
    if any(address.has(pool) for pool in ("publicIpv4Pool", "customerOwnedIpv4Pool", "ipamPoolId")):
        return

    def positions_of(stack: Stack) -> dict[str, int]:
        counts: dict[tuple[str, str], int] = {}
        positions: dict[str, int] = {}
        for one in stack.of_type(EIP):
            if any(one.has(pool) for pool in ("publicIpv4Pool", "customerOwnedIpv4Pool", "ipamPoolId")):
                continue
            place = (one.provider.urn if one.provider else "", one.known_region or "")
            counts[place] = positions[one.urn] = counts.get(place, 0) + 1
        return positions

    quota = parameters["quota"]
    if stack.once("elastic addresses", positions_of).get(address.urn) == quota + 1:
        yield address.finding(
            f"this is Elastic IP address number {quota + 1} of the program in {address.known_region or 'one Region'}; "
            f"the quota is {quota} unless it was raised. Use fewer, or set the rule's quota",
            certainty=Certainty.OUTSIDE,
        )


@rule(
    (SUBNET, DEFAULT_SUBNET),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def subnet_addresses_private(subnet: Resource) -> Findings:
    """Subnets do not hand out public addresses at launch.

    Why: Every instance launched in such a subnet can be reached from the internet, wanted or not.
    Fix: Leave `mapPublicIpOnLaunch` out (a default subnet: set it to `false`), and give a public address to what needs
    one.
    Source: Amazon VPC User Guide, "IP addressing for your VPCs and subnets"; AWS Config rule
    SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED.
    """
    handed_out = subnet.flag("mapPublicIpOnLaunch")
    if handed_out or (handed_out is None and subnet.is_a(DEFAULT_SUBNET)):
        shown = "hands out" if handed_out else "is a default subnet, which hands out"
        yield subnet.finding(
            f"the subnet {shown} public addresses at launch; set it to `false`", at="mapPublicIpOnLaunch"
        )


@rule(PEERING, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def peering_ranges_disjoint(peering: Resource, stack: Stack) -> Findings:
    """Peered VPCs have ranges that do not overlap, and a peering across Regions or accounts is accepted on the other
    side.

    Why: EC2 fails a peering of overlapping VPCs ("Status: failed, overlapping CIDR range"), and the provider refuses
    `autoAccept` with `peerRegion` or for another account.
    Fix: Renumber one VPC; accept with a VpcPeeringConnectionAccepter there.
    Source: Amazon VPC Peering Guide, "VPC peering limitations".
    """
    if peering.has("peerRegion") and peering.flag("autoAccept"):
        yield peering.finding(
            "`autoAccept` does not work across Regions (`peerRegion`); add a VpcPeeringConnectionAccepter there",
            at="autoAccept",
        )
    mine = stack.referred_by(peering, "vpcId", VPC).certain
    theirs = stack.referred_by(peering, "peerVpcId", VPC).certain
    if len(mine) == len(theirs) == 1 and mine[0] is not theirs[0]:
        left, right = mine[0].text("cidrBlock"), theirs[0].text("cidrBlock")
        if network.overlap(left, right):
            yield peering.finding(
                f"{left} of VPC {mine[0].name} overlaps with {right} of VPC {theirs[0].name}, so that the peering "
                "fails; renumber one",
                at="peerVpcId",
            )
