"""Key policies that admit the services which use the key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...documents import iam
from ...documents.answer import Answer, either, every
from ...documents.wildcard import overlaps
from ...rule import Finding, Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .._shared_graph import listed, settled
from .._shared_policies import KEYS, key_policy

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
TRAIL: Final = "aws:cloudtrail/trail:Trail"
QUEUE: Final = "aws:sqs/queue:Queue"
TOPIC: Final = "aws:sns/topic:Topic"
GROUP: Final = "aws:autoscaling/group:Group"
TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"

_LOGS_NEEDS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
_LOGS_DOCUMENTED: Final = ("kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey")
_LOGS_CONTEXT: Final = "kms:EncryptionContext:aws:logs:arn"


@rule(LOG_GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def key_policy_admits_logs(group: Resource, stack: Stack) -> Findings:
    """The key of a log group admits CloudWatch Logs of the group's region.

    Why: CloudWatch Logs uses the key under its own service principal; the default key policy, and one that names only
    the account, do not admit it. The log group is refused: "AccessDeniedException: The specified KMS key does not exist
    or is not allowed to be used with Arn 'arn:aws:logs:…'".
    Fix: Add a statement to the key policy that allows the Service principal `aws.logs.REGION`.amazonaws.com
    kms:Encrypt*, kms:Decrypt*, kms:ReEncrypt*, kms:GenerateDataKey* and kms:Describe*, limited by ArnLike on
    kms:EncryptionContext:aws:logs:arn.
    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".
    """
    for key in stack.referred_by(group, "kmsKeyId", *KEYS):
        document = key_policy(stack, key)
        region = group.known_region
        logs = iam.service("logs.amazonaws.com", region=region)
        principal = f"logs.{region or 'REGION'}.amazonaws.com"
        grants = document.grants(_LOGS_NEEDS, principal=logs)
        if grants.missing:
            yield group.finding(
                f"the policy of key '{key.name}' does not allow {principal} {listed(grants.missing)}; add a "
                "statement for it",
                at="kmsKeyId",
            )
            continue
        settled(grants.answer, key, "policy")
        missing = document.missing(_LOGS_DOCUMENTED, principal=logs)
        if missing:
            yield group.finding(
                f"the policy of key '{key.name}' does not allow {principal} {listed(missing)}, which AWS documents "
                "as needed",
                at="kmsKeyId",
                severity=Severity.LOW,
            )
        elif _names_other_groups(document, logs, group) is True:
            yield group.finding(
                f"the policy of key '{key.name}' admits {principal} for other log groups only; widen the condition "
                f"on {_LOGS_CONTEXT} to this one",
                at="kmsKeyId",
                severity=Severity.LOW,
            )


def _names_other_groups(document: iam.Document, logs: iam.Caller, group: Resource) -> Answer:
    """Whether each statement that admits CloudWatch Logs is limited to log groups that this one is not among."""
    name, region = group.known("name"), group.known_region
    if name is None or region is None:
        return None
    arn = f"arn:aws*:logs:{region}:*:log-group:{name}"
    answers = []
    for statement in document.allowing:
        if statement.admits(logs) and statement.takes_action("kms:Encrypt"):
            conditions = [test for test in statement.conditions_on(_LOGS_CONTEXT) if not test.is_negative]
            answers.append(either(every(overlaps(value, arn) is False for value in test.values) for test in conditions))
    return every(answers) if answers else None


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def key_policy_admits_cloudtrail(trail: Resource, stack: Stack) -> Findings:
    """The key of a trail admits CloudTrail.

    Why: CloudTrail encrypts log files under its own service principal and tries it when the trail is made; without the
    permission the trail is refused ("InsufficientEncryptionPolicyException: Insufficient permissions to access S3
    bucket or KMS key").
    Fix: Add a statement to the key policy that allows the Service principal cloudtrail.amazonaws.com
    kms:GenerateDataKey* and kms:DescribeKey, limited by aws:SourceArn to the trail.
    Source: AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
    """
    for key in stack.referred_by(trail, "kmsKeyId", *KEYS):
        answer = key_policy(stack, key).allows("kms:GenerateDataKey", principal=iam.service("cloudtrail.amazonaws.com"))
        if not settled(answer, key, "policy"):
            yield trail.finding(
                f"the policy of key '{key.name}' does not allow cloudtrail.amazonaws.com kms:GenerateDataKey*; add a "
                "statement for it",
                at="kmsKeyId",
            )


_SENDERS: Final = {
    QUEUE: (
        ("s3.amazonaws.com", "aws:s3/bucketNotification:BucketNotification", ("queues.queueArn",)),
        ("events.amazonaws.com", "aws:cloudwatch/eventTarget:EventTarget", ("arn", "deadLetterConfig.arn")),
        ("sns.amazonaws.com", "aws:sns/topicSubscription:TopicSubscription", ("endpoint",)),
    ),
    TOPIC: (
        ("s3.amazonaws.com", "aws:s3/bucketNotification:BucketNotification", ("topics.topicArn",)),
        ("events.amazonaws.com", "aws:cloudwatch/eventTarget:EventTarget", ("arn",)),
        (
            "cloudwatch.amazonaws.com",
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            ("alarmActions", "okActions", "insufficientDataActions"),
        ),
    ),
}
_SENDER_NEEDS: Final = ("kms:GenerateDataKey", "kms:Decrypt")


@rule((QUEUE, TOPIC), kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def key_policy_admits_senders(target: Resource, stack: Stack) -> Findings:
    """The key of a queue or topic admits the AWS services that send to it.

    Why: S3, EventBridge, SNS and CloudWatch alarms need the key themselves to write to an encrypted queue or topic.
    Without the permission deliveries are dropped, mostly without an error; S3 refuses the notification ("Unable to
    validate the following destination configurations").
    Fix: Add a statement to the key policy that allows the sending service's principal kms:GenerateDataKey* and
    kms:Decrypt.
    Source: Amazon SQS Developer Guide, "Key management" (Configure KMS permissions for AWS services); Amazon SNS
    Developer Guide, "Managing Amazon SNS encryption keys and costs".
    """
    for key in stack.referred_by(target, "kmsMasterKeyId", *KEYS):
        document = key_policy(stack, key)
        refused: list[str] = []
        open_end = False
        for service, kind, paths in _SENDERS[target.kind]:
            if not _sends(stack, target, kind, paths):
                continue
            grants = document.grants(_SENDER_NEEDS, principal=iam.service(service))
            if grants.missing:
                refused.append(service)
            open_end = open_end or grants.answer is None
        if refused:
            yield target.finding(
                f"the policy of key '{key.name}' does not let {listed(refused)} use kms:GenerateDataKey* and "
                "kms:Decrypt; add a statement, or their messages are dropped",
                at="kmsMasterKeyId",
            )
        else:
            settled(None if open_end else False, key, "policy")


def _sends(stack: Stack, target: Resource, kind: str, paths: Iterable[str]) -> bool:
    return any(stack.referring_to(target, kind, via=path).certain for path in paths)


@rule(GROUP, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def key_policy_admits_autoscaling(group: Resource, stack: Stack) -> Findings:
    """The key of an Auto Scaling group's volumes admits its service-linked role, or at least the account.

    Why: Instances are launched by the role AWSServiceRoleForAutoScaling. If it can't use the key of the volumes they
    stop right away ("Client.InternalError: Client error on launch", "Client.InvalidKMSKey.InvalidState"), and the group
    tries for ever.
    Fix: Add statements to the key policy for that role: use of the key, and kms:CreateGrant with
    kms:GrantIsForAWSResource.
    Source: Amazon EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes".
    """
    for via in ("launchTemplate", "mixedInstancesPolicy"):
        for template in stack.referred_by(group, via, TEMPLATE).certain:
            for key in stack.referred_by(template, "blockDeviceMappings.ebs.kmsKeyId", *KEYS).certain:
                yield from _admits_role(group, key, key_policy(stack, key), via)


def _admits_role(group: Resource, key: Resource, document: iam.Document, at: str) -> Iterable[Finding]:
    # No policy of its own: the default one trusts the account.
    if not document.statements and document.is_known:
        return
    principals = [principal for statement in document.allowing for principal in statement.principals]
    if any(
        principal.is_anyone or principal.is_account_root or "AWSServiceRoleForAutoScaling" in principal.value
        for principal in principals
    ):
        return
    settled(False if document.is_known and not any(p.is_unknown for p in principals) else None, key, "policy")
    yield group.finding(
        f"the policy of key '{key.name}', which encrypts the volumes, names neither AWSServiceRoleForAutoScaling nor "
        "the account; instances will stop at launch",
        at=at,
    )
