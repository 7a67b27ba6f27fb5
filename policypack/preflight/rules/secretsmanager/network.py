"""Whether a rotation function in a VPC reaches Secrets Manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, View, rule
from ...stack import Stack
from ._tokens import FUNCTION, ROTATION

_SUBNET: Final = "aws:ec2/subnet:Subnet"
_VPC: Final = "aws:ec2/vpc:Vpc"
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_ROUTE: Final = "aws:ec2/route:Route"
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_MAIN_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
_INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"

_PRIVATE_TARGETS: Final = (
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "coreNetworkArn",
    "localGatewayId",
    "networkInterfaceId",
    "vpcEndpointId",
)
"""Ways to another network, where an endpoint may stand."""


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
        subnets = _subnets(stack, function)
        vpcs = {vpc.urn: vpc for subnet in subnets for vpc in stack.referred_by(subnet, "vpcId", _VPC).certain}
        if not subnets:
            continue
        if len(vpcs) != 1:
            raise Undecided("vpcConfig.subnetIds", function.urn, "are in a VPC from outside the program")
        vpc = next(iter(vpcs.values()))
        if _has_endpoint(stack, vpc) or any(_leads_out(stack, vpc, subnet) for subnet in subnets):
            continue
        yield rotation.finding(
            f"Function '{function.name}' runs in subnets of VPC '{vpc.name}' without an endpoint for Secrets Manager "
            "or a NAT route, so that its calls hang; add an interface endpoint for "
            "com.amazonaws.REGION.secretsmanager.",
            at="rotationLambdaArn",
        )


def _subnets(stack: Stack, function: Resource) -> list[Resource]:
    if not function.has("vpcConfig.subnetIds"):
        return []
    listed = function.raw("vpcConfig.subnetIds")
    found = stack.referred_by(function, "vpcConfig.subnetIds", _SUBNET).certain
    if not isinstance(listed, list) or len(found) != len(listed):
        raise Undecided("vpcConfig.subnetIds", function.urn, "has subnets from outside the program")
    return found


def _has_endpoint(stack: Stack, vpc: Resource) -> bool:
    return any(
        (endpoint.text("serviceName") or "").endswith(".secretsmanager")
        for endpoint in stack.referring_to(vpc, _ENDPOINT, via="vpcId")
    )


def _leads_out(stack: Stack, vpc: Resource, subnet: Resource) -> bool:
    for route in _routes(stack, vpc, subnet):
        if any(route.has(target) for target in _PRIVATE_TARGETS) or route.has("natGatewayId"):
            return True
        gateway = route.known("gatewayId")
        if isinstance(gateway, str) and gateway.startswith("vgw-"):
            return True
        if route.is_unknown("gatewayId") and not _is_internet_gateway(stack, route):
            return True
    return False


def _is_internet_gateway(stack: Stack, route: View) -> bool:
    via = "gatewayId" if isinstance(route, Resource) else "routes"
    return bool(stack.referred_by(route.owner, via, _INTERNET_GATEWAY).certain)


def _routes(stack: Stack, vpc: Resource, subnet: Resource) -> Iterator[View]:
    """The routes of the table of a subnet, inline or separate; those of the main table when it is in no other."""
    tables: list[Resource] = []
    associations = stack.referring_to(subnet, _ASSOCIATION, via="subnetId")
    for association in associations:
        found = stack.referred_by(association, "routeTableId", _TABLE, _DEFAULT_TABLE).certain
        if not found:
            raise Undecided("routeTableId", association.urn, "is a table from outside the program")
        tables += found
    if not tables:
        for association in stack.referring_to(vpc, _MAIN_ASSOCIATION, via="vpcId"):
            tables += stack.referred_by(association, "routeTableId", _TABLE).certain
        tables += stack.referring_to(vpc, _DEFAULT_TABLE, via="defaultRouteTableId").certain
        yield from stack.referring_to(vpc, _ROUTE, via="routeTableId").certain
    for table in tables:
        yield from table.each("routes")
        yield from stack.referring_to(table, _ROUTE, via="routeTableId")
