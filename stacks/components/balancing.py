"""An application load balancer that serves HTTPS only."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.naming import Kind
from components.scope import Component, Scope
from components.security import SecurityGroup
from components.storage import AccessLogBucket

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2 (Elastic Load Balancing, "Security policies for your Application Load Balancer")."""


class LoadBalancer(Component):
    """A load balancer with one target group for tasks, an HTTPS listener, and a listener that redirects port 80 to
    it."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        vpc_id: pulumi.Input[str],
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group: SecurityGroup,
        certificate_arn: pulumi.Input[str],
        access_logs: AccessLogBucket,
        target_port: int,
        internal: bool = True,
        health_path: str = "/health",
        deletion_protection: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        subnet_ids: in at least two zones; public ones when `internal` is off.
        certificate_arn: ACM certificate of the same Region.
        access_logs: bucket of the same Region, which gets the logs under `lb/`.
        target_port: port on which the tasks listen with HTTP.
        health_path: path that answers 200 while a task is healthy.
        """
        super().__init__("reference:balancing:LoadBalancer", name, scope=scope, opts=opts)
        balancer_name = self.physical(name, Kind.LOAD_BALANCER)
        self.balancer = aws.lb.LoadBalancer(
            name,
            name=balancer_name,
            load_balancer_type="application",
            internal=internal,
            subnets=list(subnet_ids),
            security_groups=[security_group.id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=deletion_protection,
            access_logs={"bucket": access_logs.bucket.id, "prefix": "lb", "enabled": True},
            tags=self.named(balancer_name),
            opts=self.inside(depends_on=access_logs.ready),
        )
        target_name = self.physical(name, Kind.TARGET_GROUP)
        self.target_group = aws.lb.TargetGroup(
            name,
            name=target_name,
            vpc_id=vpc_id,
            target_type="ip",
            port=target_port,
            protocol="HTTP",
            deregistration_delay=30,
            health_check={"path": health_path, "protocol": "HTTP", "matcher": "200", "interval": 30, "timeout": 5},
            tags=self.named(target_name),
            opts=self.inside(),
        )
        self.target_port = target_port
        self.listener = aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=self.balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate_arn,
            default_actions=[{"type": "forward", "target_group_arn": self.target_group.arn}],
            tags=self.named(f"{balancer_name}-https"),
            opts=self.inside(),
        )
        aws.lb.Listener(
            f"{name}-redirect",
            load_balancer_arn=self.balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}
            ],
            tags=self.named(f"{balancer_name}-redirect"),
            opts=self.inside(),
        )
        self.arn = self.balancer.arn
        self.arn_suffix = self.balancer.arn_suffix
        """Dimension `LoadBalancer` of its metrics."""
        self.dns_name = self.balancer.dns_name
        self.register_outputs({"arn": self.arn, "dns_name": self.dns_name})
