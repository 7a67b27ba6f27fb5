"""Whether a rotation function in a VPC reaches Secrets Manager."""

from __future__ import annotations

from ...rule import Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .._shared_ways_out import leads_out, missing_endpoints, subnets_and_vpc
from ._tokens import FUNCTION, ROTATION


@rule(ROTATION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def rotation_function_reachable(rotation: Resource, stack: Stack) -> Findings:
    """A rotation function in a VPC has a way to Secrets Manager.

    Why: A function in a VPC has no public address. Without an interface endpoint or a NAT route its calls hang until
    the function times out, and every rotation fails.
    Fix: Add an interface VpcEndpoint for com.amazonaws.REGION.secretsmanager with private DNS, or a route through a NAT
    gateway.
    Source: AWS Secrets Manager User Guide, "Network access for Lambda rotation function".
    """
    for function in stack.referred_by(rotation, "rotationLambdaArn", FUNCTION).certain:
        placed = subnets_and_vpc(stack, function, "vpcConfig.subnetIds")
        if placed is None:
            continue
        subnets, vpc = placed
        has_endpoint = not missing_endpoints(stack, vpc, ["secretsmanager"])
        if has_endpoint or any(leads_out(stack, vpc, subnet) for subnet in subnets):
            continue
        yield rotation.finding(
            f"function '{function.name}' runs in subnets of VPC '{vpc.name}' without an endpoint for Secrets Manager "
            "or a NAT route, so that its calls hang; add an interface endpoint for "
            "com.amazonaws.REGION.secretsmanager",
            at="rotationLambdaArn",
        )
