"""Storage: receipts in a bucket, payments in a table, and in multi-region mode a copy of both."""

import pulumi
from security import Security

from components.keys import EncryptionKey
from components.scope import Component, Scope
from components.storage import AccessLogBucket, Lifecycle, Replication, SecureBucket
from components.tables import Table

RECEIPTS = Lifecycle(infrequent_after_days=30, archive_after_days=90)


class ReplicaSite(Component):
    """The second Region, made by this program: a key, and the buckets that replication writes to."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        log_retention_days: int,
        trail_retention_days: int,
        keep_objects: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        scope: of the replica Region.
        log_retention_days, trail_retention_days: days that copied access logs and audit files are kept.
        """
        super().__init__("reference:payments:ReplicaSite", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.region = scope.region
        self.key = EncryptionKey(name, scope=scope, purpose="Copies of payments and audit trail", opts=parent)
        self.access_logs = AccessLogBucket(
            f"{name}-logs", scope=scope, retention_days=log_retention_days, keep_objects=keep_objects, opts=parent
        )
        self.receipts = SecureBucket(
            f"{name}-receipts",
            scope=scope,
            key=self.key,
            access_logs=self.access_logs,
            lifecycle=RECEIPTS,
            keep_objects=keep_objects,
            opts=parent,
        )
        self.trail = SecureBucket(
            f"{name}-trail",
            scope=scope,
            key=self.key,
            access_logs=self.access_logs,
            lifecycle=Lifecycle(archive_after_days=90, expire_after_days=trail_retention_days),
            keep_objects=keep_objects,
            opts=parent,
        )
        self.register_outputs({})


class Storage(Component):
    """Receipts and payments under the data key. With a replica site the bucket is replicated and the table global."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        security: Security,
        replica: ReplicaSite | None,
        log_retention_days: int,
        deletion_protection: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        replica: where the copies go; none keeps a plain bucket and table.
        deletion_protection: off lets `pulumi destroy` delete the table and filled buckets.
        """
        super().__init__("reference:payments:Storage", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.access_logs = AccessLogBucket(
            "access-logs",
            scope=scope,
            retention_days=log_retention_days,
            keep_objects=deletion_protection,
            opts=parent,
        )
        self.receipts = SecureBucket(
            "receipts",
            scope=scope,
            key=security.data_key,
            access_logs=self.access_logs,
            lifecycle=RECEIPTS,
            keep_objects=deletion_protection,
            opts=parent,
        )
        self.payments = Table(
            "payments",
            scope=scope,
            key=security.data_key,
            partition_key="paymentId",
            replica_keys={replica.region: replica.key} if replica else None,
            deletion_protection=deletion_protection,
            opts=parent,
        )
        copies = [(self.receipts, replica.receipts), (self.access_logs, replica.access_logs)] if replica else []
        for source, destination in copies:
            Replication(
                f"{source.name}-copies",
                scope=scope,
                source=source,
                destination=destination,
                boundary_arn=security.boundary_arn,
                opts=parent,
            )
        self.register_outputs({"receipts": self.receipts.arn, "payments": self.payments.arn})
