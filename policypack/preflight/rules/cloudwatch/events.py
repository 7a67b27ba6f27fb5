"""EventBridge: rules, their targets, and the buses' policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ...documents import iam, jsontext
from ...documents.arn import Arn
from ...facts import events
from ...rule import Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .._shared_graph import alike, settled
from .._shared_policies import public_findings, resource_policy

EVENT_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
BUS_POLICY: Final = "aws:cloudwatch/eventBusPolicy:EventBusPolicy"
PERMISSION: Final = "aws:cloudwatch/eventPermission:EventPermission"
QUEUE: Final = "aws:sqs/queue:Queue"
QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
EVENTS: Final = iam.service("events.amazonaws.com")
TARGETS_PER_RULE: Final = 5
"""A quota; "Amazon EventBridge quotas", read 2026-11."""


@rule(EVENT_RULE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def event_schedule_on_default_bus(event_rule: Resource) -> Findings:
    """A rule has a schedule or a pattern, and a schedule only on the default event bus.

    Why: EventBridge refuses others ("ValidationException: ScheduleExpression is supported only on the default event
    bus", "Parameter(s) EventPattern or ScheduleExpression must be specified").
    Fix: Leave `eventBusName` out for schedules, or use an EventBridge Scheduler schedule (scheduler.Schedule).
    Source: Amazon EventBridge API Reference, "PutRule".
    """
    if not event_rule.has("scheduleExpression"):
        if not event_rule.has("eventPattern"):
            yield event_rule.finding(
                "the rule has neither `scheduleExpression` nor `eventPattern`; set one of them", at="eventPattern"
            )
        return
    bus = event_rule.text("eventBusName")
    if bus is not None and bus.rpartition("/")[2] != "default":
        yield event_rule.finding(
            f"schedules run on the default event bus only, not on '{bus}'; remove `eventBusName`, or use "
            "scheduler.Schedule",
            at="eventBusName",
        )


@rule(EVENT_RULE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def event_pattern_valid(event_rule: Resource) -> Findings:
    """An event pattern is a JSON object whose leaves are lists.

    Why: EventBridge refuses others ("InvalidEventPatternException: Event pattern is not valid. Reason: "source" must be
    an object or an array").
    Fix: Put each leaf into a list: {"source": ["aws.s3"]}.
    Source: Amazon EventBridge User Guide, "Amazon EventBridge event patterns".
    """
    text = event_rule.text("eventPattern")
    if not text:
        return
    pattern = jsontext.parse(text)
    if pattern.error:
        yield event_rule.finding(f"the event pattern is not valid JSON: {pattern.error}", at="eventPattern")
    elif not isinstance(pattern.value, dict):
        yield event_rule.finding("the event pattern is not a JSON object", at="eventPattern")
    else:
        for path in _bare_leaves(pattern.value, ""):
            yield event_rule.finding(
                f"'{path}' in the event pattern is not a list; put its value in a list", at="eventPattern"
            )
            return


def _bare_leaves(value: dict[str, Any], above: str) -> Iterator[str]:
    for key, item in value.items():
        path = f"{above}.{key}" if above else key
        if isinstance(item, dict):
            yield from _bare_leaves(item, path)
        elif not isinstance(item, list):
            yield path


def _queue_admits(stack: Stack, queue: Resource) -> bool:
    answer = resource_policy(stack, queue, QUEUE_POLICY, "queueUrl").allows("sqs:SendMessage", principal=EVENTS)
    return settled(answer, queue, "policy")


@rule(TARGET, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def event_target_permitted(target: Resource, stack: Stack) -> Findings:
    """A queue or topic that EventBridge sends to admits it.

    Why: Without a policy the rule fires and the event is dropped: only the metric FailedInvocations shows it.
    Fix: Add a QueuePolicy or TopicPolicy that allows events.amazonaws.com sqs:SendMessage or sns:Publish, limited by
    aws:SourceArn to the rule. A target with a role does without.
    Source: Amazon EventBridge User Guide, "Using resource-based policies for Amazon EventBridge".
    """
    if target.has("roleArn"):
        return
    for partner in stack.referred_by(target, "arn", QUEUE, TOPIC).certain:
        if partner.is_a(QUEUE):
            if not _queue_admits(stack, partner):
                yield target.finding(
                    f"no policy allows events.amazonaws.com sqs:SendMessage on queue '{partner.name}'; add a "
                    "QueuePolicy, or events are dropped",
                    at="arn",
                )
            continue
        answer = resource_policy(stack, partner, TOPIC_POLICY, "arn").allows("sns:Publish", principal=EVENTS)
        if not settled(answer, partner, "policy"):
            yield target.finding(
                f"no policy allows events.amazonaws.com sns:Publish on topic '{partner.name}'; add a TopicPolicy, or "
                "events are dropped",
                at="arn",
            )


_NO_QUEUES: Final = (
    TOPIC,
    "aws:lambda/function:Function",
    "aws:kinesis/stream:Stream",
    "aws:cloudwatch/logGroup:LogGroup",
)


@rule(TARGET, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def event_target_dead_letter_is_queue(target: Resource, stack: Stack) -> Findings:
    """The dead-letter target of an event target is a standard queue that admits EventBridge.

    Why: EventBridge sends failed events to standard SQS queues only; others are refused or get nothing.
    Fix: Pass a standard queue's ARN, and add a QueuePolicy that allows events.amazonaws.com sqs:SendMessage.
    Source: Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events in EventBridge".
    """
    at = "deadLetterConfig.arn"
    if not target.has(at):
        return
    for other in stack.referred_by(target, at, *_NO_QUEUES).certain:
        yield target.finding(
            f"the dead-letter target '{other.name}' is not a queue; pass the ARN of an SQS queue", at=at
        )
        return
    queues = stack.referred_by(target, at, QUEUE).certain
    if not queues:
        arn = Arn.parse(target.text(at))
        if arn is not None and arn.service != "sqs":
            yield target.finding(f"'{arn}' is not a queue; pass the ARN of an SQS queue", at=at)
        elif arn is not None and arn.resource.endswith(".fifo"):
            yield target.finding(f"'{arn}' is a FIFO queue; pass a standard one", at=at)
    for queue in queues:
        if queue.flag("fifoQueue"):
            yield target.finding(f"queue '{queue.name}' is a FIFO queue; pass a standard one", at=at)
        elif not _queue_admits(stack, queue):
            yield target.finding(
                f"no policy allows events.amazonaws.com sqs:SendMessage on queue '{queue.name}'; add a QueuePolicy",
                at=at,
            )


_ROLE_KINDS: Final = {
    "aws:kinesis/stream:Stream": "A Kinesis stream",
    "aws:sfn/stateMachine:StateMachine": "A state machine",
    "aws:ecs/cluster:Cluster": "An ECS cluster",
    "aws:batch/jobQueue:JobQueue": "A Batch job queue",
    "aws:cloudwatch/eventApiDestination:EventApiDestination": "An API destination",
}


@rule(TARGET, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def event_target_role_set(target: Resource, stack: Stack) -> Findings:
    """An event target that EventBridge reaches by a role has one, and a FIFO queue has a message group.

    Why: EventBridge refuses them otherwise ("ValidationException: RoleArn is required for target", "Parameter(s)
    SqsParameters must be specified for target").
    Fix: Pass `roleArn` with a role that trusts events.amazonaws.com; for a FIFO queue, `sqsTarget` with
    `messageGroupId`.
    Source: Amazon EventBridge User Guide, "Amazon EventBridge targets"; API reference, "PutTargets".
    """
    queues = stack.referred_by(target, "arn", QUEUE).certain
    if queues:
        if queues[0].flag("fifoQueue") and not target.has("sqsTarget"):
            yield target.finding(
                f"queue '{queues[0].name}' is a FIFO queue; pass `sqsTarget.messageGroupId`", at="sqsTarget"
            )
        return
    if target.has("roleArn"):
        return
    partners = stack.referred_by(target, "arn", *_ROLE_KINDS).certain
    if partners:
        yield target.finding(f"{_ROLE_KINDS[partners[0].kind]} as a target needs a role; set `roleArn`", at="roleArn")
        return
    if stack.referred_by(target, "arn").certain:
        return
    arn = Arn.parse(target.text("arn"))
    if arn and events.needs_role(arn.service, arn.resource):
        yield target.finding(f"'{arn}' as a target needs a role; set `roleArn`", at="roleArn")


@rule(TARGET, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def event_targets_within_quota(target: Resource, stack: Stack) -> Findings:
    """A rule has at most five targets, each with an id of its own.

    Why: A sixth target is refused ("LimitExceededException"); one with the id of another replaces it.
    Fix: Split the rule, or fan out behind a topic; remove `targetId`, or make it unique.
    Source: Amazon EventBridge User Guide, "Amazon EventBridge quotas".
    """
    before = alike(stack, TARGET, "rule", EVENT_RULE).before(target)
    if len(before) == TARGETS_PER_RULE:
        yield target.finding(
            f"this is target number {len(before) + 1} of its rule; EventBridge accepts {TARGETS_PER_RULE}", at="rule"
        )
    own = target.known("targetId")
    for other in before if own is not None else ():
        if other.known("targetId") == own:
            yield target.finding(
                f"target '{other.name}' of the same rule has the id '{own}' too; rename one", at="targetId"
            )
            return


@rule(
    (BUS_POLICY, PERMISSION),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def event_bus_access_limited(policy: Resource) -> Findings:
    """The policy of an event bus does not admit everyone without a condition.

    Why: Everyone can then put events on the bus and start what listens to it.
    Fix: Name accounts, or add the condition aws:PrincipalOrgID.
    Source: Amazon EventBridge User Guide, "Permissions for event buses in Amazon EventBridge"; AWS Config rule
    custom-eventbus-policy-attached.
    """
    if policy.is_a(PERMISSION):
        if policy.text("principal") == "*" and not policy.has("condition"):
            yield policy.finding(
                "everyone may put events on the bus; name an account, or add a condition", at="principal"
            )
        return
    yield from public_findings(policy, "name accounts, or add a condition")


@rule(
    TARGET,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def event_target_dead_letter_queue(target: Resource) -> Findings:
    """An event target has a dead-letter queue.

    Why: An event that can't be delivered within a day is lost without one.
    Fix: Set `deadLetterConfig` with the ARN of a standard SQS queue that admits events.amazonaws.com.
    Source: Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events in EventBridge".
    """
    if not target.has("deadLetterConfig.arn"):
        yield target.finding("the target has no dead-letter queue; set `deadLetterConfig.arn`", at="deadLetterConfig")
