"""Daily backups into an encrypted vault."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.identity import ServiceRole
from components.keys import EncryptionKey
from components.naming import Kind
from components.scope import Component, Scope


class BackupPlan(Component):
    """A vault, a plan that runs every night, and the resources that it covers."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        resources: Sequence[pulumi.Input[str]],
        retention_days: int,
        keep_backups: bool = True,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        resources: ARNs of databases, tables, file systems or buckets.
        retention_days: days that a recovery point is kept.
        keep_backups: off lets `pulumi destroy` delete a vault that still holds recovery points.
        """
        super().__init__("reference:backup:BackupPlan", name, scope=scope, opts=opts)
        backup_name = self.physical(name, Kind.BACKUP)
        vault = aws.backup.Vault(
            name,
            name=backup_name,
            kms_key_arn=key.arn,
            force_destroy=not keep_backups,
            tags=self.named(backup_name),
            opts=self.inside(depends_on=key.ready),
        )
        plan = aws.backup.Plan(
            name,
            name=backup_name,
            rules=[
                {
                    "rule_name": "nightly",
                    "target_vault_name": vault.name,
                    "schedule": "cron(0 1 * * ? *)",  # 01:00 UTC, ahead of the databases' own window
                    "start_window": 60,
                    "completion_window": 480,
                    "lifecycle": {"delete_after": retention_days},
                }
            ],
            tags=self.named(backup_name),
            opts=self.inside(),
        )
        policies = f"arn:{scope.partition}:iam::aws:policy/service-role"
        role = ServiceRole(
            name,
            scope=scope,
            service="backup.amazonaws.com",
            managed_policy_arns=[
                f"{policies}/AWSBackupServiceRolePolicyForBackup",
                f"{policies}/AWSBackupServiceRolePolicyForRestores",
            ],
            boundary_arn=boundary_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.backup.Selection(
            name,
            name=backup_name,
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=list(resources),
            opts=self.inside(depends_on=role.ready),
        )
        self.vault_arn = vault.arn
        self.register_outputs({"vault_arn": self.vault_arn})
