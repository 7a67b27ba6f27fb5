"""Encrypted CloudWatch log groups."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.keys import EncryptionKey
from components.policies import Statement, allow
from components.scope import Component, Scope


class EncryptedLogGroup(Component):
    """A log group under a customer-managed key, with a finite retention. The key has to be used by `KeyUser.LOGS`."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        retention_days: int,
        group_name: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        retention_days: one of `config.LOG_RETENTION_DAYS`.
        group_name: only where a service prescribes it (`/aws/lambda/...`); otherwise `/{project}/{environment}/{name}`.
        """
        super().__init__("reference:logs:EncryptedLogGroup", name, scope=scope, opts=opts)
        self.key = key
        self.retention_days = retention_days
        self.group_name = group_name or scope.names.path(name)
        """The name as text, known at preview."""
        self.group = aws.cloudwatch.LogGroup(
            name,
            name=self.group_name,
            kms_key_id=key.arn,
            retention_in_days=retention_days,
            tags=self.named(self.group_name),
            opts=self.inside(depends_on=key.ready),
        )
        self.arn = self.group.arn
        """ARN without the trailing `:*`."""
        self.register_outputs({"arn": self.arn, "name": self.group.name})

    def writing(self) -> Statement:
        """An IAM statement that lets a role write into this group's streams. Its ARN is text, so the policy stays
        known at preview."""
        arn = self.scope.arn("logs", f"log-group:{self.group_name}:*")
        return allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [arn])
