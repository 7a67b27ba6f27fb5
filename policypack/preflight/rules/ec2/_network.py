"""Tokens and look-ups that rules over VPCs, subnets, routes and gateways share."""

from __future__ import annotations

from typing import Final

from ...rule import Resource, Undecided
from ...stack import Stack

VPC: Final = "aws:ec2/vpc:Vpc"
DEFAULT_VPC: Final = "aws:ec2/defaultVpc:DefaultVpc"
VPCS: Final = (VPC, DEFAULT_VPC)
SUBNET: Final = "aws:ec2/subnet:Subnet"
DEFAULT_SUBNET: Final = "aws:ec2/defaultSubnet:DefaultSubnet"
ROUTE: Final = "aws:ec2/route:Route"
ROUTE_TABLE: Final = "aws:ec2/routeTable:RouteTable"
DEFAULT_ROUTE_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ROUTE_TABLES: Final = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE)
ROUTE_TABLE_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
INTERNET_GATEWAY_ATTACHMENT: Final = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
NAT_GATEWAY: Final = "aws:ec2/natGateway:NatGateway"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"


def vpc_of(stack: Stack, resource: Resource) -> Resource | None:
    """Return the VPC of the program that a resource's ``vpcId`` means, None for one from outside."""
    found = stack.referred_by(resource, "vpcId", *VPCS).certain
    return found[0] if len(found) == 1 else None


def subnets_of(stack: Stack, resource: Resource, via: str) -> tuple[list[Resource], int]:
    """Return the subnets of the program that a property lists, and how many entries it has in all.

    Raises:
        Undecided: the list as a whole is unknown.
    """
    listed = resource.raw(via)
    if listed is None:
        return [], 0
    if not isinstance(listed, list):
        raise Undecided(via, resource.urn)
    return stack.referred_by(resource, via, SUBNET, DEFAULT_SUBNET).certain, len(listed)
