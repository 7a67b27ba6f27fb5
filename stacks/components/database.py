"""Relational databases: Aurora Serverless v2 clusters and RDS instances, private, encrypted, logged and backed up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.identity import ServiceRole
from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.scope import Component, Scope
from components.security import SecurityGroup

ENHANCED_MONITORING_SECONDS = 60
BACKUP_WINDOW = "03:00-04:00"
MAINTENANCE_WINDOW = "sun:05:00-sun:06:00"
"""Both in UTC and apart from each other, as RDS demands."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What differs between engines: port, log types, and the parameters that make TLS and auditing mandatory.

    Sources: Amazon RDS and Aurora User Guides, "Publishing logs to CloudWatch Logs", "Requiring SSL/TLS", "Advanced
    Auditing".
    """

    name: str
    port: int
    logs: tuple[str, ...]
    parameters: Mapping[str, str]
    """Parameter group entries; static ones wait for a reboot, hence `pending-reboot` for all."""

    def family(self, version: str) -> str:
        """The parameter group family of an engine version: `aurora-mysql`, `8.0.mysql_aurora.3.08.2` ->
        `aurora-mysql8.0`."""
        parts = version.split(".")
        return f"{self.name}{'.'.join(parts[:2]) if 'mysql' in self.name else parts[0]}"


AURORA_MYSQL = Engine(
    name="aurora-mysql",
    port=3306,
    logs=("audit", "error", "general", "slowquery"),
    parameters={
        "require_secure_transport": "ON",
        "server_audit_logging": "1",
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
        "general_log": "1",
        "slow_query_log": "1",
    },
)
AURORA_POSTGRESQL = Engine(
    name="aurora-postgresql", port=5432, logs=("postgresql",), parameters={"rds.force_ssl": "1", "log_connections": "1"}
)
MYSQL = Engine(
    name="mysql",
    port=3306,
    logs=("error", "general", "slowquery"),
    parameters={"require_secure_transport": "ON", "general_log": "1", "slow_query_log": "1", "log_output": "FILE"},
)
POSTGRESQL = Engine(
    name="postgres",
    port=5432,
    logs=("postgresql", "upgrade"),
    parameters={"rds.force_ssl": "1", "log_connections": "1"},
)


class Database(Component):
    """What clusters and instances share: subnet group, encrypted groups for the engine's logs, and the monitoring
    role."""

    def __init__(
        self,
        token: str,
        name: str,
        *,
        scope: Scope,
        engine: Engine,
        log_folder: str,
        subnet_ids: Sequence[pulumi.Input[str]],
        log_key: EncryptionKey,
        log_retention_days: int,
        boundary_arn: pulumi.Input[str] | None,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        super().__init__(token, name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.identifier = self.physical(name, Kind.DATABASE)
        self.port = engine.port
        group_name = self.physical(name, Kind.GROUP)
        self.subnet_group = aws.rds.SubnetGroup(
            name,
            name=group_name,
            description=f"Private subnets of {self.identifier}",
            subnet_ids=list(subnet_ids),
            tags=self.named(group_name),
            opts=self.inside(),
        )
        # RDS makes missing groups itself, without encryption or retention; so they are made first.
        self.log_groups = [
            EncryptedLogGroup(
                f"{name}-{log}",
                scope=scope,
                key=log_key,
                retention_days=log_retention_days,
                group_name=f"/aws/rds/{log_folder}/{self.identifier}/{log}",
                opts=parent,
            )
            for log in engine.logs
        ]
        self.monitoring_role = ServiceRole(
            f"{name}-monitoring",
            scope=scope,
            service="monitoring.rds.amazonaws.com",
            managed_policy_arns=[f"arn:{scope.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"],
            boundary_arn=boundary_arn,
            opts=parent,
        )

    def prerequisites(self) -> list[pulumi.Resource]:
        """What the database waits for beside its references."""
        return [*(log_group.group for log_group in self.log_groups), *self.monitoring_role.ready]


class AuroraServerless(Database):
    """An Aurora cluster with Serverless v2 instances in more than one zone. RDS keeps and rotates the master
    password."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        engine: Engine,
        engine_version: str,
        database_name: str,
        master_username: str,
        min_capacity: float,
        max_capacity: float,
        instances: int,
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group: SecurityGroup,
        key: EncryptionKey,
        log_key: EncryptionKey,
        log_retention_days: int,
        backup_retention_days: int,
        deletion_protection: bool = True,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        engine: `AURORA_MYSQL` or `AURORA_POSTGRESQL`.
        min_capacity, max_capacity: Aurora capacity units, multiples of 0.5 up to 256; a minimum of 0 pauses idle
            instances.
        instances: the first one writes, the others read and take over; at least 2 for two zones.
        key: encrypts storage, Performance Insights and the master secret.
        backup_retention_days: 1 to 35.
        deletion_protection: off also skips the final snapshot, so that `pulumi destroy` works.
        """
        super().__init__(
            "reference:database:AuroraServerless",
            name,
            scope=scope,
            engine=engine,
            log_folder="cluster",
            subnet_ids=subnet_ids,
            log_key=log_key,
            log_retention_days=log_retention_days,
            boundary_arn=boundary_arn,
            opts=opts,
        )
        group_name = self.physical(name, Kind.GROUP)
        parameters = aws.rds.ClusterParameterGroup(
            name,
            name=group_name,
            family=engine.family(engine_version),
            description=f"TLS and auditing for {self.identifier}",
            parameters=[
                {"name": key_, "value": value, "apply_method": "pending-reboot"}
                for key_, value in sorted(engine.parameters.items())
            ],
            tags=self.named(group_name),
            opts=self.inside(),
        )
        self.cluster = aws.rds.Cluster(
            name,
            cluster_identifier=self.identifier,
            engine=engine.name,
            engine_mode="provisioned",  # Serverless v2 runs in it; the mode "serverless" was v1
            engine_version=engine_version,
            database_name=database_name,
            port=engine.port,
            master_username=master_username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key.arn,
            storage_encrypted=True,
            kms_key_id=key.arn,
            iam_database_authentication_enabled=True,
            serverlessv2_scaling_configuration={"min_capacity": min_capacity, "max_capacity": max_capacity},
            db_subnet_group_name=self.subnet_group.name,
            db_cluster_parameter_group_name=parameters.name,
            vpc_security_group_ids=[security_group.id],
            enabled_cloudwatch_logs_exports=list(engine.logs),
            backup_retention_period=backup_retention_days,
            preferred_backup_window=BACKUP_WINDOW,
            preferred_maintenance_window=MAINTENANCE_WINDOW,
            copy_tags_to_snapshot=True,
            deletion_protection=deletion_protection,
            skip_final_snapshot=not deletion_protection,
            final_snapshot_identifier=f"{self.identifier}-final",
            tags=self.named(self.identifier),
            opts=self.inside(
                depends_on=self.prerequisites(),
                custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m", delete="60m"),
            ),
        )
        self.instances = [self._instance(index, key) for index in range(instances)]
        self.endpoint = self.cluster.endpoint
        """Host name of the writer."""
        self.reader_endpoint = self.cluster.reader_endpoint
        self.secret_arn = self.cluster.master_user_secrets[0].secret_arn
        """The secret with the keys `username` and `password` that RDS made and rotates every seven days."""
        self.arn = self.cluster.arn
        self.register_outputs({"endpoint": self.endpoint, "secret_arn": self.secret_arn})

    def _instance(self, index: int, key: EncryptionKey) -> aws.rds.ClusterInstance:
        identifier = self.physical(f"{self.name}-{index + 1}", Kind.DATABASE)
        return aws.rds.ClusterInstance(
            f"{self.name}-{index + 1}",
            identifier=identifier,
            cluster_identifier=self.cluster.id,
            engine=self.cluster.engine,  # type: ignore[arg-type]  # the cluster returns text, the instance asks for the enum
            engine_version=self.cluster.engine_version,
            instance_class="db.serverless",
            db_subnet_group_name=self.subnet_group.name,
            publicly_accessible=False,
            promotion_tier=min(index, 1),  # tiers 0 and 1 keep the capacity of the writer, so a failover finds it
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            monitoring_interval=ENHANCED_MONITORING_SECONDS,
            monitoring_role_arn=self.monitoring_role.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            tags=self.named(identifier),
            opts=self.inside(custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m", delete="60m")),
        )


class DatabaseInstance(Database):
    """An RDS instance with gp3 storage. RDS keeps and rotates the master password."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        engine: Engine,
        engine_version: str,
        instance_class: str,
        storage_gib: int,
        max_storage_gib: int,
        database_name: str,
        master_username: str,
        multi_az: bool,
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group: SecurityGroup,
        key: EncryptionKey,
        log_key: EncryptionKey,
        log_retention_days: int,
        backup_retention_days: int,
        deletion_protection: bool = True,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        engine: `MYSQL` or `POSTGRESQL`.
        storage_gib, max_storage_gib: storage to begin with, at least 20, and to grow to.
        multi_az: keep a standby in a second zone, at twice the price.
        key: encrypts storage, Performance Insights and the master secret.
        backup_retention_days: 1 to 35.
        deletion_protection: off also skips the final snapshot, so that `pulumi destroy` works.
        """
        super().__init__(
            "reference:database:DatabaseInstance",
            name,
            scope=scope,
            engine=engine,
            log_folder="instance",
            subnet_ids=subnet_ids,
            log_key=log_key,
            log_retention_days=log_retention_days,
            boundary_arn=boundary_arn,
            opts=opts,
        )
        group_name = self.physical(name, Kind.GROUP)
        parameters = aws.rds.ParameterGroup(
            name,
            name=group_name,
            family=engine.family(engine_version),
            description=f"TLS and logging for {self.identifier}",
            parameters=[
                {"name": key_, "value": value, "apply_method": "pending-reboot"}
                for key_, value in sorted(engine.parameters.items())
            ],
            tags=self.named(group_name),
            opts=self.inside(),
        )
        self.instance = aws.rds.Instance(
            name,
            identifier=self.identifier,
            engine=engine.name,
            engine_version=engine_version,
            instance_class=instance_class,
            allocated_storage=storage_gib,
            max_allocated_storage=max_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=key.arn,
            db_name=database_name,
            port=engine.port,
            username=master_username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key.arn,
            iam_database_authentication_enabled=True,
            multi_az=multi_az,
            publicly_accessible=False,
            db_subnet_group_name=self.subnet_group.name,
            parameter_group_name=parameters.name,
            vpc_security_group_ids=[security_group.id],
            enabled_cloudwatch_logs_exports=list(engine.logs),
            backup_retention_period=backup_retention_days,
            backup_window=BACKUP_WINDOW,
            maintenance_window=MAINTENANCE_WINDOW,
            copy_tags_to_snapshot=True,
            delete_automated_backups=not deletion_protection,
            auto_minor_version_upgrade=True,
            monitoring_interval=ENHANCED_MONITORING_SECONDS,
            monitoring_role_arn=self.monitoring_role.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            deletion_protection=deletion_protection,
            skip_final_snapshot=not deletion_protection,
            final_snapshot_identifier=f"{self.identifier}-final",
            tags=self.named(self.identifier),
            opts=self.inside(
                depends_on=self.prerequisites(),
                custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m", delete="60m"),
            ),
        )
        self.host = self.instance.address
        self.secret_arn = self.instance.master_user_secrets[0].secret_arn
        """The secret with the keys `username` and `password` that RDS made and rotates every seven days."""
        self.arn = self.instance.arn
        self.register_outputs({"host": self.host, "secret_arn": self.secret_arn})
