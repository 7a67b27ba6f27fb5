"""Rules for SNS: topics, their policies and subscriptions."""

from __future__ import annotations

import re
from typing import Final

from ..documents import iam, jsontext
from ..documents.arn import Arn
from ..rule import Findings, Kind, NotApplicable, Resource, Severity, rule
from ..stack import Stack
from ..wire import UNKNOWN_STRING
from ._shared_graph import settled
from ._shared_policies import negated_findings, public_findings, resource_policy

TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
QUEUE: Final = "aws:sqs/queue:Queue"
QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
FILTER_KEYS: Final = 5
"""API Subscribe, FilterPolicy: keys of a policy, nested ones counted as one; read 2026-11."""


@rule(SUBSCRIPTION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def subscription_queue_permits(subscription: Resource, stack: Stack) -> Findings:
    """A queue that subscribes to a topic has a policy that admits SNS.

    Why: Without it the subscription is made and each message is dropped; nothing arrives in the queue.
    Fix: Add a QueuePolicy that allows sns.amazonaws.com sqs:SendMessage, limited by aws:SourceArn to the topic.
    Source: Amazon SNS Developer Guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic".
    """
    if subscription.text("protocol") != "sqs":
        return
    for queue in stack.referred_by(subscription, "endpoint", QUEUE).certain:
        document = resource_policy(stack, queue, QUEUE_POLICY, "queueUrl")
        answer = document.allows("sqs:SendMessage", principal=iam.service("sns.amazonaws.com"))
        if not settled(answer, queue, "policy"):
            yield subscription.finding(
                f"no policy allows sns.amazonaws.com sqs:SendMessage on queue '{queue.name}'; add a QueuePolicy, or "
                "messages are dropped",
                at="endpoint",
            )


_ENDPOINTS: Final = {
    "email": (re.compile(r"[^@\s]+@[^@\s]+"), "an e-mail address"),
    "email-json": (re.compile(r"[^@\s]+@[^@\s]+"), "an e-mail address"),
    "http": (re.compile(r"http://.+"), "an address that begins with http://"),
    "https": (re.compile(r"https://.+"), "an address that begins with https://"),
    "sms": (re.compile(r"\+?[0-9 ()-]{5,20}"), "a telephone number such as +15005550001"),
}


@rule(SUBSCRIPTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def subscription_endpoint_fits(subscription: Resource) -> Findings:
    """The endpoint of a subscription is one of its protocol, and what the protocol needs is there.

    Why: SNS refuses others ("InvalidParameter: Invalid parameter: Endpoint", "Firehose SubscriptionRoleArn is
    required", "FilterPolicy: Filter policy can not have more than 5 keys").
    Fix: Match protocol and endpoint; pass `subscriptionRoleArn` for Firehose; merge filter keys.
    Source: Amazon SNS API Reference, "Subscribe"; Amazon SNS Developer Guide, "Filter policy constraints".
    """
    protocol = subscription.text("protocol")
    if protocol == "firehose" and not subscription.has("subscriptionRoleArn"):
        yield subscription.finding(
            "a Firehose subscription needs a role; set `subscriptionRoleArn`", at="subscriptionRoleArn"
        )
    text = subscription.known("filterPolicy")
    policy = jsontext.parse(text).value if isinstance(text, str) else None
    if isinstance(policy, dict) and len(policy) > FILTER_KEYS:
        yield subscription.finding(
            f"the filter policy has {len(policy)} keys; SNS accepts {FILTER_KEYS}", at="filterPolicy"
        )
    endpoint = subscription.text("endpoint")
    if endpoint is None or protocol is None:
        return
    if protocol in ("sqs", "lambda", "firehose"):
        arn = Arn.parse(endpoint)
        if arn is None or arn.service != protocol:
            yield subscription.finding(
                f"'{endpoint}' is not an ARN of {protocol}; `protocol` and `endpoint` must match", at="endpoint"
            )
    elif protocol in _ENDPOINTS:
        pattern, words = _ENDPOINTS[protocol]
        if not pattern.fullmatch(endpoint):
            yield subscription.finding(
                f"the endpoint of an {protocol} subscription is {words}; match the two", at="endpoint"
            )


@rule(
    TOPIC,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def kms_encrypted(topic: Resource) -> Findings:
    """A topic is encrypted under a KMS key.

    Why: Without a key, messages that SNS keeps for redelivery are not encrypted.
    Fix: Set `kmsMasterKeyId`; a key of your own has to admit the services that publish, alias/aws/sns admits none of
    them.
    Source: Amazon SNS Developer Guide, "Securing Amazon SNS data with server-side encryption"; AWS Config rule
    sns-encrypted-kms.
    """
    if not topic.has("kmsMasterKeyId"):
        yield topic.finding("the topic is not encrypted under a KMS key; set `kmsMasterKeyId`", at="kmsMasterKeyId")


@rule(
    TOPIC,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def ssl_only(topic: Resource, stack: Stack) -> Findings:
    """A topic refuses messages that are published without TLS, unless it is encrypted under a KMS key.

    Why: SNS accepts plain HTTP; a message sent that way can be read on its way. KMS calls go over TLS only.
    Fix: Add a TopicPolicy that denies everyone sns:Publish where aws:SecureTransport is false.
    Source: Amazon SNS Developer Guide, "Amazon SNS security best practices" (Enforce encryption of data in transit).
    """
    if topic.has("kmsMasterKeyId"):
        return
    document = resource_policy(stack, topic, TOPIC_POLICY, "arn")
    arn = topic.known_output("arn") or UNKNOWN_STRING
    if not settled(iam.requires_tls(document, ["sns:Publish"], [arn]), topic, "policy"):
        yield topic.finding(
            "accepts messages without TLS; deny sns:Publish where aws:SecureTransport is false", at="policy"
        )


@rule(
    SUBSCRIPTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def subscription_redrive(subscription: Resource) -> Findings:
    """A subscription has a redrive policy.

    Why: A message that can't be delivered is dropped after the last retry, unless a dead-letter queue takes it.
    Fix: Set `redrivePolicy` with the ARN of a queue that admits sns.amazonaws.com.
    Source: Amazon SNS Developer Guide, "Amazon SNS dead-letter queues".
    """
    protocol = subscription.known("protocol")
    if protocol in ("email", "email-json", "sms", "application"):
        raise NotApplicable(f"{protocol} is not an endpoint whose messages are kept")
    if not subscription.has("redrivePolicy"):
        yield subscription.finding("the subscription has no redrive policy; set `redrivePolicy`", at="redrivePolicy")


@rule(
    (TOPIC, TOPIC_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def policy_allows_by_name(resource: Resource) -> Findings:
    """A topic's policy allows by name, not by exception.

    Why: An Allow with NotAction or NotPrincipal also allows what AWS adds later and everyone who was forgotten.
    Fix: Write Action and Principal.
    Source: AWS IAM User Guide, "AWS JSON policy elements: NotPrincipal".
    """
    yield from negated_findings(resource)


@rule(
    (TOPIC, TOPIC_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def policy_principals_limited(resource: Resource) -> Findings:
    """A topic's policy does not admit everyone without a condition.

    Why: Everyone can then publish or subscribe to the topic.
    Fix: Name principals, or add a condition such as aws:SourceArn, aws:SourceOwner or aws:PrincipalOrgID.
    Source: Amazon SNS Developer Guide, "Amazon SNS security best practices" (Ensure topics aren't publicly accessible).
    """
    yield from public_findings(resource, "name principals, or add a condition")
