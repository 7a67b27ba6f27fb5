"""Settings of the payments stack, and what PCI DSS and AWS refuse about them."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from components.compute import PLACEHOLDER_IMAGE
from components.config import StackConfig

MODES = ("simple", "multi_region")


@dataclass(frozen=True, kw_only=True)
class PaymentsConfig(StackConfig):
    """One environment of the payments stack. Keys, units and defaults are described in Pulumi.yaml."""

    certificate_arn: str
    cost_center: str
    mode: str = "simple"
    replica_region: str = ""
    vpc_cidr: str = "10.0.0.0/16"
    zones: int = 2
    transit_gateway_id: str = ""
    transit_cidrs: tuple[str, ...] = ()
    log_retention_days: int = 365
    trail_retention_days: int = 365
    engine_version: str = "16.8"
    min_capacity: float = 0.5
    max_capacity: float = 4
    database_instances: int = 2
    backup_retention_days: int = 7
    vault_retention_days: int = 35
    container_image: str = ""
    container_port: int = 8080
    health_path: str = "/health"
    task_cpu: int = 256
    task_memory: int = 512
    tasks: int = 2
    payment_limit: int = 1000000
    settlement_currency: str = "EUR"
    alarm_email: str = ""
    deletion_protection: bool = True

    @property
    def image(self) -> str:
        """Image of the payment service."""
        return self.container_image or PLACEHOLDER_IMAGE

    @property
    def running_tasks(self) -> int:
        """Tasks to run: none before an own image is configured, for the network has no way to a public registry."""
        return self.tasks if self.container_image else 0

    @property
    def client_cidrs(self) -> tuple[str, ...]:
        """IPv4 ranges whose hosts may call the load balancer: the VPC and what lies behind the transit gateway."""
        return (self.vpc_cidr, *self.transit_cidrs)

    @property
    def settings(self) -> dict[str, str]:
        """Business settings of the payment service: parameter name to value."""
        return {"payment-limit": str(self.payment_limit), "settlement-currency": self.settlement_currency}

    def tags(self) -> dict[str, str]:
        """The common tags, and the one that AWS bills are split by."""
        return {**super().tags(), "CostCenter": self.cost_center}

    def problems(self) -> Iterator[str]:
        """Every reason to refuse this configuration."""
        yield from super().problems()
        yield from self.certificate("certificate_arn")
        yield from self.matching(
            "cost_center",
            r"[A-Za-z0-9][\w .:/=+@-]{0,255}",
            "it can't be the value of the cost allocation tag CostCenter",
            "use letters, digits, spaces and _.:/=+-@",
        )
        yield from self._mode_problems()
        yield from self.vpc_range("vpc_cidr", "zones")
        yield from self._transit_problems()
        because = "audit logs are kept a year (PCI DSS 4.0, 10.5.1)"
        yield from self.log_retention("log_retention_days", 365, because)
        yield from self.between("trail_retention_days", 365, 36500, because)
        yield from self.matching(
            "engine_version",
            r"(1[4-9]|[2-9]\d)\.\d+",
            "Aurora PostgreSQL has Serverless v2 and SCRAM logins by default from 14 on",
            "see `aws rds describe-db-engine-versions --engine aurora-postgresql`",
        )
        yield from self.capacity("min_capacity", "max_capacity")
        yield from self.between("database_instances", 2, 16, "a reader in a second zone takes over; Aurora has 15")
        yield from self.between(
            "backup_retention_days", 7, 35, "Aurora keeps 35 days at most, and a week is the least to recover with"
        )
        yield from self.between(
            "vault_retention_days", 35, 36500, "the vault has to reach back further than the database's own backups"
        )
        yield from self.pinned_image("container_image")
        yield from self.between("container_port", 1024, 65535, "lower ports take a root user in the container")
        yield from self.matching(
            "health_path", r"/[!-~]{0,1023}", "the load balancer calls it", "use a path such as /health"
        )
        yield from self.fargate_size("task_cpu", "task_memory")
        yield from self.between("tasks", 2, 5000, "one task is no service while it is replaced; ECS has 5,000")
        yield from self.between("payment_limit", 1, 10**12, "a payment has an amount, in the currency's minor unit")
        yield from self.matching(
            "settlement_currency", r"[A-Z]{3}", "it is no currency code of ISO 4217", "use one such as EUR"
        )
        yield from self.email("alarm_email")

    def _mode_problems(self) -> Iterator[str]:
        yield from self.one_of("mode", MODES, "the stack is in one Region or in two")
        if self.mode == "multi_region" and not self.replica_region:
            yield self.refuse(
                "replica_region",
                "mode multi_region keeps copies of bucket, table and audit trail in a second Region",
                "set it with `pulumi config set replicaRegion us-west-2`, or mode to simple",
            )
        elif self.mode == "multi_region":
            yield from self.other_region("replica_region", "copies in the same Region are lost together with it")
        elif self.replica_region:
            yield self.refuse(
                "replica_region", "mode simple keeps nothing there", "set mode to multi_region, or leave this empty"
            )

    def _transit_problems(self) -> Iterator[str]:
        yield from self.matching(
            "transit_gateway_id",
            r"(tgw-[0-9a-f]{8,17})?",
            "it is no transit gateway",
            "use an id that `aws ec2 describe-transit-gateways` shows, or leave it empty",
        )
        if bool(self.transit_gateway_id) != bool(self.transit_cidrs):
            yield self.refuse(
                "transit_cidrs",
                f"these ranges are reached through {self.key('transit_gateway_id')}, {self.transit_gateway_id!r}",
                "set both keys or neither",
            )
        for cidr in self.transit_cidrs:
            try:
                network = ipaddress.IPv4Network(cidr)
                overlaps = network.overlaps(ipaddress.IPv4Network(self.vpc_cidr))
            except ValueError as error:
                yield self.refuse("transit_cidrs", str(error), "use networks such as 10.64.0.0/16")
                continue
            if not network.is_private or overlaps:
                yield self.refuse(
                    "transit_cidrs",
                    f"{cidr} is not private, or overlaps {self.key('vpc_cidr')} {self.vpc_cidr}",
                    "use private ranges outside the VPC",
                )
