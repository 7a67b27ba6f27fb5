"""Layer 1: the VPC, or subnets of a given one, and three security groups that stand-alone rules join.

The write-up's groups named each other in inline rules and could not be created. Here a group is created empty, and each
way from one to the next is a rule on either side: balancer out, service in, service out, database in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.database import POSTGRESQL
from components.keys import EncryptionKey
from components.network import ECS_ENDPOINTS, Network
from components.scope import Component, Scope
from components.security import SecurityGroup, allow

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class GivenVpc:
    """A VPC that exists already. Its private subnets have a way to the internet, through NAT or a transit gateway."""

    vpc_id: str
    public_subnet_ids: Sequence[str]
    """In two zones or more."""
    private_subnet_ids: Sequence[str]
    """In two zones or more."""


class WebNetwork(Component):
    """Public subnets for the load balancer, private ones for service and database, and the groups of the three."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        given: GivenVpc | None,
        cidr: str,
        zones: int,
        nat_gateways: int,
        container_port: int,
        log_key: EncryptionKey,
        log_retention_days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        given: the VPC to move into; None makes one from `cidr`, `zones` and `nat_gateways`.
        nat_gateways: 0 makes VPC endpoints instead; 1 shares one gateway; `zones` gives each zone its own.
        container_port: TCP port of the service.
        log_key, log_retention_days: of the flow log's group.
        """
        super().__init__("reference:web:WebNetwork", name, scope=scope, opts=opts)
        own: Network | None = None
        if given:
            self.vpc_id: pulumi.Input[str] = given.vpc_id
            self.public_subnet_ids = self._given_subnets(given.vpc_id, given.public_subnet_ids)
            self.private_subnet_ids = self._given_subnets(given.vpc_id, given.private_subnet_ids)
        else:
            own = Network(
                name,
                scope=scope,
                cidr=cidr,
                zones=zones,
                log_key=log_key,
                log_retention_days=log_retention_days,
                public_subnets=True,
                nat_gateways=nat_gateways,
                interface_endpoints=() if nat_gateways else ECS_ENDPOINTS,
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.vpc_id = own.vpc.id
            self.public_subnet_ids = own.public_subnet_ids
            self.private_subnet_ids = own.private_subnet_ids
        self.balancer_group = self._group("balancer", "Load balancer, open to visitors")
        self.service_group = self._group("service", "Tasks of the web service")
        self.database_group = self._group("database", "Database of the web service")
        self.balancer_group.allow_cidr_in(ANYWHERE, port=443, description="Visitors")
        self.balancer_group.allow_cidr_in(ANYWHERE, port=80, description="Visitors, who are sent to HTTPS")
        allow(self.balancer_group, self.service_group, port=container_port, description="Load balancer to service")
        allow(self.service_group, self.database_group, port=POSTGRESQL.port, description="Service to database")
        if own:
            own.allow_endpoints(self.service_group)
        if given or nat_gateways:
            self.service_group.allow_cidr_out(ANYWHERE, port=443, description="HTTPS to AWS services and registries")
        self.register_outputs({"vpc_id": self.vpc_id, "private_subnet_ids": self.private_subnet_ids})

    def _group(self, purpose: str, description: str) -> SecurityGroup:
        return SecurityGroup(
            purpose,
            scope=self.scope,
            vpc_id=self.vpc_id,
            description=description,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _given_subnets(self, vpc_id: str, ids: Sequence[str]) -> list[pulumi.Output[str]]:
        """The ids, once AWS has confirmed that the subnets are there and in the VPC."""
        options = pulumi.InvokeOutputOptions(provider=self.scope.provider)
        return [aws.ec2.get_subnet_output(id=item, vpc_id=vpc_id, opts=options).id for item in ids]
