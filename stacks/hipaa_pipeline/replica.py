"""The second Region: encrypted copies of the PHI and trail buckets, which survive the loss of the first."""

import pulumi

from components.keys import EncryptionKey
from components.scope import Component, Scope
from components.storage import AccessLogBucket, Lifecycle, PhiBucket, SecureBucket


class ReplicaSite(Component):
    """A key, and the buckets that replication writes to: access logs, records, audit trail."""

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
        log_retention_days: days that access logs are kept.
        trail_retention_days: days that the audit trail's files are kept.
        """
        super().__init__("reference:hipaa:ReplicaSite", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        key = EncryptionKey(name, scope=scope, purpose="Copies of records and audit trail", opts=parent)
        self.access_logs = AccessLogBucket(
            f"{name}-logs", scope=scope, retention_days=log_retention_days, keep_objects=keep_objects, opts=parent
        )
        self.phi = PhiBucket(
            f"{name}-phi", scope=scope, key=key, access_logs=self.access_logs, keep_objects=keep_objects, opts=parent
        )
        self.trail = SecureBucket(
            f"{name}-trail",
            scope=scope,
            key=key,
            access_logs=self.access_logs,
            lifecycle=Lifecycle(archive_after_days=90, expire_after_days=trail_retention_days),
            keep_objects=keep_objects,
            opts=parent,
        )
        self.register_outputs({})
