"""The second Region: encrypted copies of the documents, which survive the loss of the first."""

import pulumi

from components.keys import EncryptionKey
from components.scope import Component, Scope
from components.storage import AccessLogBucket, Lifecycle, Replication, SecureBucket


class DocumentsReplica(Component):
    """A key and two buckets in another Region, and the replication into them: documents, access logs."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        region: str,
        documents: SecureBucket,
        access_logs: AccessLogBucket,
        lifecycle: Lifecycle,
        log_retention_days: int,
        keep_objects: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        scope: where the documents are; `region`: where their copies go.
        lifecycle: of the copied documents.
        log_retention_days: days that access logs are kept.
        keep_objects: off lets `pulumi destroy` delete buckets that still hold objects.
        """
        super().__init__("reference:data:DocumentsReplica", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        there = scope.in_region(region)
        away = pulumi.ResourceOptions(parent=self, provider=there.provider)
        key = EncryptionKey(name, scope=there, purpose="Copies of the documents", opts=away)
        logs = AccessLogBucket(
            f"{name}-logs", scope=there, retention_days=log_retention_days, keep_objects=keep_objects, opts=away
        )
        self.documents = SecureBucket(
            f"{name}-documents",
            scope=there,
            key=key,
            access_logs=logs,
            lifecycle=lifecycle,
            keep_objects=keep_objects,
            opts=away,
        )
        Replication("documents-replication", scope=scope, source=documents, destination=self.documents, opts=parent)
        Replication("logs-replication", scope=scope, source=access_logs, destination=logs, opts=parent)
        self.register_outputs({"documents": self.documents.arn})
