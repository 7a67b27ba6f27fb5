"""Settings of the web migration, and what AWS refuses about them. Pulumi.<environment>.yaml holds the values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from networking import GivenVpc

from components.config import StackConfig
from components.partitions import REGIONS, partition_of

NAT, NAT_PER_ZONE, ENDPOINTS = "nat", "nat_per_zone", "endpoints"


@dataclass(frozen=True, kw_only=True)
class WebConfig(StackConfig):
    """One environment of the application. Keys, units and defaults are described in Pulumi.yaml."""

    certificate_arn: str
    domain_name: str = ""
    hosted_zone_id: str = ""
    vpc_id: str = ""
    public_subnet_ids: tuple[str, ...] = ()
    private_subnet_ids: tuple[str, ...] = ()
    vpc_cidr: str = "10.0.0.0/16"
    zones: int = 2
    way_out: str = NAT
    log_retention_days: int = 365
    engine_version: str = "16.10"
    instance_class: str = "db.t4g.micro"
    storage_gib: int = 20
    max_storage_gib: int = 100
    multi_az: bool = False
    backup_retention_days: int = 7
    vault_retention_days: int = 35
    service_image: str = ""
    container_port: int = 8080
    task_cpu: int = 256
    task_memory: int = 512
    tasks: int = 1
    health_text: str = "ok"
    slow_seconds: float = 1
    alarm_email: str = ""
    deletion_protection: bool = True

    @property
    def given_vpc(self) -> GivenVpc | None:
        """The VPC to move into; None makes one."""
        if not self.vpc_id:
            return None
        return GivenVpc(
            vpc_id=self.vpc_id, public_subnet_ids=self.public_subnet_ids, private_subnet_ids=self.private_subnet_ids
        )

    @property
    def nat_gateways(self) -> int:
        """NAT gateways of an own VPC; 0 means VPC endpoints."""
        return {NAT: 1, NAT_PER_ZONE: self.zones, ENDPOINTS: 0}[self.way_out]

    @property
    def running_tasks(self) -> int:
        """Tasks to run: none on VPC endpoints before an own image is configured, for no endpoint serves public ones."""
        reaches_placeholder = self.way_out != ENDPOINTS or bool(self.vpc_id)
        return self.tasks if self.service_image or reaches_placeholder else 0

    def problems(self) -> Iterator[str]:
        """Every reason to refuse this configuration."""
        yield from super().problems()
        yield from self._address_problems()
        yield from self._network_problems()
        yield from self.log_retention("log_retention_days", 365, "a year of logs is kept (NIST 800-53 r5, AU-11)")
        yield from self._database_problems()
        yield from self.pinned_image("service_image")
        yield from self.between("container_port", 1024, 65535, "containers run without root and can't bind lower ports")
        yield from self.fargate_size("task_cpu", "task_memory")
        yield from self.between("tasks", 1, 100, "an environment needs a task")
        yield from self.matching(
            "health_text",
            r"[A-Za-z0-9][A-Za-z0-9 .:_-]{0,254}",
            "Route 53 looks for 1 to 255 characters, and quotes would end the placeholder's settings",
            "use letters, digits, spaces and .:_- such as ok",
        )
        yield from self.between("slow_seconds", 0.01, 60, "the load balancer gives up after 60 seconds")
        yield from self.email("alarm_email")

    def _address_problems(self) -> Iterator[str]:
        if self.region in REGIONS and partition_of(self.region) != "aws":
            yield self.refuse(
                "region",
                "Route 53 reports its health checks to us-east-1, and alarms there can't be reached from its partition",
                "use a Region of the partition aws",
            )
        yield from self.certificate("certificate_arn")
        owner = re.fullmatch(r"arn:[^:]+:acm:[^:]+:(\d{12}):.+", self.certificate_arn)
        if owner and self.account_id and owner[1] != self.account_id:
            yield self.refuse(
                "certificate_arn",
                "a load balancer takes certificates of its own account only",
                f"use one of account {self.account_id}",
            )
        if bool(self.domain_name) != bool(self.hosted_zone_id):
            yield self.refuse(
                "domain_name",
                f"with {self.key('hosted_zone_id')} {self.hosted_zone_id!r} no record can be made",
                "set both, or neither",
            )
        if self.domain_name:
            yield from self.matching(
                "domain_name",
                r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
                "it is no host name",
                "use one in lower case, such as www.your-domain",
            )
        if self.hosted_zone_id:
            yield from self.matching(
                "hosted_zone_id", r"Z[A-Z0-9]{1,31}", "it is no hosted zone's id", "see `aws route53 list-hosted-zones`"
            )

    def _network_problems(self) -> Iterator[str]:
        yield from self.vpc_range("vpc_cidr", "zones")
        yield from self.one_of("way_out", (NAT, NAT_PER_ZONE, ENDPOINTS), "tasks have to reach AWS services")
        if self.vpc_id:
            yield from self.matching("vpc_id", r"vpc-([0-9a-f]{8}|[0-9a-f]{17})", "it is no VPC's id", "leave it empty")
        for field in ("public_subnet_ids", "private_subnet_ids"):
            ids = getattr(self, field)
            if bool(ids) != bool(self.vpc_id):
                yield self.refuse(field, f"{self.key('vpc_id')} is {self.vpc_id!r}", "set VPC and subnets, or neither")
            elif ids and (
                len(set(ids)) < 2 or not all(re.fullmatch(r"subnet-([0-9a-f]{8}|[0-9a-f]{17})", item) for item in ids)
            ):
                yield self.refuse(
                    field, "load balancers and databases need at least two zones", "use two or more subnet ids"
                )

    def _database_problems(self) -> Iterator[str]:
        yield from self.matching(
            "engine_version",
            r"(1[4-9]|[2-9]\d)(\.\d+)?",
            "the application expects PostgreSQL 14 or newer",
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
