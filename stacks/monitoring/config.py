"""Settings of the monitoring stack, and what FedRAMP Moderate and AWS refuse about them."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.compute import PLACEHOLDER_IMAGE
from components.config import StackConfig

FEDRAMP_REGIONS = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1")
"""Regions inside AWS's FedRAMP authorizations, Moderate or High (AWS Services in Scope by Compliance Program:
FedRAMP)."""


@dataclass(frozen=True, kw_only=True)
class MonitoringConfig(StackConfig):
    """One environment of the monitoring stack. Keys, units and defaults are described in Pulumi.yaml."""

    vpc_cidr: str = "10.0.0.0/16"
    zones: int = 2
    log_retention_days: int = 365
    stream_shards: int = 1
    stream_retention_hours: int = 168
    engine_version: str = "16.10"
    instance_class: str = "db.t4g.micro"
    storage_gib: int = 20
    max_storage_gib: int = 100
    backup_retention_days: int = 7
    vault_retention_days: int = 35
    cache_node_type: str = "cache.t4g.micro"
    cache_nodes: int = 2
    cache_snapshot_days: int = 15
    consumer_image: str = ""
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
        """Image of the consumer."""
        return self.consumer_image or PLACEHOLDER_IMAGE

    @property
    def running_tasks(self) -> int:
        """Tasks to run: none before an own image is configured, for the network has no way to a public registry."""
        return self.tasks if self.consumer_image else 0

    def problems(self) -> Iterator[str]:
        """Every reason to refuse this configuration."""
        yield from super().problems()
        yield from self.one_of("region", FEDRAMP_REGIONS, "it is outside AWS's FedRAMP authorizations")
        yield from self.vpc_range("vpc_cidr", "zones")
        yield from self.log_retention("log_retention_days", 365, "audit records are online for a year (FedRAMP, AU-11)")
        yield from self.between("stream_shards", 1, 200, "200 shards are what any of these Regions gives an account")
        yield from self.between("stream_retention_hours", 168, 8760, "events outlast a week without a consumer")
        yield from self.matching(
            "engine_version",
            r"(1[4-9]|[2-9]\d)(\.\d+)?",
            "the consumer logs in with SCRAM, the default of PostgreSQL 14 and newer",
            "see `aws rds describe-db-engine-versions --engine postgres`",
        )
        yield from self.matching(
            "instance_class",
            r"db\.[a-z0-9]+\.[a-z0-9]+",
            "it is no class of a database instance",
            "use one such as db.t4g.micro or db.m7g.large",
        )
        yield from self.between("storage_gib", 20, 65536, "gp3 storage of PostgreSQL has 20 GiB to 64 TiB")
        if not self.storage_gib * 1.1 <= self.max_storage_gib <= 65536:
            yield self.refuse(
                "max_storage_gib",
                f"storage grows from {self.storage_gib} GiB in steps of a tenth",
                f"use {-(-self.storage_gib * 11 // 10)} to 65536",
            )
        yield from self.between(
            "backup_retention_days", 7, 35, "RDS keeps 35 days at most, and a week is the least to recover with"
        )
        yield from self.between(
            "vault_retention_days", 35, 36500, "the vault has to reach back further than the database's own backups"
        )
        yield from self.matching(
            "cache_node_type",
            r"cache\.[a-z0-9]+\.[a-z0-9]+",
            "it is no type of a cache node",
            "use one such as cache.t4g.micro or cache.m7g.large",
        )
        yield from self.between(
            "cache_nodes", 2, 6, "a replica takes over when a zone fails, and Redis has at most five"
        )
        yield from self.between("cache_snapshot_days", 15, 35, "snapshots are kept 15 days (FedRAMP, CP-9)")
        yield from self.pinned_image("consumer_image")
        yield from self.fargate_size("task_cpu", "task_memory")
        yield from self.between("tasks", 1, 5, "a shard answers five reads a second, and each task makes one")
        yield from self.between("api_burst_limit", 1, 5000, "an account's burst limit is 5,000 requests")
        yield from self.between("api_rate_limit", 1, 10000, "an account's rate limit is 10,000 requests a second")
        yield from self.email("alarm_email")
