"""Security groups whose rules are resources of their own.

Rules that stand inside a group tie the groups to each other: two groups that name each other can't be created or
deleted. Here a
group is created empty, and `allow` joins two of them with one rule on each side, so that no order of creation matters.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.naming import Kind
from components.scope import Component, Scope


class SecurityGroup(Component):
    """A group without any rule; `allow`, `allow_cidr_in` and their siblings add rules."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        vpc_id: pulumi.Input[str],
        description: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """description: what stands behind the group, in ASCII letters, digits and ._-:/()#,@[]+=&;{}!$* only."""
        super().__init__("reference:security:SecurityGroup", name, scope=scope, opts=opts)
        group_name = self.physical(name, Kind.SECURITY_GROUP)
        self.group = aws.ec2.SecurityGroup(
            name,
            name=group_name,
            description=description,
            vpc_id=vpc_id,
            tags=self.named(group_name),
            opts=self.inside(),
        )
        self.id = self.group.id
        self.register_outputs({"id": self.id})

    def allow_cidr_in(self, cidr: str, *, port: int, description: str) -> None:
        """Let TCP connections to `port` come in from an IPv4 range: for load balancers that face the internet or a
        peer network."""
        name = f"{self.name}-from-{cidr.replace('/', '-')}-{port}"
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=self.id,
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
            tags=self.named(name),
            opts=self.inside(),
        )

    def allow_cidr_out(self, cidr: str, *, port: int, description: str) -> None:
        """Let TCP connections to `port` go out to an IPv4 range."""
        name = f"{self.name}-to-{cidr.replace('/', '-')}-{port}"
        aws.vpc.SecurityGroupEgressRule(
            name,
            security_group_id=self.id,
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
            tags=self.named(name),
            opts=self.inside(),
        )

    def allow_prefix_list_out(self, prefix_list_id: pulumi.Input[str], *, service: str) -> None:
        """Let HTTPS go out to a gateway endpoint's prefix list; `service` is its short name, such as `s3`."""
        name = f"{self.name}-to-{service}"
        aws.vpc.SecurityGroupEgressRule(
            name,
            security_group_id=self.id,
            prefix_list_id=prefix_list_id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description=f"HTTPS to the gateway endpoint of {service}",
            tags=self.named(name),
            opts=self.inside(),
        )


def allow(source: SecurityGroup, target: SecurityGroup, *, port: int, description: str) -> None:
    """Let `source` open TCP connections to `port` of `target`: one rule out of the one, one rule into the other."""
    out_name = f"{source.name}-to-{target.name}-{port}"
    aws.vpc.SecurityGroupEgressRule(
        out_name,
        security_group_id=source.id,
        referenced_security_group_id=target.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        tags=source.named(out_name),
        opts=source.inside(),
    )
    in_name = f"{target.name}-from-{source.name}-{port}"
    aws.vpc.SecurityGroupIngressRule(
        in_name,
        security_group_id=target.id,
        referenced_security_group_id=source.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        tags=target.named(in_name),
        opts=target.inside(),
    )
