"""EventBridge: what targets need (page 'Amazon EventBridge targets' and API PutTargets, written 2026-11)."""

from __future__ import annotations

# ARN services of targets that are refused, or drop events, without a role.
ROLE_SERVICES = frozenset({"batch", "ecs", "kinesis", "states"})

# ARN services of targets that let EventBridge in by their own resource policy instead.
RESOURCE_POLICY_SERVICES = frozenset({"lambda", "logs", "sns", "sqs"})


def needs_role(arn_service: str, resource: str = "") -> bool:
    """Whether a target needs `roleArn`, by its ARN's service ('states') and resource part ('api-destination/NAME/ID').

    An event bus of the same account and region does without one, so that buses count as not needing it.
    """
    return arn_service in ROLE_SERVICES or (arn_service == "events" and resource.startswith("api-destination/"))


def needs_message_group(queue_name: str) -> bool:
    """Whether a queue target needs `sqsTarget.messageGroupId`: FIFO queues do."""
    return queue_name.endswith(".fifo")
