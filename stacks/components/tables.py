"""An encrypted DynamoDB table, in one Region or replicated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pulumi
import pulumi_aws as aws

from components.keys import EncryptionKey
from components.naming import Kind
from components.policies import Statement, allow
from components.scope import Component, Scope


class Table(Component):
    """An on-demand table with point-in-time recovery and deletion protection; with replicas it is a global table."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        partition_key: str,
        sort_key: str | None = None,
        key_types: Mapping[str, Literal["S", "N", "B"]] | None = None,
        expires_at: str | None = None,
        replica_keys: Mapping[str, EncryptionKey] | None = None,
        deletion_protection: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        partition_key, sort_key: names of the key attributes; texts unless `key_types` says otherwise.
        expires_at: attribute with the Unix time at which an item may be deleted.
        replica_keys: for a global table, the key of each further Region. It turns the stream on that replication needs
            (DynamoDB Developer Guide, "Global tables: how it works").
        """
        super().__init__("reference:tables:Table", name, scope=scope, opts=opts)
        self.table_name = self.physical(name, Kind.TABLE)
        replicas = [
            aws.dynamodb.TableReplicaArgs(
                region_name=region,
                kms_key_arn=replica_key.arn,
                point_in_time_recovery=True,
                propagate_tags=True,
                deletion_protection_enabled=deletion_protection,
            )
            for region, replica_key in (replica_keys or {}).items()
        ]
        keys = [attribute for attribute in (partition_key, sort_key) if attribute]
        ready = [resource for used in (key, *(replica_keys or {}).values()) for resource in used.ready]
        self.table = aws.dynamodb.Table(
            name,
            name=self.table_name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=partition_key,
            range_key=sort_key,
            attributes=[{"name": attribute, "type": (key_types or {}).get(attribute, "S")} for attribute in keys],
            ttl={"enabled": True, "attribute_name": expires_at} if expires_at else None,
            server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
            point_in_time_recovery={"enabled": True},
            deletion_protection_enabled=deletion_protection,
            stream_enabled=True if replicas else None,
            stream_view_type="NEW_AND_OLD_IMAGES" if replicas else None,
            replicas=replicas or None,
            tags=self.named(self.table_name),
            opts=self.inside(depends_on=ready),
        )
        self.arn = self.table.arn
        self.known_arn = scope.arn("dynamodb", f"table/{self.table_name}")
        """The ARN as text, known at preview."""
        self.register_outputs({"arn": self.arn, "name": self.table.name})

    def access(self, *actions: str) -> Statement:
        """An IAM statement for calls on the table, such as `table.access("dynamodb:GetItem")`; it needs `key.usage()`
        too."""
        return allow(actions, [self.known_arn])
