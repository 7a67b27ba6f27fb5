"""Ways from functions in a VPC to the services that they call."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.lambda_.parts import COMPONENT, ROLE, attached, function, inline, policy

VPC = R("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")


SUBNET = R("aws:ec2/subnet:Subnet", "subnet", vpcId=VPC.id, cidrBlock="10.0.0.0/24")


TABLE = R("aws:ec2/routeTable:RouteTable", "table", vpcId=VPC.id)


IN_TABLE = R("aws:ec2/routeTableAssociation:RouteTableAssociation", "in", subnetId=SUBNET.id, routeTableId=TABLE.id)


NAT = R("aws:ec2/natGateway:NatGateway", "nat", subnetId="subnet-0a1b")


OUT = R("aws:ec2/route:Route", "out", routeTableId=TABLE.id, destinationCidrBlock="0.0.0.0/0", natGatewayId=NAT.id)


PLACED = function(vpcConfig={"subnetIds": [SUBNET.id], "securityGroupIds": ["sg-0a1b"]})


READS = inline(policy("dynamodb:GetItem", "dynamodb:PutItem"))


NETWORK = (VPC, SUBNET, TABLE, IN_TABLE)


def endpoint(service: Any, **more: Any) -> R:
    return R("aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", vpcId=VPC.id, serviceName=service, **more)


test_function_reaches_services = table(
    "lambda-function-reaches-services",
    fails(
        "a table without an endpoint",
        PLACED,
        ROLE,
        READS,
        *NETWORK,
        at="vpcConfig.subnetIds",
        says=("dynamodb", "'vpc'"),
    ),
    passes("an endpoint", PLACED, ROLE, READS, *NETWORK, endpoint("com.amazonaws.us-east-1.dynamodb")),
    passes(
        "an endpoint in a component",
        *(PLACED, ROLE, READS, *NETWORK, COMPONENT),
        endpoint("com.amazonaws.us-east-1.dynamodb", parent=COMPONENT),
    ),
    fails(
        "an endpoint of another service",
        PLACED,
        ROLE,
        READS,
        *NETWORK,
        endpoint("com.amazonaws.us-east-1.s3"),
        at="vpcConfig.subnetIds",
    ),
    passes("a NAT route", PLACED, ROLE, READS, *NETWORK, NAT, OUT),
    passes("dead letters go another way", PLACED, ROLE, inline(policy("sqs:SendMessage", "kms:Decrypt")), *NETWORK),
    passes("AWS's own policy", PLACED, ROLE, attached("service-role/AWSLambdaVPCAccessExecutionRole"), *NETWORK),
    passes("no VPC", function(provider=V6), ROLE, READS),
    undecided(
        "subnets from elsewhere",
        function(vpcConfig={"subnetIds": ["subnet-0a1b"], "securityGroupIds": ["sg-0a1b"]}),
        ROLE,
        READS,
        only=None,
    ),
    undecided("an endpoint of an unknown service", PLACED, ROLE, READS, *NETWORK, endpoint(UNKNOWN), at="serviceName"),
)


test_in_vpc = table(
    "lambda-in-vpc",
    fails("no VPC", function(), at="vpcConfig.subnetIds"),
    passes("a VPC", function(vpcConfig={"subnetIds": ["subnet-0a1b"], "securityGroupIds": ["sg-0a1b"]})),
    fails(
        "empty lists",
        function(vpcConfig={"subnetIds": [], "securityGroupIds": []}, provider=V6),
        at="vpcConfig.subnetIds",
    ),
    passes("unknown subnets", function(vpcConfig={"subnetIds": [UNKNOWN], "securityGroupIds": [UNKNOWN]})),
    undecided("unknown", function(vpcConfig=UNKNOWN), at="vpcConfig"),
    given=[ROLE],
)
