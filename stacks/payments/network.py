"""Network: private subnets, the groups of balancer, service, database and monitor, and a way to other networks."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from security import Security

from components.database import AURORA_POSTGRESQL
from components.naming import Kind
from components.network import ECS_ENDPOINTS, Network
from components.scope import Component, Scope
from components.security import allow

ENDPOINTS = (*ECS_ENDPOINTS, "ssm", "sns")


class PaymentNetwork(Component):
    """A VPC without any way to the internet. Groups are joined by rules of their own, one port each."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        security: Security,
        cidr: str,
        zones: int,
        client_cidrs: Sequence[str],
        service_port: int,
        log_retention_days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        client_cidrs: IPv4 ranges whose hosts may call the load balancer on port 443.
        service_port: TCP port of the payment service's container.
        """
        super().__init__("reference:payments:PaymentNetwork", name, scope=scope, opts=opts)
        network = Network(
            name,
            scope=scope,
            cidr=cidr,
            zones=zones,
            interface_endpoints=ENDPOINTS,
            gateway_endpoints=["s3", "dynamodb"],
            log_key=security.log_key,
            log_retention_days=log_retention_days,
            boundary_arn=security.boundary_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.vpc_id = network.vpc.id
        self.private_subnet_ids = network.private_subnet_ids
        self.private_tables = network.private_tables
        self.balancer_group = network.security_group("balancer", description="Internal load balancer of payments")
        self.service_group = network.security_group("service", description="Tasks of the payment service")
        self.database_group = network.security_group("database", description="Aurora cluster with the payments")
        self.monitor_group = network.security_group("monitor", description="Compliance monitor")
        for client_cidr in client_cidrs:
            self.balancer_group.allow_cidr_in(client_cidr, port=443, description="HTTPS from callers of payments")
        allow(self.balancer_group, self.service_group, port=service_port, description="Balancer to payment service")
        allow(
            self.service_group,
            self.database_group,
            port=AURORA_POSTGRESQL.port,
            description="Payment service to database",
        )
        network.allow_endpoints(self.service_group)
        network.allow_endpoints(self.monitor_group)
        self.register_outputs({"vpc_id": self.vpc_id})


class TransitAttachment(Component):
    """Attaches the private subnets to a transit gateway, and sends what is meant for the ranges behind it there."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        network: PaymentNetwork,
        transit_gateway_id: str,
        cidrs: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        transit_gateway_id: of the same Region, this account's or shared with it; the one thing here that has to exist
            before.
        cidrs: IPv4 ranges behind the gateway. Its own route table decides about the way back.
        """
        super().__init__("reference:payments:TransitAttachment", name, scope=scope, opts=opts)
        attachment = aws.ec2transitgateway.VpcAttachment(
            name,
            transit_gateway_id=transit_gateway_id,
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            tags=self.named(self.physical(name, Kind.TAG)),
            opts=self.inside(),
        )
        for index, table in enumerate(network.private_tables):
            for cidr in cidrs:
                aws.ec2.Route(
                    f"{name}-{index}-{cidr.replace('/', '-')}",
                    route_table_id=table.id,
                    destination_cidr_block=cidr,
                    transit_gateway_id=transit_gateway_id,
                    opts=self.inside(depends_on=[attachment]),
                )
        self.register_outputs({"attachment_id": attachment.id})
