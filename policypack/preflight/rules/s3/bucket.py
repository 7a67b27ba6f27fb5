"""Buckets' names, lifecycles and notifications."""

from __future__ import annotations

from itertools import pairwise

from ...documents import iam
from ...facts import s3
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from .._shared_graph import alike
from .._shared_policies import resource_policy
from ._shape import BUCKET

DIRECTORY = "aws:s3/directoryBucket:DirectoryBucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
QUEUE, QUEUE_POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
TOPIC, TOPIC_POLICY = "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"


@rule((BUCKET, DIRECTORY), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def bucket_name_valid(bucket: Resource) -> Findings:
    """Bucket names are ones that S3 accepts.

    Why: S3 refuses others ("InvalidBucketName: The specified bucket is not valid"); capitals and underscores, from the
    program's or the stack's name, are the usual cause.
    Fix: Use 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.
    Source: Amazon S3 User Guide, "General purpose bucket naming rules" and "Directory bucket naming rules".
    """
    name = bucket.text("bucket")
    problem = s3.bucket_name_problem(name, directory=bucket.is_a(DIRECTORY)) if name else None
    if problem:
        yield bucket.finding(f"the bucket name '{name}' {problem}", at="bucket")


@rule(LIFECYCLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def lifecycle_days_valid(config: Resource) -> Findings:
    """A lifecycle rule moves objects to ever colder classes on ever later days, and deletes them last.

    Why: S3 refuses others ("InvalidArgument: 'Days' in Transition action must be greater than or equal to 30 for
    storageClass 'STANDARD_IA'", "'Days' in the Expiration action … must be greater than 'Days' in the Transition
    action").
    Fix: Correct the days, or the order of the classes.
    Source: Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle" and "Lifecycle configuration
    elements".
    """
    for entry in config.each("rules"):
        with deferred():
            yield from _days(entry, "transitions", "days", "expiration.days")
        with deferred():
            yield from _days(
                entry, "noncurrentVersionTransitions", "noncurrentDays", "noncurrentVersionExpiration.noncurrentDays"
            )


def _days(entry: View, transitions: str, days: str, expiration: str) -> Findings:
    steps: list[tuple[int | float, str, View]] = []
    for step in entry.each(transitions):
        day, storage = step.number(days), step.text("storageClass")
        if day is None or storage is None:
            continue
        least = s3.MIN_TRANSITION_DAYS.get(storage, 0)
        if transitions == "transitions" and day < least:
            yield step.finding(f"moves objects to {storage} after {day} days, before day {least}", at=days)
            return
        steps.append((day, storage, step))
    for (day, storage, _), (later, colder, step) in pairwise(sorted(steps, key=lambda found: _order(found[1]))):
        if _order(colder) > _order(storage) and later < day:
            yield step.finding(f"moves objects to {colder} on day {later}, before {storage} on day {day}", at=days)
            return
    last = entry.number(expiration)
    if last is not None and steps and last <= max(day for day, _, _ in steps):
        yield entry.finding(
            f"expires objects on day {last}, not after the last transition on day {max(day for day, _, _ in steps)}",
            at=expiration,
        )


def _order(storage: str) -> int:
    return s3.STORAGE_CLASS_ORDER.get(storage, 0)


@rule(NOTIFICATION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def notification_defined_once(notification: Resource, stack: Stack) -> Findings:
    """A bucket has one notification configuration.

    Why: The configuration is written as a whole: the last one applied wipes out the others, without an error.
    Fix: Put all queues, topics and functions into one `aws.s3.BucketNotification`.
    Source: Amazon S3 API Reference, PutBucketNotificationConfiguration ("replaces the existing notification
    configuration").
    """
    others = alike(stack, NOTIFICATION, "bucket", BUCKET)
    for other in others.before(notification)[:1]:
        yield notification.finding(f"'{other.name}' sets the notifications of this bucket too", at="bucket")
        return
    if others.unclear(notification):
        raise Undecided("bucket", notification.urn)


@rule(NOTIFICATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def notification_target_permits(notification: Resource, stack: Stack) -> Findings:
    """The queues and topics that a bucket notifies let S3 send, before the notification is set.

    Why: S3 tries each target when the configuration is set ("InvalidArgument: Unable to validate the following
    destination configurations").
    Fix: Add a QueuePolicy or TopicPolicy that allows s3.amazonaws.com to send, and depend on it; use a standard queue.
    Source: Amazon S3 User Guide, "Granting permissions to publish event notification messages to a destination".
    """
    for path, kind, policy_kind, via, action in (
        ("queues.queueArn", QUEUE, QUEUE_POLICY, "queueUrl", "sqs:SendMessage"),
        ("topics.topicArn", TOPIC, TOPIC_POLICY, "arn", "sns:Publish"),
    ):
        at = path.partition(".")[0]
        for target in stack.referred_by(notification, path, kind).certain:
            with deferred():
                yield from _refusals(notification, stack, target, policy_kind, via, action, at)


def _refusals(
    notification: Resource, stack: Stack, target: Resource, policy_kind: str, via: str, action: str, at: str
) -> Findings:
    if target.flag("fifoQueue"):
        yield notification.finding(f"'{target.name}' is a FIFO queue, which S3 can't notify", at=at)
        return
    separate = stack.referring_to(target, policy_kind, via=via)
    if not target.has("policy") and not separate:
        yield notification.finding(f"'{target.name}' has no policy that lets s3.amazonaws.com send to it", at=at)
        return
    if not target.has("policy") and not any(stack.waits_for(notification, found) for found in separate.certain):
        yield notification.finding(
            f"does not wait for '{separate[0].name}', the policy of '{target.name}'; add `dependsOn`",
            at=at,
            certainty=Certainty.RACE,
        )
        return
    document = resource_policy(stack, target, policy_kind, via)
    answer = document.allows(action, principal=iam.service("s3.amazonaws.com"))
    if answer is None:
        raise Undecided("policy", target.urn)
    if not answer:
        yield notification.finding(f"the policy of '{target.name}' does not let s3.amazonaws.com {action}", at=at)
