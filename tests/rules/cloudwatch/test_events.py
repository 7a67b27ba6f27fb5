"""EventBridge rules, targets and buses."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, R, document, fails, passes, table, undecided

COMPONENT = R("program:events:Events", "component")
QUEUE = R("aws:sqs/queue:Queue", "queue")
FIFO = R("aws:sqs/queue:Queue", "fifo", name="jobs.fifo", fifoQueue=True)
TOPIC = R("aws:sns/topic:Topic", "topic")
RULE = R("aws:cloudwatch/eventRule:EventRule", "rule", scheduleExpression="rate(1 hour)")


def event_rule(**properties: Any) -> R:
    return R("aws:cloudwatch/eventRule:EventRule", "rule", **properties)


test_event_schedule_on_default_bus = table(
    "cloudwatch-event-schedule-on-default-bus",
    fails(
        "another bus",
        event_rule(scheduleExpression="rate(1 hour)", eventBusName="orders"),
        at="eventBusName",
        says="orders",
    ),
    passes("the default bus", event_rule(scheduleExpression="rate(1 hour)")),
    passes("the default bus by name", event_rule(scheduleExpression="rate(1 hour)", eventBusName="default")),
    passes(
        "the default bus by ARN",
        event_rule(
            scheduleExpression="rate(1 hour)", eventBusName="arn:aws:events:us-east-1:210987654321:event-bus/default"
        ),
    ),
    passes("a pattern on another bus", event_rule(eventPattern="{}", eventBusName="orders")),
    fails("nothing", event_rule(), at="eventPattern"),
    undecided("unknown", event_rule(scheduleExpression="rate(1 hour)", eventBusName=UNKNOWN), at="eventBusName"),
)

test_event_pattern_valid = table(
    "cloudwatch-event-pattern-valid",
    fails("a bare value", event_rule(eventPattern='{"source": "aws.s3"}'), at="eventPattern", says="'source'"),
    passes("lists", event_rule(eventPattern='{"source": ["aws.s3"], "detail": {"size": [{"numeric": [">", 5]}]}}')),
    fails("a bare value deep inside", event_rule(eventPattern='{"detail": {"state": "ok"}}'), says="'detail.state'"),
    fails("a list", event_rule(eventPattern="[]"), at="eventPattern"),
    fails("no JSON", event_rule(eventPattern="{source}"), at="eventPattern"),
    passes("none", RULE),
    undecided("unknown", event_rule(eventPattern=UNKNOWN), at="eventPattern"),
)


def target(arn: Any, name: str = "target", **properties: Any) -> R:
    return R("aws:cloudwatch/eventTarget:EventTarget", name, **{"rule": RULE.name, "arn": arn, **properties})


def policy(action: str, service: str = "events.amazonaws.com") -> Any:
    return document(
        {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": "*"}]}
    )


def queue_policy(queue: R = QUEUE, content: Any = None, **options: Any) -> R:
    return R(
        "aws:sqs/queuePolicy:QueuePolicy",
        "policy",
        queueUrl=queue.id,
        policy=content or policy("sqs:SendMessage"),
        **options,
    )


def topic_policy(content: Any = None) -> R:
    return R("aws:sns/topicPolicy:TopicPolicy", "policy", arn=TOPIC.arn, policy=content or policy("sns:Publish"))


INLINE = R("aws:sqs/queue:Queue", "queue", policy=policy("sqs:*"))
OTHER = R("aws:sqs/queue:Queue", "other")
test_event_target_permitted = table(
    "cloudwatch-event-target-permitted",
    fails("a queue without a policy", target(QUEUE.arn), QUEUE, RULE, at="arn", says=("'queue'", "QueuePolicy")),
    passes("a queue with a policy", target(QUEUE.arn), QUEUE, queue_policy(), RULE),
    passes("a policy in the queue", target(INLINE.arn), INLINE, RULE),
    passes("a policy in a component", target(QUEUE.arn), QUEUE, queue_policy(parent=COMPONENT), COMPONENT, RULE),
    fails("a policy of another queue", target(QUEUE.arn), QUEUE, OTHER, queue_policy(OTHER), RULE, at="arn"),
    fails(
        "a policy for SNS",
        target(QUEUE.arn),
        QUEUE,
        queue_policy(content=policy("sqs:*", "sns.amazonaws.com")),
        RULE,
        at="arn",
    ),
    passes("a role", target(QUEUE.arn, roleArn="arn:aws:iam::210987654321:role/r"), QUEUE, RULE),
    fails("a topic without a policy", target(TOPIC.arn), TOPIC, RULE, says="TopicPolicy"),
    passes("a topic with a policy", target(TOPIC.arn), TOPIC, topic_policy(), RULE),
    passes("a function", target("arn:aws:lambda:us-east-1:210987654321:function:f"), RULE),
    undecided("an unknown policy", target(QUEUE.arn), QUEUE, queue_policy(content=UNKNOWN), RULE, at="policy"),
    undecided(
        "a policy of an unknown queue",
        target(QUEUE.arn),
        QUEUE,
        R("aws:sqs/queuePolicy:QueuePolicy", "policy", queueUrl=UNKNOWN, policy=policy("sqs:*")),
        RULE,
    ),
)


def with_dead_letters(arn: Any) -> R:
    return target("arn:aws:lambda:us-east-1:210987654321:function:f", deadLetterConfig={"arn": arn})


test_event_target_dead_letter_is_queue = table(
    "cloudwatch-event-target-dead-letter-is-queue",
    fails("a topic", with_dead_letters(TOPIC.arn), TOPIC, RULE, at="deadLetterConfig.arn"),
    passes("a queue that admits EventBridge", with_dead_letters(QUEUE.arn), QUEUE, queue_policy(), RULE),
    fails("a queue that does not", with_dead_letters(QUEUE.arn), QUEUE, RULE, says="QueuePolicy"),
    fails("a FIFO queue", with_dead_letters(FIFO.arn), FIFO, queue_policy(FIFO), RULE, says="FIFO"),
    fails("a known topic", with_dead_letters("arn:aws:sns:us-east-1:210987654321:t"), RULE, at="deadLetterConfig.arn"),
    passes("a known queue", with_dead_letters("arn:aws:sqs:us-east-1:210987654321:q"), RULE),
    passes("none", target(QUEUE.arn), QUEUE, RULE),
    undecided("unknown", with_dead_letters(UNKNOWN), RULE, at="deadLetterConfig.arn"),
)

STREAM = R("aws:kinesis/stream:Stream", "stream")
ROLE = R("aws:iam/role:Role", "role")
test_event_target_role_set = table(
    "cloudwatch-event-target-role-set",
    fails("a stream without a role", target(STREAM.arn), STREAM, RULE, at="roleArn", says="Kinesis"),
    passes("a stream with a role", target(STREAM.arn, roleArn=ROLE.arn), STREAM, ROLE, RULE),
    fails("a known state machine", target("arn:aws:states:us-east-1:210987654321:stateMachine:s"), RULE, at="roleArn"),
    passes("a known function", target("arn:aws:lambda:us-east-1:210987654321:function:f"), RULE),
    passes("another bus", target("arn:aws:events:us-east-1:210987654321:event-bus/b"), RULE),
    fails("a FIFO queue", target(FIFO.arn), FIFO, RULE, at="sqsTarget"),
    passes("a FIFO queue with a group", target(FIFO.arn, sqsTarget={"messageGroupId": "g"}), FIFO, RULE),
    passes("a queue", target(QUEUE.arn), QUEUE, RULE),
    undecided("unknown", target(UNKNOWN), RULE, at="arn"),
)

test_event_targets_within_quota = table(
    "cloudwatch-event-targets-within-quota",
    fails("six", *[target(QUEUE.arn, f"target-{n}") for n in range(6)], QUEUE, RULE, on="target-5", says="6"),
    passes("five", *[target(QUEUE.arn, f"target-{n}") for n in range(5)], QUEUE, RULE),
    fails(
        "one id twice",
        target("a", "one", targetId="t"),
        target("b", "two", targetId="t"),
        RULE,
        on="two",
        at="targetId",
    ),
    passes(
        "one id for two rules", target("a", "one", targetId="t"), target("b", "two", targetId="t", rule="other"), RULE
    ),
)


def bus_policy(principal: Any, **more: Any) -> R:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "events:PutEvents", "Resource": "*", **more}
    return R("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "policy", policy=json.dumps({"Statement": [statement]}))


def permission(**properties: Any) -> R:
    return R("aws:cloudwatch/eventPermission:EventPermission", "permission", statementId="s", **properties)


test_event_bus_access_limited = table(
    "cloudwatch-event-bus-access-limited",
    fails("everybody", bus_policy("*"), at="policy"),
    passes("an account", bus_policy({"AWS": "210987654321"})),
    passes("an organization", bus_policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-0a1b2c3d4e"}})),
    fails("a permission for everybody", permission(principal="*"), at="principal"),
    passes("a permission for an organization", permission(principal="*", condition={"key": "aws:PrincipalOrgID"})),
    undecided("unknown", R("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "policy", policy=UNKNOWN), at="policy"),
)

test_event_target_dead_letter_queue = table(
    "cloudwatch-event-target-dead-letter-queue",
    fails("none", target("a"), RULE, at="deadLetterConfig"),
    passes("a queue of the program", with_dead_letters(QUEUE.arn), QUEUE, RULE),
    undecided("unknown", target("a", deadLetterConfig=UNKNOWN), RULE),
)
