"""What sends to a resource of another stack: its policy, over there, must admit the sender."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from preflight.documents import iam
from preflight.finding import Severity, Undecided
from preflight.fleet.across.model import Across, Fleet, Holding, Open
from preflight.fleet.across.rule import fleet_rule

_EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
_SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
_QUEUE: Final = "aws:sqs/queue:Queue"
_QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
_TOPIC: Final = "aws:sns/topic:Topic"
_TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
_FUNCTION: Final = "aws:lambda/function:Function"
_PERMISSION: Final = "aws:lambda/permission:Permission"
_TRAIL: Final = "aws:cloudtrail/trail:Trail"
_BUCKET: Final = "aws:s3/bucket:Bucket"
_BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"


class _Policies:
    """The policies that all states together attach to the resources of a type."""

    def __init__(self, fleet: Fleet, kind: str, policy_kind: str, via: str) -> None:
        self.kind = kind
        self._attached: dict[str, list[Holding]] = {}
        self._open = False
        for policy in fleet.of_type(policy_kind):
            try:
                self._attached.setdefault(str(policy[via]), []).append(policy)
            except Undecided:
                self._open = True

    def admits(self, owner: Holding, action: str, sender: str) -> bool | None:
        """Tell whether a service may do something to a resource; None where a policy is not known."""
        names = (owner.id, owner.arn, owner.physical)
        documents: list[Any] = [owner.known("policy")] if owner.known("policy") else []
        try:
            if owner["policy"]:
                documents.append(owner["policy"])
            documents += [policy["policy"] for name in dict.fromkeys(names) for policy in self._attached.get(name, ())]
        except Undecided:
            return None
        answer = iam.combine(iam.parse(found) for found in documents).allows(action, principal=iam.service(sender))
        return None if self._open and not answer else answer


def _sent(
    fleet: Fleet, kind: str, at: str, policies: _Policies, action: str, sender: str, what: str
) -> Iterator[Across | Open]:
    """Findings on resources of a type whose property ``at`` is in another stack, and whose policy admits no sender."""
    for source in fleet.of_type(kind):
        try:
            target = source[at]
        except Undecided as unknown:
            yield source.undecided(unknown.path)
            continue
        owner = fleet.owner(policies.kind, str(target))
        if owner is None or owner.state == source.state:
            continue  # the rules of a single stack say that
        answer = policies.admits(owner, action, sender)
        if answer is None:
            yield source.undecided(at, f"the policy of {what} '{owner.name}' in stack '{owner.stack}' is not known")
        elif not answer:
            yield source.finding(
                f"sends to {what} '{owner.name}' of stack '{owner.stack}', whose policy does not allow {sender} "
                f"{action}; allow it there",
                at=at,
            )


@fleet_rule(_EVENT_TARGET, severity=Severity.HIGH)
def event_target_queue_admits(fleet: Fleet) -> Iterator[Across | Open]:
    """A queue of another stack that is an EventBridge target admits EventBridge.

    Why: Without it the rule matches, and each event is dropped without an error.
    Fix: Allow events.amazonaws.com "sqs:SendMessage" in the queue's policy, in the stack that owns the queue.
    Source: Amazon EventBridge User Guide, "Using resource-based policies for Amazon EventBridge".
    """
    policies = _Policies(fleet, _QUEUE, _QUEUE_POLICY, "queueUrl")
    return _sent(fleet, _EVENT_TARGET, "arn", policies, "sqs:SendMessage", "events.amazonaws.com", "queue")


@fleet_rule(_EVENT_TARGET, severity=Severity.HIGH)
def event_target_topic_admits(fleet: Fleet) -> Iterator[Across | Open]:
    """A topic of another stack that is an EventBridge target admits EventBridge.

    Why: Without it the rule matches, and each event is dropped without an error.
    Fix: Allow events.amazonaws.com "sns:Publish" in the topic's policy, in the stack that owns the topic.
    Source: Amazon EventBridge User Guide, "Using resource-based policies for Amazon EventBridge".
    """
    policies = _Policies(fleet, _TOPIC, _TOPIC_POLICY, "arn")
    return _sent(fleet, _EVENT_TARGET, "arn", policies, "sns:Publish", "events.amazonaws.com", "topic")


@fleet_rule(_SUBSCRIPTION, severity=Severity.HIGH)
def subscribed_queue_admits(fleet: Fleet) -> Iterator[Across | Open]:
    """A queue of another stack that subscribes to a topic admits SNS.

    Why: Without it the subscription is made and each message is dropped; nothing arrives in the queue.
    Fix: Allow sns.amazonaws.com "sqs:SendMessage" in the queue's policy, in the stack that owns the queue.
    Source: Amazon SNS Developer Guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic".
    """
    policies = _Policies(fleet, _QUEUE, _QUEUE_POLICY, "queueUrl")
    return _sent(fleet, _SUBSCRIPTION, "endpoint", policies, "sqs:SendMessage", "sns.amazonaws.com", "queue")


@fleet_rule(_TRAIL, severity=Severity.CRITICAL)
def trail_bucket_admits(fleet: Fleet) -> Iterator[Across | Open]:
    """A bucket of another stack to which a trail delivers admits CloudTrail.

    Why: CloudTrail refuses the trail ("InsufficientS3BucketPolicyException"), or delivers nothing once the policy is
    taken away.
    Fix: Allow cloudtrail.amazonaws.com "s3:PutObject" in the bucket's policy, in the stack that owns the bucket.
    Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
    """
    policies = _Policies(fleet, _BUCKET, _BUCKET_POLICY, "bucket")
    return _sent(fleet, _TRAIL, "s3BucketName", policies, "s3:PutObject", "cloudtrail.amazonaws.com", "bucket")


def _permitted(fleet: Fleet, kind: str, at: str, sender: str) -> Iterator[Across | Open]:
    permissions: dict[str, set[str]] = {}
    unknown = False
    for permission in fleet.of_type(_PERMISSION):
        try:
            target, principal = str(permission["function"]), str(permission["principal"])
        except Undecided:
            unknown = True
            continue
        function = fleet.owner(_FUNCTION, target)
        if function is not None:
            permissions.setdefault(function.arn or function.id, set()).add(principal)
    for source in fleet.of_type(kind):
        try:
            target = str(source[at])
        except Undecided as error:
            yield source.undecided(error.path)
            continue
        function = fleet.owner(_FUNCTION, target)
        if function is None or function.state == source.state:
            continue
        if sender not in permissions.get(function.arn or function.id, ()):
            if unknown:
                yield source.undecided(at, "a permission whose function is not known may be the one it needs")
            else:
                yield source.finding(
                    f"invokes function '{function.name}' of stack '{function.stack}', and no stack has a Permission "
                    f"for {sender}; add one",
                    at=at,
                )


@fleet_rule(_EVENT_TARGET, severity=Severity.HIGH)
def event_target_function_permits(fleet: Fleet) -> Iterator[Across | Open]:
    """A function of another stack that is an EventBridge target permits EventBridge.

    Why: Without a permission each invocation is refused, and the event is dropped.
    Fix: Add a Permission for events.amazonaws.com, in the stack of the rule or of the function.
    Source: Amazon EventBridge User Guide, "Using resource-based policies for Amazon EventBridge".
    """
    return _permitted(fleet, _EVENT_TARGET, "arn", "events.amazonaws.com")


@fleet_rule(_SUBSCRIPTION, severity=Severity.HIGH)
def subscribed_function_permits(fleet: Fleet) -> Iterator[Across | Open]:
    """A function of another stack that subscribes to a topic permits SNS.

    Why: Without a permission each delivery is refused and, after the retries, dropped.
    Fix: Add a Permission for sns.amazonaws.com, in the stack of the topic or of the function.
    Source: AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications".
    """
    return _permitted(fleet, _SUBSCRIPTION, "endpoint", "sns.amazonaws.com")


@fleet_rule(_REPLICATION, severity=Severity.CRITICAL)
def replication_destination_versioned(fleet: Fleet) -> Iterator[Across | Open]:
    """A bucket of another stack to which objects are replicated has versioning enabled.

    Why: S3 refuses the replication configuration ("Destination bucket must have versioning enabled").
    Fix: Enable versioning in the stack that owns the destination.
    Source: Amazon S3 User Guide, "Requirements and considerations for replication".
    """
    versioned: dict[str, bool | None] = {}
    for versioning in fleet.of_type(_VERSIONING):
        try:
            configuration = versioning["versioningConfiguration"] or {}
            versioned[str(versioning["bucket"])] = configuration.get("status") == "Enabled"
        except Undecided:
            continue
    for replication in fleet.of_type(_REPLICATION):
        try:
            rules = replication["rules"] or []
        except Undecided as unknown:
            yield replication.undecided(unknown.path)
            continue
        for index, rule in enumerate(rules):
            destination = rule.get("destination") if isinstance(rule, dict) else None
            target = destination.get("bucket") if isinstance(destination, dict) else None
            owner = fleet.owner(_BUCKET, str(target))
            if owner is not None and owner.state != replication.state and not versioned.get(owner.id):
                yield replication.finding(
                    f"replicates to bucket '{owner.id}' of stack '{owner.stack}', in which no stack enables "
                    "versioning; enable it there",
                    at=f"rules[{index}].destination.bucket",
                )
