"""Database: Aurora PostgreSQL Serverless v2 with nightly backups into a vault."""

import pulumi
from network import PaymentNetwork
from security import Security

from components.backup import BackupPlan
from components.database import AURORA_POSTGRESQL, AuroraServerless
from components.scope import Component, Scope
from components.tables import Table

DATABASE_NAME = "payments"


class Ledger(Component):
    """The cluster with the ledger. Its size is a range of capacity units; there is no instance class to choose."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        security: Security,
        network: PaymentNetwork,
        table: Table,
        engine_version: str,
        min_capacity: float,
        max_capacity: float,
        instances: int,
        log_retention_days: int,
        backup_retention_days: int,
        vault_retention_days: int,
        deletion_protection: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        table: is kept in the vault too.
        min_capacity, max_capacity: Aurora capacity units, in halves.
        deletion_protection: off deletes cluster and backups without a last snapshot.
        """
        super().__init__("reference:payments:Ledger", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.cluster = AuroraServerless(
            name,
            scope=scope,
            engine=AURORA_POSTGRESQL,
            engine_version=engine_version,
            database_name=DATABASE_NAME,
            master_username="dbadmin",
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            instances=instances,
            subnet_ids=network.private_subnet_ids,
            security_group=network.database_group,
            key=security.data_key,
            log_key=security.log_key,
            log_retention_days=log_retention_days,
            backup_retention_days=backup_retention_days,
            deletion_protection=deletion_protection,
            boundary_arn=security.boundary_arn,
            opts=parent,
        )
        BackupPlan(
            "backup",
            scope=scope,
            key=security.data_key,
            resources=[self.cluster.arn, table.arn],
            retention_days=vault_retention_days,
            keep_backups=deletion_protection,
            boundary_arn=security.boundary_arn,
            opts=parent,
        )
        self.register_outputs({"endpoint": self.cluster.endpoint})
