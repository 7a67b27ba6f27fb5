"""NAT gateways, internet gateways and the routes to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...documents import network
from ...rule import (
    Certainty,
    Findings,
    Kind,
    Parameter,
    Parameters,
    Resource,
    Severity,
    Undecided,
    View,
    deferred,
    rule,
)
from ...stack import Stack
from .._shared_graph import marked
from .._shared_targets import earlier, sharing
from ._network import (
    DEFAULT_ROUTE_TABLE,
    INTERNET_GATEWAY,
    INTERNET_GATEWAY_ATTACHMENT,
    NAT_GATEWAY,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    ROUTE_TABLES,
    SUBNET,
    VPC,
    VPCS,
    vpc_of,
)


def _is_public(nat: Resource) -> bool:
    """Whether a NAT gateway is a public one of a single zone."""
    return nat.text("connectivityType") in (None, "", "public") and nat.text("availabilityMode") != "regional"


@rule(NAT_GATEWAY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def nat_gateway_has_address(nat: Resource) -> Findings:
    """A public NAT gateway has an Elastic IP address.

    Why: EC2 refuses one without: "MissingParameter: The request must include the AllocationId parameter".
    Fix: Set `allocationId` to that of an `aws.ec2.Eip` with `domain="vpc"`, or make the gateway private.
    Source: Amazon VPC User Guide, "NAT gateways", "Create a NAT gateway".
    """
    if _is_public(nat) and not nat.has("allocationId"):
        yield nat.finding(
            "the public NAT gateway has no address; set `allocationId` to the id of an `aws.ec2.Eip`", at="allocationId"
        )


@rule(NAT_GATEWAY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def nat_gateway_after_internet_gateway(nat: Resource, stack: Stack) -> Findings:
    """A public NAT gateway is made in a VPC that has an internet gateway, after that.

    Why: Without one the NAT gateway ends as failed: "Gateway.NotAttached: Network vpc-… has no Internet gateway
    attached". Where the program has one, and nothing makes the NAT gateway wait for it, the two race.
    Fix: Create an `aws.ec2.InternetGateway` for the VPC, and list it in `dependsOn` of the NAT gateway.
    Source: Amazon VPC User Guide, "Troubleshoot NAT gateways", "NAT gateway creation fails".
    """
    if not _is_public(nat):
        return
    subnets = stack.referred_by(nat, "subnetId", SUBNET).certain
    vpc = vpc_of(stack, subnets[0]) if len(subnets) == 1 else None
    if vpc is None or not vpc.is_a(VPC):
        return
    made = stack.referring_to(vpc, INTERNET_GATEWAY, via="vpcId")
    attached = stack.referring_to(vpc, INTERNET_GATEWAY_ATTACHMENT, via="vpcId")
    gateways = made.certain + attached.certain
    if not gateways:
        if made or attached:
            return
        yield nat.finding(
            f"VPC {vpc.name} has no internet gateway in the program, so a public NAT gateway fails; add an "
            "`aws.ec2.InternetGateway`, or set `connectivityType` to private",
            at="subnetId",
        )
    elif not any(stack.waits_for(nat, gateway) for gateway in gateways):
        yield nat.finding(
            f"nothing makes the NAT gateway wait for internet gateway {gateways[0].name}; add it to `dependsOn`",
            at="subnetId",
            severity=Severity.LOW,
            certainty=Certainty.RACE,
        )


def _routes(stack: Stack, table: Resource) -> Iterator[tuple[View, str]]:
    """The routes of a table, inline and separate, each with the property that holds its IPv4 destination.

    Raises:
        Undecided: at the end, when the inline routes, or a separate route's table, are unknown.
    """
    for entry in table.each("routes"):
        yield entry, "cidrBlock"
    for route in stack.referring_to(table, ROUTE, via="routeTableId"):
        yield route, "destinationCidrBlock"


_THROUGH: Final = (
    "gatewayId",
    "vpcEndpointId",
    "networkInterfaceId",
    "transitGatewayId",
    "carrierGatewayId",
    "coreNetworkArn",
)
"""Targets of a default route through which a public NAT gateway may reach the internet, directly or after an
inspection.
"""


@rule(NAT_GATEWAY, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def nat_gateway_in_public_subnet(nat: Resource, stack: Stack) -> Findings:
    """A public NAT gateway stands in a subnet whose default route leads to an internet gateway.

    Why: In a private subnet the gateway becomes available, and nothing passes: its own traffic goes to itself, or
    nowhere.
    Fix: Put it into the public subnet of its zone; the private subnets' route tables name it.
    Source: Amazon VPC User Guide, "NAT gateways", "Troubleshoot NAT gateways".
    """
    if not _is_public(nat):
        return
    subnets = stack.referred_by(nat, "subnetId", SUBNET).certain
    if len(subnets) != 1:
        return
    associations = stack.referring_to(subnets[0], ROUTE_TABLE_ASSOCIATION, via="subnetId")
    tables = (
        stack.referred_by(associations.certain[0], "routeTableId", ROUTE_TABLE).certain if associations.certain else []
    )
    if len(tables) != 1:
        raise Undecided("subnetId", nat.urn, "has no route table that the program says")
    table = tables[0]
    if table.has("propagatingVgws"):
        return
    looping: View | None = None
    for route, destination in _routes(stack, table):
        if route.is_unknown(destination):
            raise Undecided(destination, route.owner.urn)
        if network.is_world(route.raw(destination)):
            if any(route.has(target) for target in _THROUGH):
                return
            looping = route if route.has("natGatewayId") else looping
    way = "a NAT gateway" if looping else "nowhere"
    yield nat.finding(
        f"subnet {subnets[0].name} is private: the default route of its table {table.name} leads to {way}. Put the "
        "NAT gateway into a subnet whose default route leads to an internet gateway",
        at="subnetId",
    )


_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")


@rule(ROUTE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def route_defined_once(route: Resource, stack: Stack) -> Findings:
    """A route table has one route per destination, and either inline or separate routes.

    Why: EC2 refuses a second route: "RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists". Inline
    routes are the table's whole set: the next update removes the separate ones.
    Fix: Remove one route; move inline routes into `aws.ec2.Route` resources.
    Source: Amazon VPC User Guide, "Configure route tables"; Pulumi AWS, "`aws.ec2.RouteTable`", the note on inline
    routes.
    """
    for table in stack.referred_by(route, "routeTableId", *ROUTE_TABLES).certain:
        if table.has("routes") and "routes" not in table.options.ignore_changes:
            yield route.finding(
                f"route table {table.name} has inline routes, which remove this one at the next "
                "update; define all of them as `aws.ec2.Route`, or all inline",
                at="routeTableId",
                severity=Severity.HIGH,
            )
            return
    siblings = sharing(stack, route, "routeTableId", (ROUTE,), *ROUTE_TABLES, *VPCS)
    if len(siblings) < 2:
        return
    mine = _destination(route)
    if mine is None:
        return
    for other in earlier(route, siblings):
        with deferred():
            if _destination(other) == mine:
                yield route.finding(
                    f"route {other.name} of the same table already leads to {mine[1]}; remove one of them",
                    at=next(path for path in _DESTINATIONS if route.has(path)),
                )
                return


def _destination(route: Resource) -> tuple[str, str] | None:
    """Kind and text of a route's destination; ranges in their shortest form."""
    for path in _DESTINATIONS:
        text = route.text(path)
        if text:
            return path, str(network.network(text) or text)
    return None


@rule(ROUTE_TABLE_ASSOCIATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def route_table_association_single(association: Resource, stack: Stack) -> Findings:
    """A subnet is associated with one route table.

    Why: EC2 refuses a second: "Resource.AlreadyAssociated: the specified association for route table rtb-… conflicts
    with an existing association".
    Fix: Remove one association; put the routes of both into one table.
    Source: Amazon VPC User Guide, "Subnet route tables".
    """
    if not association.has("subnetId"):
        return
    for other in earlier(association, sharing(stack, association, "subnetId", (ROUTE_TABLE_ASSOCIATION,), SUBNET)):
        yield association.finding(
            f"association {other.name} already gives this subnet a route table; a subnet has one. Remove one of them",
            at="subnetId",
        )
        return


_TARGETS: Final = (
    "gatewayId",
    "natGatewayId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
    "egressOnlyGatewayId",
    "localGatewayId",
    "carrierGatewayId",
    "coreNetworkArn",
    "odbNetworkArn",
)


@rule(ROUTE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def route_target_single(route: Resource) -> Findings:
    """A route has one destination and one target.

    Why: The provider refuses others: "one of `carrier_gateway_id,core_network_arn,…` must be specified", "only one of
    `destination_cidr_block,…` can be specified".
    Fix: Set one target and one destination; write a second route for another.
    Source: Amazon EC2 API Reference, "CreateRoute".
    """
    for paths, word in ((_TARGETS, "target"), (_DESTINATIONS, "destination")):
        present = [path for path in paths if route.has(path)]
        if not present:
            yield route.finding(f"the route has no {word}; set one of {marked(paths, 12)}")
        elif len(present) > 1:
            yield route.finding(
                f"the route has {len(present)} {word}s ({marked(present, 12)}); keep one", at=present[1]
            )


@rule(
    (ROUTE, ROUTE_TABLE, DEFAULT_ROUTE_TABLE),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={
        "tag": Parameter.of("Tier", "Tag that marks a route table as public."),
        "value": Parameter.of("public", "Value of that tag, in any case."),
    },
)
def internet_gateway_routes_limited(route: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """No default route leads to an internet gateway, apart from those of route tables that are marked public.

    Why: A default route to an internet gateway makes every subnet of the table public.
    Fix: Remove the route, or tag the table of the public subnets (Tier: public, unless set otherwise).
    Source: Amazon VPC User Guide, "Enable internet access for a VPC"; AWS Config rule NO_UNRESTRICTED_ROUTE_TO_IGW.
    """
    if route.is_a(ROUTE):
        entries: list[tuple[View, tuple[str, ...]]] = [(route, _DESTINATIONS[:2])]
        tables = stack.referred_by(route, "routeTableId", *ROUTE_TABLES).certain
    else:
        entries = [(entry, ("cidrBlock", "ipv6CidrBlock")) for entry in route.each("routes")]
        tables = [route]
    for entry, destinations in entries:
        with deferred():
            if not any(network.is_world(entry.raw(path)) is not False for path in destinations if entry.has(path)):
                continue
            if not entry.has("gatewayId") or not _is_internet_gateway(entry, stack):
                continue
            marks = [table.tags.get(parameters["tag"], "") for table in tables]
            if any(mark is not None and mark.lower() == parameters["value"].lower() for mark in marks):
                continue
            if None in marks:
                raise Undecided(f"tags.{parameters['tag']}", tables[0].urn)
            path = next(path for path in destinations if entry.has(path))
            yield entry.finding(
                f"a default route ({entry.text(path)}) leads to an internet gateway; remove it, or mark the route "
                f"table as public with the tag {parameters['tag']}: {parameters['value']}",
                at="gatewayId",
            )


def _is_internet_gateway(entry: View, stack: Stack) -> bool:
    """Whether the gateway of a route is an internet gateway, not a virtual private or local one.

    Raises:
        Undecided: its id is unknown, and comes from no internet gateway of the program.
    """
    own = not entry.path  # a resource, not an entry of a route table
    made = stack.referred_by(stack.owner_of(entry), "gatewayId" if own else "routes", INTERNET_GATEWAY).certain
    if made and (own or entry.is_unknown("gatewayId")):
        return True
    text = entry.text("gatewayId") or ""
    return text.startswith("igw-") or any(text in stack.identities(one) for one in made)
