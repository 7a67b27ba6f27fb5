"""Whether what runs in subnets of the program gets out of them: routes, gateways and endpoints of its VPC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..finding import Undecided
from ..resource import Resource
from ..stack import Stack
from ..view import View

SUBNET: Final = "aws:ec2/subnet:Subnet"
VPC: Final = "aws:ec2/vpc:Vpc"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
ROUTE: Final = "aws:ec2/route:Route"
ROUTE_TABLE: Final = "aws:ec2/routeTable:RouteTable"
DEFAULT_ROUTE_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"

_PRIVATE_TARGETS: Final = (
    "natGatewayId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "coreNetworkArn",
    "localGatewayId",
    "networkInterfaceId",
    "vpcEndpointId",
)
"""Ways out for what has no public address: NAT, and other networks, where an endpoint may stand."""


def subnets_and_vpc(stack: Stack, resource: Resource, path: str) -> tuple[list[Resource], Resource] | None:
    """Return the subnets that a property lists, and their VPC; None when it lists none.

    Raises:
        Undecided: some are not of the program, or not of one VPC of it.
    """
    if not resource.has(path):
        return None
    listed = resource.raw(path)
    found = stack.referred_by(resource, path, SUBNET).certain
    if not isinstance(listed, list) or len(found) != len(listed):
        raise Undecided(path, resource.urn, "has subnets from outside the program")
    vpcs = {vpc.urn: vpc for subnet in found for vpc in stack.referred_by(subnet, "vpcId", VPC).certain}
    if len(vpcs) != 1:
        raise Undecided(path, resource.urn, "are in a VPC from outside the program")
    return found, next(iter(vpcs.values()))


def missing_endpoints(stack: Stack, vpc: Resource, services: Iterable[str]) -> list[str]:
    """Return those of some services (``ecr.api``) for which a VPC of the program has no endpoint in the program.

    Raises:
        Undecided: the service of an endpoint is not known yet, or an endpoint may be this VPC's.
    """
    names = [endpoint.text("serviceName") or "" for endpoint in stack.referring_to(vpc, ENDPOINT, via="vpcId")]
    return [service for service in services if not any(name.endswith(f".{service}") for name in names)]


def leads_out(stack: Stack, vpc: Resource, subnet: Resource) -> bool:
    """Tell whether a subnet has a route to anywhere for what has no public address.

    Raises:
        Undecided: its route table is not of the program.
    """
    for route in routes(stack, vpc, subnet):
        if any(route.has(target) for target in _PRIVATE_TARGETS):
            return True
        gateway = route.known("gatewayId")
        if isinstance(gateway, str) and gateway.startswith("vgw-"):
            return True
        if route.is_unknown("gatewayId") and not _is_internet_gateway(stack, route):
            return True
    return False


def leads_to_internet(stack: Stack, vpc: Resource, subnet: Resource) -> bool:
    """Tell whether a subnet has a route to an internet gateway, for what has a public address.

    Raises:
        Undecided: its route table is not of the program.
    """
    for route in routes(stack, vpc, subnet):
        gateway = route.known("gatewayId")
        if (isinstance(gateway, str) and gateway.startswith("igw-")) or (
            route.has("gatewayId") and _is_internet_gateway(stack, route)
        ):
            return True
    return False


def _is_internet_gateway(stack: Stack, route: View) -> bool:
    via = "gatewayId" if isinstance(route, Resource) else "routes"
    return bool(stack.referred_by(stack.owner_of(route), via, INTERNET_GATEWAY).certain)


def routes(stack: Stack, vpc: Resource, subnet: Resource) -> Iterator[View]:
    """Yield the routes of the table of a subnet, inline or separate; those of the main table when it is in no other.

    Raises:
        Undecided: the table is not of the program.
    """
    tables: list[Resource] = []
    associations = stack.referring_to(subnet, ASSOCIATION, via="subnetId")
    for association in associations:
        found = stack.referred_by(association, "routeTableId", ROUTE_TABLE, DEFAULT_ROUTE_TABLE).certain
        if not found:
            raise Undecided("routeTableId", association.urn, "is a table from outside the program")
        tables += found
    if not tables:
        for association in stack.referring_to(vpc, MAIN_ASSOCIATION, via="vpcId"):
            tables += stack.referred_by(association, "routeTableId", ROUTE_TABLE).certain
        tables += stack.referring_to(vpc, DEFAULT_ROUTE_TABLE, via="defaultRouteTableId").certain
        yield from stack.referring_to(vpc, ROUTE, via="routeTableId").certain
    for table in tables:
        yield from table.each("routes")
        yield from stack.referring_to(table, ROUTE, via="routeTableId")
