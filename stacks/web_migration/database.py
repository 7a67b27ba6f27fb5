"""Layer 2: PostgreSQL, backed up every night; a standby in a second zone where config asks for it."""

import pulumi
from networking import WebNetwork

from components.backup import BackupPlan
from components.database import POSTGRESQL, DatabaseInstance
from components.keys import EncryptionKey
from components.scope import Component, Scope

DATABASE_NAME = "web"


class WebDatabase(Component):
    """The instance, whose master password RDS keeps in Secrets Manager, and its backups."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        network: WebNetwork,
        engine_version: str,
        instance_class: str,
        storage_gib: int,
        max_storage_gib: int,
        multi_az: bool,
        key: EncryptionKey,
        log_key: EncryptionKey,
        log_retention_days: int,
        backup_retention_days: int,
        vault_retention_days: int,
        deletion_protection: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        multi_az: keep a standby in a second zone, at twice the price.
        key: encrypts storage, master secret and backups.
        backup_retention_days: days of point-in-time recovery, 7 to 35.
        vault_retention_days: days that nightly backups are kept.
        """
        super().__init__("reference:web:WebDatabase", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.instance = DatabaseInstance(
            name,
            scope=scope,
            engine=POSTGRESQL,
            engine_version=engine_version,
            instance_class=instance_class,
            storage_gib=storage_gib,
            max_storage_gib=max_storage_gib,
            database_name=DATABASE_NAME,
            master_username="dbadmin",
            multi_az=multi_az,
            subnet_ids=network.private_subnet_ids,
            security_group=network.database_group,
            key=key,
            log_key=log_key,
            log_retention_days=log_retention_days,
            backup_retention_days=backup_retention_days,
            deletion_protection=deletion_protection,
            opts=parent,
        )
        BackupPlan(
            f"{name}-backup",
            scope=scope,
            key=key,
            resources=[self.instance.arn],
            retention_days=vault_retention_days,
            keep_backups=deletion_protection,
            opts=parent,
        )
        self.host = self.instance.host
        self.port = self.instance.port
        self.secret_arn = self.instance.secret_arn
        """The secret with the keys `username` and `password`."""
        self.identifier = self.instance.identifier
        self.register_outputs({"host": self.host, "secret_arn": self.secret_arn})
