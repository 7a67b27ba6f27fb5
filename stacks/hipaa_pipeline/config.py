"""Settings of the HIPAA pipeline, and what regulation and AWS refuse about them."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.compute import PLACEHOLDER_IMAGE
from components.config import StackConfig

SIX_YEARS = 2192
"""Days that documentation is retained (45 CFR 164.316(b)(2)(i))."""


@dataclass(frozen=True, kw_only=True)
class HipaaConfig(StackConfig):
    """One environment of the pipeline. Keys, units and defaults are described in Pulumi.yaml."""

    replica_region: str
    vpc_cidr: str = "10.0.0.0/16"
    zones: int = 2
    log_retention_days: int = 365
    trail_retention_days: int = SIX_YEARS
    engine_version: str = "8.0.mysql_aurora.3.10.1"
    min_capacity: float = 0.5
    max_capacity: float = 2
    database_instances: int = 2
    backup_retention_days: int = 7
    vault_retention_days: int = 35
    service_image: str = ""
    container_port: int = 8080
    task_cpu: int = 256
    task_memory: int = 512
    tasks: int = 1
    api_burst_limit: int = 500
    api_rate_limit: int = 100
    account_logging_role: bool = False
    alarm_email: str = ""
    deletion_protection: bool = True

    @property
    def image(self) -> str:
        """Image of the record service."""
        return self.service_image or PLACEHOLDER_IMAGE

    @property
    def running_tasks(self) -> int:
        """Tasks to run: none before an own image is configured, for the network has no way to a public registry."""
        return self.tasks if self.service_image else 0

    def problems(self) -> Iterator[str]:
        """Every reason to refuse this configuration."""
        yield from super().problems()
        yield from self.other_region("replica_region", "a copy in the same Region is lost together with it")
        yield from self.vpc_range("vpc_cidr", "zones")
        yield from self.log_retention(
            "log_retention_days", 365, "audit controls need a year of logs (45 CFR 164.312(b))"
        )
        yield from self.between(
            "trail_retention_days",
            SIX_YEARS,
            36500,
            "the audit trail is documentation, kept six years (45 CFR 164.316(b)(2)(i))",
        )
        yield from self.matching(
            "engine_version",
            r"8\.0\.mysql_aurora\.3\.\d+\.\d+",
            "the pipeline runs Aurora MySQL 3",
            "see `aws rds describe-db-engine-versions --engine aurora-mysql`",
        )
        yield from self.capacity("min_capacity", "max_capacity")
        yield from self.between(
            "database_instances", 2, 15, "a second instance takes over when a zone fails (45 CFR 164.308(a)(7))"
        )
        yield from self.between(
            "backup_retention_days", 7, 35, "RDS keeps 35 days at most, and a week is the least to recover with"
        )
        yield from self.between(
            "vault_retention_days", 35, 36500, "the vault has to reach back further than the database's own backups"
        )
        yield from self.pinned_image("service_image")
        yield from self.between("container_port", 1024, 65535, "containers run without root and can't bind lower ports")
        yield from self.fargate_size("task_cpu", "task_memory")
        yield from self.between("tasks", 1, 100, "an environment needs a task")
        yield from self.between("api_burst_limit", 1, 5000, "an account's burst limit is 5,000 requests")
        yield from self.between("api_rate_limit", 1, 10000, "an account's rate limit is 10,000 requests a second")
        yield from self.email("alarm_email")
