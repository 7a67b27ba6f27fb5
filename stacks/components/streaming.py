"""An encrypted Kinesis data stream."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.keys import EncryptionKey
from components.naming import Kind
from components.policies import Statement, allow
from components.scope import Component, Scope


class EncryptedStream(Component):
    """A stream with provisioned shards under a customer-managed key."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        shards: int,
        retention_hours: int = 24,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        shards: each takes 1 MiB or 1,000 records a second.
        retention_hours: 24 to 8,760.
        """
        super().__init__("reference:streaming:EncryptedStream", name, scope=scope, opts=opts)
        self.key = key
        self.stream_name = self.physical(name, Kind.STREAM)
        self.stream = aws.kinesis.Stream(
            name,
            name=self.stream_name,
            shard_count=shards,
            retention_period=retention_hours,
            stream_mode_details={"stream_mode": "PROVISIONED"},
            encryption_type="KMS",
            kms_key_id=key.arn,
            enforce_consumer_deletion=True,
            tags=self.named(self.stream_name),
            opts=self.inside(depends_on=key.ready),
        )
        self.arn = self.stream.arn
        self.known_arn = scope.arn("kinesis", f"stream/{self.stream_name}")
        """The ARN as text, known at preview."""
        self.register_outputs({"arn": self.arn, "name": self.stream.name})

    def reading(self) -> Statement:
        """An IAM statement to consume records; it needs `key.usage(encrypt=False)` too."""
        actions = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords"]
        return allow([*actions, "kinesis:GetShardIterator", "kinesis:ListShards"], [self.known_arn])

    def writing(self) -> Statement:
        """An IAM statement to put records; it needs `key.usage()` too."""
        return allow(["kinesis:DescribeStreamSummary", "kinesis:PutRecord", "kinesis:PutRecords"], [self.known_arn])
