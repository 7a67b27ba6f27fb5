"""Settings of the data pipeline, and what regulation and AWS refuse about them."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from components.config import StackConfig
from components.partitions import REGIONS

AUTHORITIES = Path(__file__).parent / "functions" / "pipeline" / "rds-ca.pem"
"""Root certificates that the functions verify the database with; replaced by AWS's newer bundle as a whole."""


@dataclass(frozen=True, kw_only=True)
class PipelineConfig(StackConfig):
    """One environment of the pipeline. Keys, units and defaults are described in Pulumi.yaml."""

    replica_region: str = ""
    vpc_cidr: str = "10.0.0.0/16"
    zones: int = 2
    log_retention_days: int = 365
    archive_after_days: int = 90
    engine_version: str = "16.10"
    instance_class: str = "db.t4g.micro"
    storage_gib: int = 20
    max_storage_gib: int = 100
    multi_az: bool = False
    backup_retention_days: int = 7
    vault_retention_days: int = 35
    rotation_days: int = 30
    processor_memory: int = 512
    processor_concurrency: int = 5
    processor_attempts: int = 3
    api_burst_limit: int = 50
    api_rate_limit: int = 20
    requests_per_day: int = 10000
    account_logging_role: bool = False
    alarm_email: str = ""
    deletion_protection: bool = True

    @property
    def secret_recovery_days(self) -> int:
        """Days that the deleted secret can be restored and its name stays taken; none where the environment is to
        come again."""
        return 30 if self.deletion_protection else 0

    def problems(self) -> Iterator[str]:
        """Every reason to refuse this configuration."""
        yield from super().problems()
        if self.region in REGIONS and not has_authority(self.region):
            yield self.refuse(
                "region",
                f"functions/pipeline/{AUTHORITIES.name} has no root certificate of its databases",
                "replace the file by the bundle of that Region (Amazon RDS User Guide, "
                '"Using SSL/TLS to encrypt a connection to a DB instance")',
            )
        if self.replica_region:
            yield from self.other_region("replica_region", "copies in the same Region are lost together with it")
        yield from self.vpc_range("vpc_cidr", "zones")
        yield from self.log_retention("log_retention_days", 365, "audit logs are kept a year (PCI DSS 4.0, 10.5.1)")
        yield from self.between("archive_after_days", 31, 3650, "documents move to STANDARD_IA after 30 days, before")
        yield from self.matching(
            "engine_version",
            r"(1[4-9]|[2-9]\d)(\.\d+)?",
            "the functions log in with SCRAM, the default of PostgreSQL 14 and newer",
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
        yield from self.between("rotation_days", 1, 90, "logins change every 90 days (PCI DSS 4.0, 8.3.9)")
        yield from self.between("processor_memory", 128, 10240, "Lambda has 128 to 10240 MiB")
        yield from self.between(
            "processor_concurrency", 3, 100, "two are for the retry queue, and each holds a database session"
        )
        yield from self.between("processor_attempts", 1, 5, "a request has to be answered within 29 seconds")
        yield from self.between("api_burst_limit", 1, 5000, "an account's burst limit is 5,000 requests")
        yield from self.between("api_rate_limit", 1, 10000, "an account's rate limit is 10,000 requests a second")
        yield from self.between("requests_per_day", 1, 1000000000, "a key needs a quota")
        yield from self.email("alarm_email")


def has_authority(region: str) -> bool:
    """Whether the functions can verify a database of this Region."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(AUTHORITIES)
    return any(f" {region} " in str(certificate["subject"]) for certificate in context.get_ca_certs())
