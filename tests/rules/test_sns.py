"""Rules for SNS."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, R, document, fails, not_applicable, passes, table, undecided

COMPONENT = R("program:events:Events", "component")
QUEUE = R("aws:sqs/queue:Queue", "queue")
OTHER = R("aws:sqs/queue:Queue", "other")
TOPIC = R("aws:sns/topic:Topic", "topic")


def statement(principal: Any, action: Any, effect: str = "Allow", **more: Any) -> Any:
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", **more}


def policy(*statements: Any) -> Any:
    return document({"Version": "2012-10-17", "Statement": list(statements)})


SNS = {"Service": "sns.amazonaws.com"}
SEND = policy(statement(SNS, "sqs:SendMessage"))


def subscription(endpoint: Any, protocol: Any = "sqs", **properties: Any) -> R:
    return R(
        "aws:sns/topicSubscription:TopicSubscription",
        "subscription",
        topic=TOPIC.arn,
        protocol=protocol,
        endpoint=endpoint,
        **properties,
    )


def queue_policy(content: Any = SEND, queue: R = QUEUE, **options: Any) -> R:
    return R("aws:sqs/queuePolicy:QueuePolicy", "policy", queueUrl=queue.id, policy=content, **options)


INLINE = R("aws:sqs/queue:Queue", "queue", policy=SEND)
test_subscription_queue_permits = table(
    "sns-subscription-queue-permits",
    fails("no policy", subscription(QUEUE.arn), QUEUE, TOPIC, at="endpoint", says=("'queue'", "sns.amazonaws.com")),
    passes("a policy", subscription(QUEUE.arn), QUEUE, queue_policy(), TOPIC),
    passes("a policy in the queue", subscription(INLINE.arn), INLINE, TOPIC),
    passes("a policy in a component", subscription(QUEUE.arn), QUEUE, queue_policy(parent=COMPONENT), COMPONENT, TOPIC),
    fails(
        "the policy of another queue",
        subscription(QUEUE.arn),
        QUEUE,
        OTHER,
        queue_policy(queue=OTHER),
        TOPIC,
        at="endpoint",
    ),
    fails(
        "another service",
        subscription(QUEUE.arn),
        QUEUE,
        queue_policy(policy(statement({"Service": "events.amazonaws.com"}, "sqs:SendMessage"))),
        TOPIC,
        at="endpoint",
    ),
    passes("a queue from elsewhere", subscription("arn:aws:sqs:us-east-1:210987654321:q"), TOPIC),
    passes("a function", subscription("arn:aws:lambda:us-east-1:210987654321:function:f", "lambda"), TOPIC),
    undecided("an unknown policy", subscription(QUEUE.arn), QUEUE, queue_policy(UNKNOWN), TOPIC, at="policy"),
    undecided(
        "a policy of an unknown queue",
        subscription(QUEUE.arn),
        QUEUE,
        R("aws:sqs/queuePolicy:QueuePolicy", "policy", queueUrl=UNKNOWN, policy=SEND),
        TOPIC,
    ),
)

QUEUE_ARN = "arn:aws:sqs:us-east-1:210987654321:q"
STREAM_ARN = "arn:aws:firehose:us-east-1:210987654321:deliverystream/s"
test_subscription_endpoint_fits = table(
    "sns-subscription-endpoint-fits",
    fails("a queue as a function", subscription(QUEUE_ARN, "lambda"), TOPIC, at="endpoint"),
    passes("a queue", subscription(QUEUE_ARN), TOPIC),
    fails("no address", subscription("ops", "email"), TOPIC, says="e-mail"),
    passes("an address", subscription("ops@acme.io", "email"), TOPIC),
    fails("plain HTTP as HTTPS", subscription("http://acme.io/hook", "https"), TOPIC, at="endpoint"),
    passes("a telephone", subscription("+15005550001", "sms"), TOPIC),
    fails("a stream without a role", subscription(STREAM_ARN, "firehose"), TOPIC, at="subscriptionRoleArn"),
    passes(
        "a stream with a role", subscription(STREAM_ARN, "firehose", subscriptionRoleArn="arn:aws:iam::1:role/r"), TOPIC
    ),
    fails(
        "six filter keys",
        subscription(QUEUE_ARN, filterPolicy=json.dumps({f"key{n}": ["a"] for n in range(6)})),
        TOPIC,
        at="filterPolicy",
    ),
    undecided("unknown", subscription(UNKNOWN), TOPIC, at="endpoint"),
)

KEY = R("aws:kms/key:Key", "key")


def topic(**properties: Any) -> R:
    return R("aws:sns/topic:Topic", "topic", **properties)


test_kms_encrypted = table(
    "sns-kms-encrypted",
    fails("no key", topic(), at="kmsMasterKeyId"),
    passes("a key of the program", topic(kmsMasterKeyId=KEY.id), KEY),
    passes("unknown is there", topic(kmsMasterKeyId=UNKNOWN)),
)

PLAIN: Any = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
DENY = policy(statement("*", "sns:Publish", "Deny", **PLAIN))


def topic_policy(content: Any, target: R = TOPIC, **options: Any) -> R:
    return R("aws:sns/topicPolicy:TopicPolicy", "policy", arn=target.arn, policy=content, **options)


KMS_TOPIC = R("aws:sns/topic:Topic", "other", kmsMasterKeyId=KEY.id)
test_ssl_only = table(
    "sns-ssl-only",
    fails("no policy", topic(), at="policy"),
    passes("a policy that denies", topic(), topic_policy(DENY)),
    passes("a policy in the topic", topic(policy=DENY)),
    passes("encrypted under a key", topic(kmsMasterKeyId=KEY.id), KEY),
    passes(
        "a boolean condition",
        topic(policy=policy(statement("*", "sns:*", "Deny", Condition={"Bool": {"aws:SecureTransport": False}}))),
    ),
    fails(
        "a policy that denies one role",
        topic(policy=policy(statement({"AWS": "arn:aws:iam::210987654321:role/r"}, "sns:*", "Deny", **PLAIN))),
        at="policy",
    ),
    fails("the policy of another topic", topic(), topic_policy(DENY, KMS_TOPIC), KMS_TOPIC, KEY, at="policy"),
    fails("a policy that only allows", topic(policy=policy(statement("*", "sns:Publish"))), at="policy"),
    passes("a policy in a component", topic(), topic_policy(DENY, parent=COMPONENT), COMPONENT),
    undecided("an unknown policy", topic(policy=UNKNOWN), at="policy"),
)

test_subscription_redrive = table(
    "sns-subscription-redrive",
    fails("none", subscription(QUEUE_ARN), TOPIC, at="redrivePolicy"),
    passes("a queue", subscription(QUEUE_ARN, redrivePolicy=UNKNOWN), TOPIC),
    not_applicable("e-mail", subscription("ops@acme.io", "email"), TOPIC),
)

ALL_BUT = {
    "Effect": "Allow",
    "NotPrincipal": {"AWS": "arn:aws:iam::210987654321:root"},
    "Action": "sns:Publish",
    "Resource": "*",
}
test_policy_allows_by_name = table(
    "sns-policy-allows-by-name",
    fails("all but one", topic(policy=policy(ALL_BUT)), at="policy", says="NotPrincipal"),
    passes("by name", topic(policy=policy(statement(SNS, "sns:Publish")))),
    passes("a denial of all but one", topic(policy=policy({**ALL_BUT, "Effect": "Deny"}))),
    passes("no policy", topic()),
    fails(
        "a separate policy",
        topic_policy(policy({**statement("*", "x"), "NotAction": "sns:*"})),
        TOPIC,
        says="NotAction",
    ),
    undecided("unknown", topic(policy=UNKNOWN), at="policy"),
)

OWNER: Any = {"Condition": {"StringEquals": {"AWS:SourceOwner": "210987654321"}}}
test_policy_principals_limited = table(
    "sns-policy-principals-limited",
    fails("everybody", topic(policy=policy(statement("*", "sns:Publish"))), at="policy"),
    passes("the default policy's form", topic(policy=policy(statement({"AWS": "*"}, "sns:Publish", **OWNER)))),
    passes("a service", topic(policy=policy(statement(SNS, "sns:Publish")))),
    fails(
        "a separate policy",
        topic_policy(policy(statement({"AWS": ["*"]}, "sns:Subscribe"))),
        TOPIC,
        on="policy",
        at="policy",
    ),
    undecided("unknown", topic(policy=UNKNOWN), at="policy"),
)
