"""Transit gateways and their attachments."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

COMPONENT = R("app:network:Network", "network")
HUB = R("aws:ec2transitgateway/transitGateway:TransitGateway", "hub")
GATEWAY = "tgw-0123456789abcdef0"


def subnet(name: str, zone: Any, **more: Any) -> R:
    return R("aws:ec2/subnet:Subnet", name, availabilityZone=zone, **more)


def attachment(gateway: Any = GATEWAY, *subnets: R) -> R:
    ids: list[Any] = [one.id for one in subnets] or ["subnet-1"]
    return R(
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        "spoke",
        vpcId="vpc-1",
        subnetIds=ids,
        transitGatewayId=gateway,
    )


A, A2, B = subnet("a", "us-east-1a"), subnet("a2", "us-east-1a"), subnet("b", "us-east-1b")
CHILD = subnet("child", "us-east-1a", parent=COMPONENT)
ROUTE = "aws:ec2/route:Route"
test_valid = table(
    "ec2transitgateway-attachment-valid",
    fails("an empty id", attachment(""), at="transitGatewayId", says="empty"),
    passes("an id", attachment()),
    passes("a gateway of the program", attachment(HUB.id), HUB),
    fails("another's id", attachment("vgw-0123456789abcdef0"), at="transitGatewayId", says="tgw-"),
    fails("a route with an empty id", R(ROUTE, "r", transitGatewayId=""), at="transitGatewayId"),
    passes("a route with another target", R(ROUTE, "r", transitGatewayId="", natGatewayId="nat-1")),
    passes("a route without", R(ROUTE, "r", natGatewayId="nat-1")),
    fails(
        "two subnets of a zone",
        attachment(GATEWAY, A, B, A2),
        A,
        B,
        A2,
        at="subnetIds",
        says=["a and a2", "us-east-1a"],
    ),
    passes("two zones", attachment(GATEWAY, A, B), A, B),
    fails("a subnet in a component", attachment(GATEWAY, A, CHILD), A, COMPONENT, CHILD, at="subnetIds"),
    undecided("unknown", attachment(UNKNOWN), at="transitGatewayId"),
)

test_approved = table(
    "ec2transitgateway-attachments-approved",
    fails(
        "accepted",
        R("aws:ec2transitgateway/transitGateway:TransitGateway", "hub", autoAcceptSharedAttachments="enable"),
        at="autoAcceptSharedAttachments",
    ),
    passes("absent", HUB),
    undecided(
        "unknown",
        R("aws:ec2transitgateway/transitGateway:TransitGateway", "hub", autoAcceptSharedAttachments=UNKNOWN),
        at="autoAcceptSharedAttachments",
    ),
)
