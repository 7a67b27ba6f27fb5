"""A Redis cache over two zones, encrypted in transit and at rest, with users instead of a shared password."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.scope import Component, Scope
from components.security import SecurityGroup

PORT = 6379


class RedisCache(Component):
    """A replication group with automatic failover. Clients log in as an IAM user of the cache; the default user is
    shut off."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        node_type: str,
        nodes: int,
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group: SecurityGroup,
        key: EncryptionKey,
        log_key: EncryptionKey,
        log_retention_days: int,
        snapshot_days: int = 15,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        node_type: such as `cache.t4g.micro`; nodes: the primary and its replicas, at least 2.
        snapshot_days: days that daily snapshots are kept, 1 to 35.
        Source: ElastiCache User Guide, "Authenticating with IAM": the user's id and name have to be equal.
        """
        super().__init__("reference:caching:RedisCache", name, scope=scope, opts=opts)
        group_name = self.physical(name, Kind.GROUP)
        subnets = aws.elasticache.SubnetGroup(
            name,
            name=group_name,
            description=f"Private subnets of {group_name}",
            subnet_ids=list(subnet_ids),
            tags=self.named(group_name),
            opts=self.inside(),
        )
        parent = pulumi.ResourceOptions(parent=self)
        logs = {
            log: EncryptedLogGroup(
                f"{name}-{log}", scope=scope, key=log_key, retention_days=log_retention_days, opts=parent
            )
            for log in ("slow-log", "engine-log")
        }
        users = self._users(name)
        cache_name = self.physical(name, Kind.CACHE)
        self.group = aws.elasticache.ReplicationGroup(
            name,
            replication_group_id=cache_name,
            description=f"Cache {cache_name}",
            engine="redis",
            engine_version="7.1",
            node_type=node_type,
            num_cache_clusters=nodes,
            port=PORT,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            at_rest_encryption_enabled=True,
            kms_key_id=key.arn,
            transit_encryption_enabled=True,
            user_group_ids=[users.user_group_id],
            subnet_group_name=subnets.name,
            security_group_ids=[security_group.id],
            snapshot_retention_limit=snapshot_days,
            snapshot_window="02:00-03:00",
            maintenance_window="sun:05:00-sun:06:00",
            auto_minor_version_upgrade=True,
            log_delivery_configurations=[
                {
                    "destination": group.group.name,
                    "destination_type": "cloudwatch-logs",
                    "log_format": "json",
                    "log_type": log,
                }
                for log, group in logs.items()
            ],
            tags=self.named(cache_name),
            opts=self.inside(custom_timeouts=pulumi.CustomTimeouts(create="60m", update="60m", delete="60m")),
        )
        self.cache_name = cache_name
        self.port = PORT
        self.endpoint = self.group.primary_endpoint_address
        self.register_outputs({"endpoint": self.endpoint})

    def _users(self, name: str) -> aws.elasticache.UserGroup:
        self.user_name = self.physical(f"{name}-app", Kind.CACHE_USER)
        off_name = self.physical(f"{name}-off", Kind.CACHE_USER)
        default = aws.elasticache.User(
            f"{name}-default",
            user_id=off_name,
            user_name="default",
            access_string="off ~* -@all",
            engine="redis",
            authentication_mode={"type": "no-password-required"},
            tags=self.named(off_name),
            opts=self.inside(),
        )
        user = aws.elasticache.User(
            f"{name}-app",
            user_id=self.user_name,
            user_name=self.user_name,
            access_string="on ~* +@all -@dangerous",
            engine="redis",
            authentication_mode={"type": "iam"},
            tags=self.named(self.user_name),
            opts=self.inside(),
        )
        group_name = self.physical(name, Kind.CACHE_USER)
        return aws.elasticache.UserGroup(
            name,
            user_group_id=group_name,
            engine="redis",
            user_ids=[default.user_id, user.user_id],
            tags=self.named(group_name),
            opts=self.inside(),
        )
