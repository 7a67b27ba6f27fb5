"""Lambda functions and the queues that catch what they could not handle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.identity import ServiceRole
from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.policies import Statement, allow, document, tls_only
from components.scope import Component, Scope
from components.security import SecurityGroup

RUNTIME = "python3.13"
"""Newest Lambda runtime for Python of November 2025 that both pulumi-aws 6 and 7 know; supported until mid 2029."""
NAMES_NO_ACCOUNT = frozenset({"events.amazonaws.com"})
"""Services that invoke functions without naming an account, so that a condition on it drops every event; the ARN of a
rule names it (EventBridge User Guide, "Using resource-based policies": conditions on aws:SourceArn alone)."""
XRAY = allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"])
"""Sending traces; X-Ray has no resources to narrow it to (X-Ray Developer Guide, "IAM permissions")."""
VPC_ACCESS = allow(
    [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ],
    ["*"],
)
"""What Lambda needs to attach functions to a VPC (Lambda Developer Guide, "Giving Lambda functions access to a
VPC")."""


class Queue(Component):
    """An encrypted SQS queue that takes messages over TLS only."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        visibility_timeout_seconds: int = 30,
        retention_seconds: int = 14 * 24 * 3600,
        dead_letters: Queue | None = None,
        receives_before_dead: int = 3,
        senders: Mapping[str, str | Sequence[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        visibility_timeout_seconds: six times the timeout of a function that reads the queue.
        retention_seconds: 60 to 1,209,600 (14 days).
        dead_letters: queue for messages that were received `receives_before_dead` times.
        senders: services that may send in their own name, each with the ARNs (or patterns) it sends for; the key has
            to admit them.
        """
        super().__init__("reference:functions:Queue", name, scope=scope, opts=opts)
        queue_name = self.physical(name, Kind.QUEUE)
        redrive = (
            pulumi.Output.json_dumps({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": receives_before_dead})
            if dead_letters
            else None
        )
        self.queue = aws.sqs.Queue(
            name,
            name=queue_name,
            kms_master_key_id=key.arn,
            visibility_timeout_seconds=visibility_timeout_seconds,
            message_retention_seconds=retention_seconds,
            redrive_policy=redrive,
            tags=self.named(queue_name),
            opts=self.inside(depends_on=key.ready),
        )
        self.queue_name = queue_name
        self.known_arn = scope.arn("sqs", queue_name)
        """The ARN as text, known at preview."""
        self.policy = aws.sqs.QueuePolicy(
            name,
            queue_url=self.queue.id,
            policy=document(
                [
                    tls_only("sqs", [self.known_arn]),
                    *(
                        allow(
                            ["sqs:SendMessage"],
                            [self.known_arn],
                            principal={"Service": service},
                            conditions={"ArnLike": {"aws:SourceArn": source}},
                        )
                        for service, source in (senders or {}).items()
                    ),
                ]
            ),
            opts=self.inside(),
        )
        self.arn: pulumi.Output[str] = self.queue.arn
        self.url = self.queue.url
        self.register_outputs({"arn": self.arn, "url": self.url})


class PythonFunction(Component):
    """A Python function in private subnets, with its log group, role, traces, concurrency limit and dead-letter
    queue."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        description: str,
        code: Path,
        handler: str,
        timeout_seconds: int,
        memory_mib: int,
        concurrency: int,
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group: SecurityGroup,
        key: EncryptionKey,
        log_key: EncryptionKey,
        log_retention_days: int,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        statements: Sequence[Statement] = (),
        dead_letters: Queue | None = None,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        code: folder that is zipped; `handler` is `module.function` inside it. Beside the standard library it finds
            boto3.
        timeout_seconds: up to 900; memory_mib: 128 to 10,240.
        concurrency: executions reserved for, and allowed to, this function; at least 1.
        security_group: has to reach the endpoints of what the function calls (see `Network.allow_endpoints`).
        key: encrypts environment variables and the dead-letter queue.
        statements: what the function may do beside logging, tracing, and sending to its dead-letter queue.
        dead_letters: queue for events that could not be handled; by default one of the function's own.
        """
        super().__init__("reference:functions:PythonFunction", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.function_name = self.physical(name, Kind.FUNCTION)
        self.dead_letters = dead_letters or Queue(f"{name}-failed", scope=scope, key=key, opts=parent)
        self.log_group = EncryptedLogGroup(
            name,
            scope=scope,
            key=log_key,
            retention_days=log_retention_days,
            group_name=f"/aws/lambda/{self.function_name}",
            opts=parent,
        )
        self.role = ServiceRole(
            name,
            scope=scope,
            service="lambda.amazonaws.com",
            statements=[
                self.log_group.writing(),
                XRAY,
                VPC_ACCESS,
                allow(["sqs:SendMessage"], [self.dead_letters.known_arn]),
                key.usage(),
                *statements,
            ],
            boundary_arn=boundary_arn,
            opts=parent,
        )
        self.function = aws.lambda_.Function(
            name,
            name=self.function_name,
            description=description,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=handler,
            code=pulumi.FileArchive(str(code)),
            role=self.role.arn,
            timeout=timeout_seconds,
            memory_size=memory_mib,
            reserved_concurrent_executions=concurrency,
            kms_key_arn=key.arn,
            environment={"variables": dict(environment or {})},
            vpc_config={"subnet_ids": list(subnet_ids), "security_group_ids": [security_group.id]},
            tracing_config={"mode": "Active"},
            dead_letter_config={"target_arn": self.dead_letters.arn},
            logging_config={"log_format": "JSON", "log_group": self.log_group.group.name},
            tags=self.named(self.function_name),
            opts=self.inside(depends_on=self.role.ready),
        )
        self.arn = self.function.arn
        self.invoke_arn = self.function.invoke_arn
        self.register_outputs({"arn": self.arn, "name": self.function.name})

    def allow_invocation(self, name: str, *, service: str, source_arn: pulumi.Input[str]) -> aws.lambda_.Permission:
        """Let an AWS service invoke the function for one source, such as an event rule or an API's methods."""
        return aws.lambda_.Permission(
            f"{self.name}-{name}",
            function=self.function.name,
            action="lambda:InvokeFunction",
            principal=service,
            source_arn=source_arn,
            source_account=None if service in NAMES_NO_ACCOUNT else self.scope.account_id,
            opts=self.inside(),
        )
