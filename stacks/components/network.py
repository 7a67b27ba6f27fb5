"""A VPC with private subnets, flow logs and VPC endpoints; public subnets and NAT only where a stack asks for them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.identity import ServiceRole
from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.policies import allow as allow_action
from components.scope import Component, Scope
from components.security import SecurityGroup, allow

ECS_ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms")
"""Interface endpoints that Fargate tasks need to start, log and read secrets without a way to the internet
(Amazon ECR, "Amazon ECR interface VPC endpoints"); image layers come through the S3 gateway endpoint."""


@dataclass(frozen=True)
class AddressPlan:
    """Subnet ranges cut out of a VPC range: eight equal parts, the first four private, the last four public.

    The parts stay where they are when zones are added or public subnets appear, so that no subnet is ever replaced.
    """

    vpc: ipaddress.IPv4Network

    def private(self, index: int) -> str:
        """Range of the private subnet in zone `index`, 0 to 3."""
        return str(self._part(index))

    def public(self, index: int) -> str:
        """Range of the public subnet in zone `index`, 0 to 3."""
        return str(self._part(4 + index))

    def _part(self, index: int) -> ipaddress.IPv4Network:
        return list(self.vpc.subnets(prefixlen_diff=3))[index]


class Network(Component):
    """A VPC over two to four zones. Its default security group is emptied, and all its traffic is recorded."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        cidr: str,
        zones: int,
        log_key: EncryptionKey,
        log_retention_days: int,
        interface_endpoints: Sequence[str] = (),
        gateway_endpoints: Sequence[str] = ("s3",),
        public_subnets: bool = False,
        nat_gateways: int = 0,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        cidr: the VPC's private IPv4 range, /16 to /24.
        zones: number of Availability Zones, 2 to 4.
        log_key, log_retention_days: of the flow log's group.
        interface_endpoints: services by their short names (`ecr.api`, `logs`); each costs per hour and zone.
        gateway_endpoints: `s3` and `dynamodb`, which are free.
        public_subnets: add one public subnet per zone with an internet gateway, for load balancers that face the
            internet.
        nat_gateways: 0 keeps the private subnets without a way out; 1 shares one gateway; `zones` gives each zone its
            own.
        boundary_arn: managed policy that caps the flow log role's permissions.
        """
        super().__init__("reference:network:Network", name, scope=scope, opts=opts)
        if nat_gateways not in (0, 1, zones) or (nat_gateways and not public_subnets):
            raise ValueError(
                f"{nat_gateways} NAT gateways: use 0, 1 or one per zone ({zones}), and public subnets to put them in"
            )
        plan = AddressPlan(ipaddress.IPv4Network(cidr))
        self.cidr = cidr
        self.zone_names = scope.zones(zones)
        vpc_name = self.physical(name, Kind.TAG)
        self.vpc = aws.ec2.Vpc(
            name,
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # private names of interface endpoints need both
            tags=self.named(vpc_name),
            opts=self.inside(),
        )
        aws.ec2.DefaultSecurityGroup(
            name, vpc_id=self.vpc.id, tags=self.named(f"{vpc_name}-unused"), opts=self.inside()
        )
        self._record_traffic(log_key, log_retention_days, boundary_arn)

        self.private_subnets, self.private_tables = self._private_tier(plan)
        self.public_subnets: list[aws.ec2.Subnet] = []
        if public_subnets:
            self._public_tier(plan, nat_gateways)
        self.gateways = {service: self._gateway_endpoint(service) for service in gateway_endpoints}
        self.endpoint_group = self._interface_endpoints(interface_endpoints) if interface_endpoints else None
        self.register_outputs({"vpc_id": self.vpc.id, "private_subnet_ids": self.private_subnet_ids})

    @property
    def private_subnet_ids(self) -> list[pulumi.Output[str]]:
        """Ids of the private subnets, one per zone."""
        return [subnet.id for subnet in self.private_subnets]

    @property
    def public_subnet_ids(self) -> list[pulumi.Output[str]]:
        """Ids of the public subnets, one per zone; empty without a public tier."""
        return [subnet.id for subnet in self.public_subnets]

    def security_group(self, name: str, *, description: str) -> SecurityGroup:
        """An empty security group in this VPC."""
        return SecurityGroup(
            name,
            scope=self.scope,
            vpc_id=self.vpc.id,
            description=description,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def allow_endpoints(self, source: SecurityGroup) -> None:
        """Let members of a group call every AWS service that the network has an endpoint for."""
        if self.endpoint_group:
            allow(source, self.endpoint_group, port=443, description="HTTPS to the VPC endpoints")
        for service, endpoint in self.gateways.items():
            source.allow_prefix_list_out(endpoint.prefix_list_id, service=service)

    def _record_traffic(self, key: EncryptionKey, retention_days: int, boundary_arn: pulumi.Input[str] | None) -> None:
        parent = pulumi.ResourceOptions(parent=self)
        group = EncryptedLogGroup(
            f"{self.name}-flow", scope=self.scope, key=key, retention_days=retention_days, opts=parent
        )
        role = ServiceRole(
            f"{self.name}-flow",
            scope=self.scope,
            service="vpc-flow-logs.amazonaws.com",
            statements=[
                group.writing(),
                allow_action(["logs:DescribeLogGroups"], [self.scope.arn("logs", "log-group:*")]),
            ],
            boundary_arn=boundary_arn,
            opts=parent,
        )
        flow_name = self.physical(f"{self.name}-flow", Kind.TAG)
        aws.ec2.FlowLog(
            self.name,
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination=group.arn,
            log_destination_type="cloud-watch-logs",
            iam_role_arn=role.arn,
            max_aggregation_interval=600,
            tags=self.named(flow_name),
            opts=self.inside(depends_on=role.ready),
        )

    def _private_tier(self, plan: AddressPlan) -> tuple[list[aws.ec2.Subnet], list[aws.ec2.RouteTable]]:
        subnets, tables = [], []
        for index, zone in enumerate(self.zone_names):
            subnet, table = self._subnet("private", zone, plan.private(index))
            subnets.append(subnet)
            tables.append(table)
        return subnets, tables

    def _public_tier(self, plan: AddressPlan, nat_gateways: int) -> None:
        gateway_name = self.physical(self.name, Kind.TAG)
        gateway = aws.ec2.InternetGateway(
            self.name, vpc_id=self.vpc.id, tags=self.named(gateway_name), opts=self.inside()
        )
        for index, zone in enumerate(self.zone_names):
            subnet, table = self._subnet("public", zone, plan.public(index))
            self.public_subnets.append(subnet)
            aws.ec2.Route(
                f"{self.name}-public-{zone}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway.id,
                opts=self.inside(),
            )
        nats = [self._nat_gateway(index, gateway) for index in range(nat_gateways)]
        for index, table in enumerate(self.private_tables if nats else []):
            aws.ec2.Route(
                f"{self.name}-private-{self.zone_names[index]}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nats[index % len(nats)].id,
                opts=self.inside(),
            )

    def _subnet(self, tier: str, zone: str, cidr: str) -> tuple[aws.ec2.Subnet, aws.ec2.RouteTable]:
        name = f"{self.name}-{tier}-{zone}"
        tags = {**self.named(self.physical(name, Kind.TAG)), "Tier": tier}
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self.vpc.id,
            cidr_block=cidr,
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags=tags,
            opts=self.inside(),
        )
        table = aws.ec2.RouteTable(name, vpc_id=self.vpc.id, tags=tags, opts=self.inside())
        aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=self.inside())
        return subnet, table

    def _nat_gateway(self, index: int, gateway: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
        name = f"{self.name}-nat-{self.zone_names[index]}"
        tags = self.named(self.physical(name, Kind.TAG))
        address = aws.ec2.Eip(name, domain="vpc", tags=tags, opts=self.inside(depends_on=[gateway]))
        return aws.ec2.NatGateway(
            name,
            subnet_id=self.public_subnets[index].id,
            allocation_id=address.id,
            tags=tags,
            opts=self.inside(depends_on=[gateway]),
        )

    def _gateway_endpoint(self, service: str) -> aws.ec2.VpcEndpoint:
        name = f"{self.name}-{service}"
        return aws.ec2.VpcEndpoint(
            name,
            vpc_id=self.vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=self._service_name(service),
            route_table_ids=[table.id for table in self.private_tables],
            tags=self.named(self.physical(name, Kind.TAG)),
            opts=self.inside(),
        )

    def _interface_endpoints(self, services: Sequence[str]) -> SecurityGroup:
        group = self.security_group(f"{self.name}-endpoints", description="Interface endpoints of AWS services")
        for service in services:
            name = f"{self.name}-{service.replace('.', '-')}"
            aws.ec2.VpcEndpoint(
                name,
                vpc_id=self.vpc.id,
                vpc_endpoint_type="Interface",
                service_name=self._service_name(service),
                subnet_ids=self.private_subnet_ids,
                security_group_ids=[group.id],
                private_dns_enabled=True,
                tags=self.named(self.physical(name, Kind.TAG)),
                opts=self.inside(),
            )
        return group

    def _service_name(self, service: str) -> str:
        prefix = (
            "cn.com.amazonaws"
            if self.scope.partition == "aws-cn" and service not in ("s3", "dynamodb")
            else "com.amazonaws"
        )
        return f"{prefix}.{self.scope.region}.{service}"
