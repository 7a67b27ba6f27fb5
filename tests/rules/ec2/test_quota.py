"""Quotas of VPCs and what is in them."""

from __future__ import annotations

from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided

WEST = P("west", region="us-west-2")
VPC = R("aws:ec2/vpc:Vpc", "main")
COMPONENT = R("app:network:Network", "network")


def many(kind: str, count: int, provider: P | None = None) -> list[R]:
    return [R(kind, f"n{number}", provider=provider) for number in range(1, count + 1)]


def group(sources: int) -> R:
    blocks = [f"10.0.{number}.0/24" for number in range(sources)]
    return R("aws:ec2/securityGroup:SecurityGroup", "web", ingress=[{"protocol": "tcp", "cidrBlocks": blocks}])


def endpoints(count: int) -> list[R]:
    kind = "aws:ec2/vpcEndpoint:VpcEndpoint"
    return [R(kind, f"e{number:02}", vpcId=VPC.id, vpcEndpointType="Interface") for number in range(count)]


test_quota = table(
    "ec2-vpc-resources-within-quota",
    fails("six VPCs", *many("aws:ec2/vpc:Vpc", 6), on="n6", says=["number 6", "us-east-1"]),
    passes("five VPCs", *many("aws:ec2/vpc:Vpc", 5)),
    passes("five there, one here", *many("aws:ec2/vpc:Vpc", 5, WEST), VPC),
    fails(
        "six internet gateways", *many("aws:ec2/internetGateway:InternetGateway", 6), on="n6", says="internet gateway"
    ),
    fails("too many sources", group(61), at="ingress", says="61"),
    passes("sixty sources", group(60)),
    fails("a lower quota", group(2), parameters={"rules": 1}, at="ingress"),
    fails(
        "endpoints",
        VPC,
        COMPONENT,
        *endpoints(3),
        on="e02",
        parameters={"interfaceEndpoints": 2},
        at="",
        says="number 3",
    ),
    passes("few endpoints", VPC, *endpoints(3)),
    undecided("unknown rules", R("aws:ec2/securityGroup:SecurityGroup", "web", ingress=UNKNOWN), at="ingress"),
)
