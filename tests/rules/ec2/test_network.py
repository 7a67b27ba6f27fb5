"""Address ranges, zones and addresses of VPCs and subnets."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided

VPC = R("aws:ec2/vpc:Vpc", "main", cidrBlock="10.0.0.0/16")
OTHER = R("aws:ec2/vpc:Vpc", "other", cidrBlock="10.0.0.0/20")
COMPONENT = R("app:network:Network", "network")
WEST = P("west", region="us-west-2")


def subnet(name: str, block: Any, vpc: R | str = VPC, **more: Any) -> R:
    return R("aws:ec2/subnet:Subnet", name, vpcId=vpc.id if isinstance(vpc, R) else vpc, cidrBlock=block, **more)


test_zone = table(
    "ec2-availability-zone-in-region",
    fails(
        "another region's",
        R("aws:ec2/subnet:Subnet", "a", provider=WEST, availabilityZone="us-east-1a"),
        at="availabilityZone",
        says=["us-east-1a", "us-west-2"],
    ),
    passes("the region's", R("aws:ec2/subnet:Subnet", "a", availabilityZone="us-east-1a")),
    fails("a region", R("aws:ebs/volume:Volume", "a", availabilityZone="us-east-1"), at="availabilityZone"),
    fails("an id", R("aws:rds/instance:Instance", "a", availabilityZone="use1-az1"), says="id"),
    fails(
        "the resource's own region counts",
        R("aws:ec2/instance:Instance", "a", region="eu-west-1", availabilityZone="us-east-1a"),
        at="availabilityZone",
    ),
    passes("a local zone", R("aws:ec2/subnet:Subnet", "a", provider=WEST, availabilityZone="us-west-2-lax-1a")),
    passes("absent", R("aws:elasticache/cluster:Cluster", "a")),
    undecided(
        "unknown", R("aws:rds/clusterInstance:ClusterInstance", "a", availabilityZone=UNKNOWN), at="availabilityZone"
    ),
    undecided(
        "an unknown region",
        R("aws:ec2/subnet:Subnet", "a", provider=P(region=None), availabilityZone="us-east-1a"),
        at="region",
    ),
)

SECOND_RANGE = R(
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "more", vpcId=VPC.id, cidrBlock="100.64.0.0/16"
)
test_in_range = table(
    "ec2-subnet-in-vpc-range",
    fails("outside", subnet("a", "10.1.0.0/24"), VPC, at="cidrBlock", says=["10.1.0.0/24", "10.0.0.0/16", "main"]),
    passes("inside", subnet("a", "10.0.1.0/24"), VPC),
    passes("inside a second range", subnet("a", "100.64.1.0/24"), VPC, SECOND_RANGE),
    fails("too small", subnet("a", "10.0.1.0/29"), VPC, says="/29"),
    fails("host bits", subnet("a", "10.0.1.1/24"), VPC, says="10.0.1.0/24"),
    fails("bad octets", subnet("a", "10.0.256.0/24", "vpc-1"), at="cidrBlock"),
    fails("a VPC's own range", R("aws:ec2/vpc:Vpc", "big", cidrBlock="10.0.0.0/8"), at="cidrBlock"),
    fails(
        "the VPC in a component",
        subnet("a", "10.1.0.0/24", child := R("aws:ec2/vpc:Vpc", "child", parent=COMPONENT, cidrBlock="10.0.0.0/16")),
        COMPONENT,
        child,
        at="cidrBlock",
    ),
    passes("a VPC from outside", subnet("a", "10.1.0.0/24", "vpc-0123456789abcdef0")),
    passes("absent (IPv6 only)", R("aws:ec2/subnet:Subnet", "a", vpcId=VPC.id, ipv6Native=True), VPC),
    undecided("unknown", subnet("a", UNKNOWN), VPC, at="cidrBlock"),
    undecided(
        "a VPC's range from a pool",
        subnet("a", "10.1.0.0/24", pool := R("aws:ec2/vpc:Vpc", "pool", ipv4IpamPoolId="ipam-1")),
        pool,
        at="cidrBlock",
    ),
    undecided(
        "a second range that is unknown",
        subnet("a", "10.1.0.0/24"),
        VPC,
        R("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "more", vpcId=VPC.id, cidrBlock=UNKNOWN),
    ),
)

test_disjoint = table(
    "ec2-subnets-disjoint",
    fails(
        "overlapping",
        VPC,
        subnet("a", "10.0.0.0/20"),
        subnet("b", "10.0.1.0/24"),
        on="b",
        at="cidrBlock",
        says=["10.0.0.0/20", "a"],
    ),
    passes("side by side", VPC, subnet("a", "10.0.0.0/24"), subnet("b", "10.0.1.0/24")),
    passes("in two VPCs", VPC, OTHER, subnet("a", "10.0.0.0/24"), subnet("b", "10.0.0.0/24", OTHER)),
    fails(
        "in a VPC by id",
        subnet("a", "10.0.0.0/24", "vpc-1"),
        subnet("b", "10.0.0.0/24", "vpc-1"),
        on="b",
        at="cidrBlock",
    ),
    fails(
        "in a component",
        VPC,
        COMPONENT,
        subnet("a", "10.0.0.0/24"),
        subnet("b", "10.0.0.0/24", parent=COMPONENT),
        on="a",
        at="cidrBlock",
    ),
    passes("absent", VPC, subnet("a", "10.0.0.0/24"), R("aws:ec2/subnet:Subnet", "six", vpcId=VPC.id)),
    undecided("unknown", VPC, subnet("a", "10.0.0.0/24"), subnet("b", UNKNOWN), at="cidrBlock"),
    undecided("an unknown VPC", VPC, subnet("a", "10.0.0.0/24"), subnet("b", "10.0.0.0/24", UNKNOWN), at="vpcId"),
)


def addresses(count: int, **more: Any) -> list[R]:
    return [R("aws:ec2/eip:Eip", f"ip{number}", domain="vpc", **more) for number in range(1, count + 1)]


test_quota = table(
    "ec2-elastic-ips-within-quota",
    fails("six", *addresses(6), on="ip6", says=["number 6", "us-east-1"]),
    passes("five", *addresses(5)),
    passes("in two regions", *addresses(3), *[R("aws:ec2/eip:Eip", f"west{n}", provider=WEST) for n in range(3)]),
    passes("own addresses", *addresses(6, publicIpv4Pool="ipv4pool-ec2-1")),
    passes("a raised quota", *addresses(6), parameters={"quota": 10}),
    fails("a lower quota", *addresses(2), on="ip2", parameters={"quota": 1}, at="", says="number 2"),
)

test_private = table(
    "ec2-subnet-addresses-private",
    fails("handed out", R("aws:ec2/subnet:Subnet", "a", mapPublicIpOnLaunch=True), at="mapPublicIpOnLaunch"),
    passes("absent", R("aws:ec2/subnet:Subnet", "a")),
    passes("off, as text", R("aws:ec2/subnet:Subnet", "a", mapPublicIpOnLaunch="false")),
    fails("a default subnet", R("aws:ec2/defaultSubnet:DefaultSubnet", "a"), at="mapPublicIpOnLaunch"),
    passes("a default subnet, off", R("aws:ec2/defaultSubnet:DefaultSubnet", "a", mapPublicIpOnLaunch=False)),
    undecided("unknown", R("aws:ec2/subnet:Subnet", "a", mapPublicIpOnLaunch=UNKNOWN), at="mapPublicIpOnLaunch"),
)


def peering(vpc: R, peer: R, **more: Any) -> R:
    return R("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", vpcId=vpc.id, peerVpcId=peer.id, **more)


FAR = R("aws:ec2/vpc:Vpc", "far", cidrBlock="10.1.0.0/16")
test_peering = table(
    "ec2-peering-ranges-disjoint",
    fails("overlapping", peering(VPC, OTHER), VPC, OTHER, at="peerVpcId", says=["10.0.0.0/16", "10.0.0.0/20"]),
    passes("apart", peering(VPC, FAR, autoAccept=True), VPC, FAR),
    fails(
        "accepted across regions", peering(VPC, FAR, autoAccept=True, peerRegion="us-west-2"), VPC, FAR, at="autoAccept"
    ),
    passes(
        "a VPC from outside",
        R("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "p", vpcId=VPC.id, peerVpcId="vpc-1"),
        VPC,
    ),
    undecided(
        "an unknown range",
        peering(VPC, unknown := R("aws:ec2/vpc:Vpc", "unknown", cidrBlock=UNKNOWN)),
        VPC,
        unknown,
        at="cidrBlock",
    ),
)
