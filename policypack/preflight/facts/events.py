"""EventBridge: what targets need (page 'Amazon EventBridge targets' and API PutTargets, read 2026-11)."""

from __future__ import annotations

# ARN services of targets that take a role and refuse or drop events without one: streams, state machines, tasks, job
# queues, API destinations and event buses (of `events`), pipelines, projects, Redshift, SageMaker, Firehose, SSM.
ROLE_SERVICES = frozenset({"batch", "ecs", "events", "kinesis", "states"})

# ARN services of targets that let EventBridge in by their own resource policy instead.
RESOURCE_POLICY_SERVICES = frozenset({"lambda", "logs", "sns", "sqs"})


def needs_role(arn_service: str) -> bool:
    """Whether a target of that ARN service ('states') needs `roleArn`."""
    return arn_service in ROLE_SERVICES


def needs_message_group(queue_name: str) -> bool:
    """Whether a queue target needs `sqsTarget.messageGroupId`: FIFO queues do."""
    return queue_name.endswith(".fifo")
