"""What other stacks may read from this one: names and types in one place, exported in camel case."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.config import camel_case


@dataclass(frozen=True, kw_only=True)
class WebOutputs:
    """The stack's outputs; `load_balancer_arn` becomes `loadBalancerArn`, and so on."""

    alarm_topic_arn: pulumi.Input[str]
    cluster_name: pulumi.Input[str]
    dashboard_name: pulumi.Input[str]
    database_host: pulumi.Input[str]
    database_port: int
    database_secret_arn: pulumi.Input[str]
    """The secret with the keys `username` and `password`."""
    health_check_id: pulumi.Input[str]
    image_repository_url: pulumi.Input[str]
    """Where to push the application's image."""
    load_balancer_arn: pulumi.Input[str]
    load_balancer_dns_name: pulumi.Input[str]
    private_subnet_ids: Sequence[pulumi.Input[str]]
    """One per zone."""
    public_subnet_ids: Sequence[pulumi.Input[str]]
    """One per zone."""
    service_name: pulumi.Input[str]
    service_security_group_id: pulumi.Input[str]
    """To admit the tasks to further databases and caches."""
    url: pulumi.Input[str]
    """Where visitors go, with `https://`."""
    vpc_id: pulumi.Input[str]

    def export(self) -> None:
        """Make every field an output of the running stack."""
        for field in dataclasses.fields(self):
            pulumi.export(camel_case(field.name), getattr(self, field.name))
