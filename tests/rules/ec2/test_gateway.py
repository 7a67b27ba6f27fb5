"""NAT gateways, internet gateways and routes."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

VPC = R("aws:ec2/vpc:Vpc", "main", cidrBlock="10.0.0.0/16")
SUBNET = R("aws:ec2/subnet:Subnet", "public", vpcId=VPC.id)
IGW = R("aws:ec2/internetGateway:InternetGateway", "igw", vpcId=VPC.id)
EIP = R("aws:ec2/eip:Eip", "ip")
COMPONENT = R("app:network:Network", "network")
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def nat(**properties: Any) -> R:
    return R("aws:ec2/natGateway:NatGateway", "nat", **{"subnetId": SUBNET.id, "allocationId": EIP.id, **properties})


def route(name: str, to: Any, destination: Any = "0.0.0.0/0", **target: Any) -> R:
    return R("aws:ec2/route:Route", name, routeTableId=to, destinationCidrBlock=destination, **target)


def table_of(name: str, *routes: dict[str, Any], **more: Any) -> R:
    inline: dict[str, Any] = {"routes": list(routes)} if routes else {}
    return R("aws:ec2/routeTable:RouteTable", name, vpcId=VPC.id, **inline, **more)


test_address = table(
    "ec2-nat-gateway-has-address",
    fails("no address", R("aws:ec2/natGateway:NatGateway", "nat", subnetId="subnet-1"), at="allocationId"),
    passes("an address of the program", nat(), EIP, SUBNET),
    passes("private", R("aws:ec2/natGateway:NatGateway", "nat", subnetId="subnet-1", connectivityType="private")),
    passes("regional", R("aws:ec2/natGateway:NatGateway", "nat", vpcId="vpc-1", availabilityMode="regional")),
    undecided(
        "unknown kind", R("aws:ec2/natGateway:NatGateway", "nat", connectivityType=UNKNOWN), at="connectivityType"
    ),
    given=[VPC],
)

WAITING = nat()
WAITING.depends_on_ = (IGW,)
ATTACHMENT = R(
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", "attached", vpcId=VPC.id, internetGatewayId="igw-1"
)
AFTER_ATTACHMENT = nat()
AFTER_ATTACHMENT.depends_on_ = (ATTACHMENT,)
test_after_gateway = table(
    "ec2-nat-gateway-after-internet-gateway",
    fails("no internet gateway", nat(), VPC, SUBNET, EIP, at="subnetId", says="main"),
    passes("waits for it", WAITING, VPC, SUBNET, EIP, IGW),
    fails("does not wait", nat(), VPC, SUBNET, EIP, IGW, severity=Severity.LOW, says="igw"),
    passes("waits for an attachment", AFTER_ATTACHMENT, VPC, SUBNET, EIP, ATTACHMENT),
    fails(
        "the gateway is another VPC's",
        nat(),
        VPC,
        SUBNET,
        EIP,
        R("aws:ec2/internetGateway:InternetGateway", "igw", vpcId="vpc-9"),
        at="subnetId",
    ),
    fails(
        "the gateway in a component",
        nat(),
        VPC,
        SUBNET,
        COMPONENT,
        EIP,
        R("aws:ec2/internetGateway:InternetGateway", "igw", parent=COMPONENT, vpcId=VPC.id),
        severity=Severity.LOW,
        at="subnetId",
    ),
    passes("a subnet from outside", nat(subnetId="subnet-1")),
    passes("private", nat(connectivityType="private"), VPC, SUBNET),
    undecided(
        "a gateway of an unknown VPC",
        nat(),
        VPC,
        SUBNET,
        R("aws:ec2/internetGateway:InternetGateway", "igw", vpcId=UNKNOWN),
        at="vpcId",
    ),
    given=[EIP],
)

PUBLIC = table_of("public", {"cidrBlock": "0.0.0.0/0", "gatewayId": IGW.id})
PRIVATE = table_of("private")
PLACED, MISPLACED = (R(ASSOCIATION, "a", subnetId=SUBNET.id, routeTableId=one.id) for one in (PUBLIC, PRIVATE))
LOOP = nat()
test_public_subnet = table(
    "ec2-nat-gateway-in-public-subnet",
    fails("no default route", nat(), VPC, SUBNET, EIP, PRIVATE, MISPLACED, at="subnetId", says=["private", "nowhere"]),
    passes("a public subnet", nat(), VPC, SUBNET, EIP, IGW, PUBLIC, PLACED),
    passes(
        "a separate route", nat(), VPC, SUBNET, EIP, IGW, PRIVATE, MISPLACED, route("out", PRIVATE.id, gatewayId=IGW.id)
    ),
    passes(
        "by way of a firewall",
        nat(),
        SUBNET,
        VPC,
        EIP,
        PRIVATE,
        MISPLACED,
        route("out", PRIVATE.id, vpcEndpointId="vpce-1"),
    ),
    fails(
        "its own default route",
        LOOP,
        VPC,
        SUBNET,
        EIP,
        PRIVATE,
        MISPLACED,
        route("out", PRIVATE.id, natGatewayId=LOOP.id),
        says="a NAT gateway",
    ),
    passes("private", nat(connectivityType="private"), VPC, SUBNET, EIP, PRIVATE, MISPLACED),
    undecided("no association", nat(), VPC, SUBNET, EIP, at="subnetId"),
    undecided(
        "an unknown destination",
        nat(),
        VPC,
        SUBNET,
        EIP,
        PRIVATE,
        MISPLACED,
        route("out", PRIVATE.id, UNKNOWN, gatewayId=IGW.id),
        IGW,
    ),
)

INLINE = table_of("inline", {"cidrBlock": "10.9.0.0/16", "transitGatewayId": "tgw-1"})
test_once = table(
    "ec2-route-defined-once",
    fails(
        "twice",
        PRIVATE,
        route("first", PRIVATE.id),
        route("repeat", PRIVATE.id),
        on="repeat",
        at="destinationCidrBlock",
        says="first",
    ),
    passes("two destinations", PRIVATE, route("first", PRIVATE.id), route("second", PRIVATE.id, "10.9.0.0/16")),
    passes("two tables", PRIVATE, PUBLIC, route("first", PRIVATE.id), route("second", "rtb-1")),
    fails("by known id", route("first", "rtb-1"), route("repeat", "rtb-1"), on="repeat", at="destinationCidrBlock"),
    fails(
        "the VPC's own table",
        VPC,
        route("first", VPC.mainRouteTableId),
        route("repeat", VPC.mainRouteTableId),
        on="repeat",
        at="destinationCidrBlock",
    ),
    fails("beside inline routes", route("more", INLINE.id), INLINE, at="routeTableId", severity=Severity.HIGH),
    fails(
        "in a component",
        PRIVATE,
        COMPONENT,
        route("first", PRIVATE.id),
        R("aws:ec2/route:Route", "repeat", parent=COMPONENT, routeTableId=PRIVATE.id, destinationCidrBlock="0.0.0.0/0"),
        on="first",
        at="destinationCidrBlock",
    ),
    undecided(
        "an unknown destination",
        PRIVATE,
        route("first", PRIVATE.id),
        route("second", PRIVATE.id, UNKNOWN),
        at="destinationCidrBlock",
    ),
    undecided("an unknown table", route("first", UNKNOWN), at="routeTableId"),
    given=[VPC, IGW],
)

test_association = table(
    "ec2-route-table-association-single",
    fails(
        "twice",
        SUBNET,
        PUBLIC,
        PRIVATE,
        R(ASSOCIATION, "first", subnetId=SUBNET.id, routeTableId=PUBLIC.id),
        R(ASSOCIATION, "repeat", subnetId=SUBNET.id, routeTableId=PRIVATE.id),
        on="repeat",
        at="subnetId",
        says="first",
    ),
    passes("once", SUBNET, PUBLIC, R(ASSOCIATION, "first", subnetId=SUBNET.id, routeTableId=PUBLIC.id)),
    passes(
        "two subnets",
        PUBLIC,
        R(ASSOCIATION, "first", subnetId="subnet-1", routeTableId=PUBLIC.id),
        R(ASSOCIATION, "second", subnetId="subnet-2", routeTableId=PUBLIC.id),
    ),
    fails(
        "by known id",
        R(ASSOCIATION, "first", subnetId="subnet-1"),
        R(ASSOCIATION, "repeat", subnetId="subnet-1"),
        on="repeat",
        at="subnetId",
    ),
    fails(
        "in a component",
        COMPONENT,
        SUBNET,
        R(ASSOCIATION, "first", subnetId=SUBNET.id),
        R(ASSOCIATION, "repeat", parent=COMPONENT, subnetId=SUBNET.id),
        on="first",
        at="subnetId",
    ),
    passes("a gateway's", R(ASSOCIATION, "first", gatewayId="igw-1")),
    undecided("unknown", R(ASSOCIATION, "first", subnetId=UNKNOWN), at="subnetId"),
    given=[VPC, IGW],
)

test_target = table(
    "ec2-route-target-single",
    fails("no target", route("r", "rtb-1"), at="", says="gatewayId"),
    passes("one", route("r", "rtb-1", gatewayId="igw-1")),
    fails("two targets", route("r", "rtb-1", gatewayId="igw-1", natGatewayId="nat-1"), at="natGatewayId"),
    fails("no destination", R("aws:ec2/route:Route", "r", gatewayId="igw-1"), says="destinationCidrBlock"),
    passes("an unknown target", route("r", "rtb-1", gatewayId=UNKNOWN)),
)

TAGGED = table_of("tagged", {"cidrBlock": "0.0.0.0/0", "gatewayId": IGW.id}, tags={"Tier": "Public"})
MARKED = table_of("marked", tags={"Net": "dmz"})
test_limited = table(
    "ec2-internet-gateway-routes-limited",
    fails(
        "a default route",
        route("out", PRIVATE.id, gatewayId=IGW.id),
        PRIVATE,
        IGW,
        at="gatewayId",
        says=["0.0.0.0/0", "Tier"],
    ),
    passes("a marked table", TAGGED, IGW),
    passes(
        "a table marked otherwise",
        route("out", MARKED.id, gatewayId=IGW.id),
        MARKED,
        IGW,
        parameters={"tag": "Net", "value": "dmz"},
    ),
    fails("inline", PUBLIC, IGW, at="routes[0].gatewayId"),
    fails(
        "IPv6, by known id",
        R("aws:ec2/route:Route", "six", routeTableId="rtb-1", destinationIpv6CidrBlock="::/0", gatewayId="igw-1"),
        at="gatewayId",
    ),
    fails(
        "the default table",
        R(
            "aws:ec2/defaultRouteTable:DefaultRouteTable",
            "d",
            routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}],
        ),
        at="routes[0].gatewayId",
    ),
    passes("a virtual private gateway", route("out", "rtb-1", gatewayId="vgw-1")),
    passes("a NAT gateway", route("out", "rtb-1", natGatewayId="nat-1")),
    passes("another destination", route("out", "rtb-1", "10.0.0.0/8", gatewayId="igw-1")),
    passes("absent", PRIVATE),
    undecided("an unknown gateway", route("out", "rtb-1", gatewayId=UNKNOWN), at="gatewayId"),
    undecided(
        "a mark that is unknown",
        table_of("dark", {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}, tags={"Tier": UNKNOWN}),
    ),
    given=[VPC],
)
