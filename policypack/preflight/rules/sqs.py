"""Rules for SQS: queues, their policies and dead letters."""

from __future__ import annotations

from typing import Any, Final

from ..documents import iam, jsontext
from ..rule import Findings, Kind, Resource, Severity, rule
from ..stack import Stack
from ..wire import UNKNOWN_STRING
from ._shared_graph import settled
from ._shared_policies import negated_findings, public_findings, resource_policy

QUEUE: Final = "aws:sqs/queue:Queue"
QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
REDRIVE_POLICY: Final = "aws:sqs/redrivePolicy:RedrivePolicy"
TOPIC: Final = "aws:sns/topic:Topic"
MAX_RECEIVES: Final = 1000
"""API SetQueueAttributes, RedrivePolicy; read 2026-11."""


@rule((QUEUE, TOPIC), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def fifo_names_match(resource: Resource) -> Findings:
    """FIFO queues and topics, and only those, have names that end in .fifo and settings for FIFO.

    Why: AWS refuses others ("InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters,
    hyphens, or underscores, must end with .fifo suffix").
    Fix: End the name in .fifo and set `fifoQueue` or `fifoTopic`, or neither.
    Source: Amazon SQS API Reference, "CreateQueue"; Amazon SNS API Reference, "CreateTopic".
    """
    at = "fifoQueue" if resource.is_a(QUEUE) else "fifoTopic"
    fifo = bool(resource.flag(at))
    if not fifo and resource.flag("contentBasedDeduplication"):
        yield resource.finding(
            f"`contentBasedDeduplication` is for FIFO only; set `{at}`", at="contentBasedDeduplication"
        )
    by_group = resource.is_a(QUEUE) and resource.text("fifoThroughputLimit") == "perMessageGroupId"
    if by_group and resource.text("deduplicationScope") != "messageGroup":
        yield resource.finding(
            '`fifoThroughputLimit="perMessageGroupId"` needs `deduplicationScope="messageGroup"`',
            at="deduplicationScope",
        )
    name = resource.text("name")
    if name is not None and name.endswith(".fifo") != fifo:
        fix = "end the name in .fifo" if fifo else f"set `{at}=true`, or rename it"
        yield resource.finding(
            f"'{name}' is {'a FIFO' if fifo else 'the name of a FIFO'} {at[4:].lower()}; {fix}", at="name"
        )


@rule((QUEUE, REDRIVE_POLICY), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def redrive_policy_valid(resource: Resource, stack: Stack) -> Findings:
    """A redrive policy names a dead-letter queue of the same kind, other than the queue itself, and a count from 1 to
    1,000.

    Why: SQS refuses others ("InvalidParameterValue: Value … for parameter RedrivePolicy is invalid").
    Fix: Write {"deadLetterTargetArn": …, "maxReceiveCount": 5}; the dead-letter queue of a FIFO queue is a FIFO queue
    too.
    Source: Amazon SQS API Reference, "SetQueueAttributes"; Amazon SQS Developer Guide, "Using dead-letter queues in
    Amazon SQS".
    """
    if not resource.has("redrivePolicy"):
        return
    queues = [resource] if resource.is_a(QUEUE) else stack.referred_by(resource, "queueUrl", QUEUE).certain
    letters = stack.referred_by(resource, "redrivePolicy", QUEUE).certain
    for queue in queues:
        for letter in letters:
            if letter is queue:
                yield resource.finding("the queue is its own dead-letter queue; name another", at="redrivePolicy")
                return
            mine, theirs = bool(queue.flag("fifoQueue")), bool(letter.flag("fifoQueue"))
            if mine != theirs:
                yield resource.finding(
                    f"queue '{letter.name}' is {'a' if theirs else 'no'} FIFO queue, unlike the queue "
                    "that it serves; both must be of one kind",
                    at="redrivePolicy",
                )
                return
    policy = jsontext.parse(resource.text("redrivePolicy") or "")
    problem = str(policy.error) if policy.error else _redrive_problem(policy.value)
    if problem:
        yield resource.finding(f"the redrive policy is not valid: {problem}", at="redrivePolicy")


def _redrive_problem(policy: Any) -> str | None:
    if not isinstance(policy, dict):
        return "it is not a JSON object"
    for key in ("deadLetterTargetArn", "maxReceiveCount"):
        if key not in policy:
            return f"'{key}' is missing"
    try:
        count = int(policy["maxReceiveCount"])
    except (TypeError, ValueError):
        return "maxReceiveCount is not a number"
    return None if 1 <= count <= MAX_RECEIVES else f"'maxReceiveCount' is {count}, not 1 to {MAX_RECEIVES}"


# API SetQueueAttributes, read 2026-11: seconds.
_RANGES: Final = {
    "delaySeconds": (0, 900),
    "messageRetentionSeconds": (60, 1209600),
    "receiveWaitTimeSeconds": (0, 20),
    "visibilityTimeoutSeconds": (0, 43200),
}


@rule(QUEUE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def settings_in_range(queue: Resource) -> Findings:
    """The times of a queue are within the ranges that SQS accepts.

    Why: SQS refuses others ("InvalidAttributeValue: Invalid value for the parameter …").
    Fix: Stay within the range that the message names.
    Source: Amazon SQS API Reference, "SetQueueAttributes".
    """
    for at, (least, most) in _RANGES.items():
        seconds = queue.number(at)
        if seconds is not None and not least <= seconds <= most:
            yield queue.finding(f"`{at}` is {seconds}; SQS accepts {least} to {most}", at=at)


# (type, property): what names a queue as the place for its failures.
_USES_AS_DEAD_LETTERS: Final = (
    (QUEUE, "redrivePolicy"),
    (REDRIVE_POLICY, "redrivePolicy"),
    ("aws:cloudwatch/eventTarget:EventTarget", "deadLetterConfig.arn"),
    ("aws:lambda/eventSourceMapping:EventSourceMapping", "destinationConfig.onFailure.destinationArn"),
    ("aws:lambda/function:Function", "deadLetterConfig.targetArn"),
    ("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "destinationConfig.onFailure.destination"),
    ("aws:scheduler/schedule:Schedule", "target.deadLetterConfig.arn"),
    ("aws:sns/topicSubscription:TopicSubscription", "redrivePolicy"),
)


@rule(
    QUEUE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def dead_letter_queue(queue: Resource, stack: Stack) -> Findings:
    """A queue has a dead-letter queue, or is one.

    Why: A message that can't be processed comes back again and again until its time is over, and then is lost.
    Fix: Set `redrivePolicy` with the ARN of another queue and a max_receive_count.
    Source: Amazon SQS Developer Guide, "Using dead-letter queues in Amazon SQS".
    """
    if queue.has("redrivePolicy") or queue.has("redriveAllowPolicy"):
        return
    partners = [stack.referring_to(queue, REDRIVE_POLICY, via="queueUrl")]
    partners += [stack.referring_to(queue, kind, via=via) for kind, via in _USES_AS_DEAD_LETTERS]
    if any(found.certain for found in partners):
        return
    open_end = any(found.maybe_more for found in partners)
    settled(None if open_end else False, queue, "redrivePolicy", "may be in a policy that is not known yet")
    yield queue.finding("the queue has no dead-letter queue; set `redrivePolicy`", at="redrivePolicy")


@rule(
    QUEUE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def encrypted(queue: Resource) -> Findings:
    """A queue is encrypted, by SQS or under a KMS key.

    Why: Messages on disk can be read by anyone with access to the storage. SQS has encrypted new queues by default
    since 2022, so only turning encryption off exposes them.
    Fix: Leave `sqsManagedSseEnabled` out, or set `kmsMasterKeyId`.
    Source: Amazon SQS Developer Guide, "Encryption at rest in Amazon SQS".
    """
    if not queue.has("kmsMasterKeyId") and queue.flag("sqsManagedSseEnabled") is False:
        yield queue.finding(
            "encryption is turned off; remove `sqsManagedSseEnabled`, or set `kmsMasterKeyId`",
            at="sqsManagedSseEnabled",
        )


@rule(
    QUEUE,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def ssl_only(queue: Resource, stack: Stack) -> Findings:
    """A queue refuses requests without TLS.

    Why: SQS accepts plain HTTP; a message sent that way can be read on its way.
    Fix: Add a QueuePolicy that denies everyone sqs:* where aws:SecureTransport is false.
    Source: Amazon SQS Developer Guide, "Amazon SQS security best practices" (Enforce encryption of data in transit).
    """
    document = resource_policy(stack, queue, QUEUE_POLICY, "queueUrl")
    arn = queue.known_output("arn") or UNKNOWN_STRING
    if not settled(iam.requires_tls(document, ["sqs:SendMessage", "sqs:ReceiveMessage"], [arn]), queue, "policy"):
        yield queue.finding("accepts requests without TLS; deny sqs:* where aws:SecureTransport is false", at="policy")


@rule(
    (QUEUE, QUEUE_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def policy_actions_limited(resource: Resource) -> Findings:
    """A queue's policy does not allow every action.

    Why: Who is to send messages can then also delete the queue or change its policy.
    Fix: Name the actions: sqs:SendMessage for those who send.
    Source: Amazon SQS Developer Guide, "Amazon SQS security best practices" (Implement least-privilege access).
    """
    if not resource.has("policy"):
        return
    document = iam.parse(resource.raw("policy"))
    found = [statement for statement in document.allowing if {"sqs", "*"} & set(iam.whole_services(statement))]
    for statement in found:
        yield resource.finding(
            f"the policy's {statement.label} allows every action; name those that are needed", at="policy"
        )
    if not found:
        settled(False if document.is_known else None, resource, "policy")


@rule(
    (QUEUE, QUEUE_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def policy_allows_by_name(resource: Resource) -> Findings:
    """A queue's policy allows by name, not by exception.

    Why: An Allow with NotAction or NotPrincipal also allows what AWS adds later and everyone who was forgotten.
    Fix: Write Action and Principal.
    Source: AWS IAM User Guide, "AWS JSON policy elements: NotPrincipal".
    """
    yield from negated_findings(resource)


@rule(
    (QUEUE, QUEUE_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def policy_principals_limited(resource: Resource) -> Findings:
    """A queue's policy does not admit everyone without a condition.

    Why: Everyone can then send to the queue, or read from it.
    Fix: Name principals, or add a condition such as aws:SourceArn or aws:PrincipalOrgID.
    Source: Amazon SQS Developer Guide, "Amazon SQS security best practices" (Make sure that queues aren't publicly
    accessible).
    """
    yield from public_findings(resource, "name principals, or add a condition")
