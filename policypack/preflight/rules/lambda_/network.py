"""Whether a function in a VPC reaches the services that its role is for."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...resource import Resource
from ...rule import Findings, Kind, Severity, rule
from ...stack import Stack
from .._shared_graph import listed
from .._shared_roles import ROLE, role_policies
from .._shared_ways_out import leads_out, missing_endpoints, subnets_and_vpc
from ._parts import FUNCTION

_SUBNETS: Final = "vpcConfig.subnetIds"


_ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"


# Actions that only the function's own code calls, and the last part of the endpoint's name. Left out is what Lambda
# itself calls for the function: dead letters (sqs:SendMessage, sns:Publish), polling, kms:Decrypt, logs, traces.
_CALLS: Final = {
    "s3:GetObject": "s3",
    "s3:PutObject": "s3",
    "dynamodb:GetItem": "dynamodb",
    "dynamodb:PutItem": "dynamodb",
    "dynamodb:Query": "dynamodb",
    "dynamodb:UpdateItem": "dynamodb",
    "secretsmanager:GetSecretValue": "secretsmanager",
    "kinesis:PutRecord": "kinesis-streams",
    "kinesis:PutRecords": "kinesis-streams",
    "ssm:GetParameter": "ssm",
    "ssm:GetParameters": "ssm",
    "events:PutEvents": "events",
}


@rule(FUNCTION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def function_reaches_services(function: Resource, stack: Stack) -> Findings:
    """A function in a VPC has a way to the services that its role lets it call.

    Why: A function in a VPC has no public address: without an endpoint or a NAT route its calls hang until it times
    out.
    Fix: Add a gateway endpoint (S3, DynamoDB) or an interface endpoint for the service, or a NAT route.
    Source: AWS Lambda Developer Guide, "Enable internet access for VPC-connected Lambda functions"; "Connecting inbound
    interface VPC endpoints for Lambda".
    """
    roles = stack.referred_by(function, "role", ROLE).certain
    rotations = stack.referring_to(function, _ROTATION, via="rotationLambdaArn").certain
    if not roles or not function.has(_SUBNETS) or rotations:
        return
    document = iam.combine(granted.document for granted in role_policies(stack, roles[0]) if not granted.name)
    called = sorted({service for action, service in _CALLS.items() if document.allows(action) is True})
    if not called:
        return
    placed = subnets_and_vpc(stack, function, _SUBNETS)
    if placed is None:
        return
    subnets, vpc = placed
    missing = missing_endpoints(stack, vpc, called)
    if missing and not any(leads_out(stack, vpc, subnet) for subnet in subnets):
        yield function.finding(
            f"the role lets the function call {listed(missing)}, but its subnets can't reach it; add an endpoint in "
            f"VPC '{vpc.name}', or a NAT route",
            at=_SUBNETS,
        )


@rule(
    FUNCTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def in_vpc(function: Resource) -> Findings:
    """A function is attached to subnets and security groups.

    Why: In a VPC its traffic can be limited and logged, and reaches private resources without the internet.
    Fix: Set `vpcConfig` with `subnetIds` and `securityGroupIds`.
    Source: AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"; AWS Config rule
    lambda-inside-vpc.
    """
    missing = [path for path in ("vpcConfig.subnetIds", "vpcConfig.securityGroupIds") if not function.has(path)]
    if missing:
        yield function.finding("the function is not in a VPC; set `vpcConfig` with subnets and groups", at=missing[0])
