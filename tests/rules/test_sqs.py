"""Rules for SQS."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, R, document, fails, passes, table, undecided

COMPONENT = R("program:events:Events", "component")


def queue(label: str = "queue", **properties: Any) -> R:
    return R("aws:sqs/queue:Queue", label, **properties)


def fifo(physical: Any = "jobs.fifo", **properties: Any) -> R:
    return R("aws:sqs/queue:Queue", "queue", **{"name": physical, "fifoQueue": True, **properties})


test_fifo_names_match = table(
    "sqs-fifo-names-match",
    fails("a FIFO queue without the ending", fifo("jobs"), at="name", says=".fifo"),
    passes("a FIFO queue", fifo()),
    fails("the ending without FIFO", fifo(fifoQueue=False), at="name"),
    passes("a standard queue", fifo("jobs", fifoQueue=None)),
    passes("a queue that Pulumi names", queue(fifoQueue=True)),
    fails("deduplication without FIFO", queue(contentBasedDeduplication=True), at="contentBasedDeduplication"),
    fails("throughput without its scope", fifo(fifoThroughputLimit="perMessageGroupId"), at="deduplicationScope"),
    passes(
        "throughput with its scope", fifo(fifoThroughputLimit="perMessageGroupId", deduplicationScope="messageGroup")
    ),
    fails("a FIFO topic without the ending", R("aws:sns/topic:Topic", "topic", name="news", fifoTopic=True), at="name"),
    passes("a FIFO topic", R("aws:sns/topic:Topic", "topic", name="news.fifo", fifoTopic=True)),
    undecided("unknown", fifo(UNKNOWN), at="name"),
)

LETTERS = R("aws:sqs/queue:Queue", "letters")
FIFO_LETTERS = R("aws:sqs/queue:Queue", "letters", fifoQueue=True)
ARN = "arn:aws:sqs:us-east-1:210987654321:letters"


def redrive(target: Any = ARN, count: Any = 5) -> Any:
    return document({"deadLetterTargetArn": target, "maxReceiveCount": count})


OWN = queue()
test_redrive_policy_valid = table(
    "sqs-redrive-policy-valid",
    fails(
        "no count",
        queue(redrivePolicy=json.dumps({"deadLetterTargetArn": ARN})),
        at="redrivePolicy",
        says="maxReceiveCount",
    ),
    passes("a queue and a count", queue(redrivePolicy=redrive())),
    passes("a count as a text", queue(redrivePolicy=redrive(count="5"))),
    fails("no queue", queue(redrivePolicy=json.dumps({"maxReceiveCount": 5})), says="deadLetterTargetArn"),
    fails("a count of zero", queue(redrivePolicy=redrive(count=0)), says="0"),
    fails("no JSON", queue(redrivePolicy="letters"), at="redrivePolicy"),
    fails("letters of another kind", queue(redrivePolicy=redrive(FIFO_LETTERS.arn)), FIFO_LETTERS, says="FIFO"),
    fails(
        "its own letters",
        R("aws:sqs/redrivePolicy:RedrivePolicy", "policy", queueUrl=OWN.id, redrivePolicy=redrive(OWN.arn)),
        OWN,
        says="own",
    ),
    passes(
        "a separate policy",
        R("aws:sqs/redrivePolicy:RedrivePolicy", "policy", queueUrl=OWN.id, redrivePolicy=redrive(LETTERS.arn)),
        OWN,
        LETTERS,
        only="up",
    ),
    passes("letters of the same kind", queue(redrivePolicy=redrive(LETTERS.arn)), LETTERS, only="up"),
    passes("none", queue()),
    undecided("an ARN that is not known yet", queue(redrivePolicy=redrive(LETTERS.arn)), LETTERS, at="redrivePolicy"),
)

test_settings_in_range = table(
    "sqs-settings-in-range",
    fails("a wait of a minute", queue(receiveWaitTimeSeconds=60), at="receiveWaitTimeSeconds", says="20"),
    passes("a wait of twenty seconds", queue(receiveWaitTimeSeconds=20)),
    fails("a month of retention", queue(messageRetentionSeconds=2592000), at="messageRetentionSeconds"),
    fails("a day of invisibility", queue(visibilityTimeoutSeconds=86400), at="visibilityTimeoutSeconds"),
    passes("nothing said", queue()),
    undecided("unknown", queue(delaySeconds=UNKNOWN), at="delaySeconds"),
)

test_dead_letter_queue = table(
    "sqs-dead-letter-queue",
    fails("none", queue(), at="redrivePolicy"),
    passes("another queue, which is one", queue(redrivePolicy=redrive(LETTERS.arn)), LETTERS),
    passes(
        "a separate policy",
        OWN,
        R("aws:sqs/redrivePolicy:RedrivePolicy", "policy", queueUrl=OWN.id, redrivePolicy=redrive(LETTERS.arn)),
        LETTERS,
    ),
    passes(
        "the letters of a function",
        OWN,
        R("aws:lambda/function:Function", "f", deadLetterConfig={"targetArn": OWN.arn}),
    ),
    passes(
        "the letters of an event target in a component",
        OWN,
        R("aws:cloudwatch/eventTarget:EventTarget", "t", deadLetterConfig={"arn": OWN.arn}, parent=COMPONENT),
        COMPONENT,
    ),
    fails(
        "another queue's letters",
        queue(),
        LETTERS,
        queue("jobs", redrivePolicy=redrive(LETTERS.arn)),
        on="queue",
        at="redrivePolicy",
    ),
    passes("unknown is there", queue(redrivePolicy=UNKNOWN)),
    undecided(
        "of an unknown queue", queue(), R("aws:lambda/function:Function", "f", deadLetterConfig={"targetArn": UNKNOWN})
    ),
)

KEY = R("aws:kms/key:Key", "key")
test_encrypted = table(
    "sqs-encrypted",
    fails("turned off", queue(sqsManagedSseEnabled=False), at="sqsManagedSseEnabled"),
    passes("by SQS, as it does by itself", queue()),
    passes("by SQS", queue(sqsManagedSseEnabled=True)),
    passes("under a key", queue(kmsMasterKeyId=KEY.id, sqsManagedSseEnabled=False), KEY),
    undecided("unknown", queue(sqsManagedSseEnabled=UNKNOWN), at="sqsManagedSseEnabled"),
)


def policy(principal: Any, action: Any, effect: str = "Allow", **more: Any) -> Any:
    statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", **more}
    return document({"Version": "2012-10-17", "Statement": [statement]})


def separate(content: Any, target: R = OWN, **options: Any) -> R:
    return R("aws:sqs/queuePolicy:QueuePolicy", "policy", queueUrl=target.id, policy=content, **options)


DENY = policy("*", "sqs:*", "Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
ROLE = {"AWS": "arn:aws:iam::210987654321:role/sender"}
test_ssl_only = table(
    "sqs-ssl-only",
    fails("no policy", queue(), at="policy"),
    passes("a policy that denies", OWN, separate(DENY)),
    passes("a policy in the queue", queue(policy=DENY)),
    passes("a policy in a component", OWN, separate(DENY, parent=COMPONENT), COMPONENT),
    fails(
        "sending only",
        queue(policy=policy("*", "sqs:SendMessage", "Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})),
        at="policy",
    ),
    fails("the policy of another queue", queue("other"), OWN, separate(DENY), on="other", at="policy"),
    undecided("unknown", queue(policy=UNKNOWN), at="policy"),
)

test_policy_actions_limited = table(
    "sqs-policy-actions-limited",
    fails("every action", queue(policy=policy(ROLE, "sqs:*")), at="policy"),
    passes("one action", queue(policy=policy(ROLE, "sqs:SendMessage"))),
    passes("a denial of every action", queue(policy=DENY)),
    fails("a separate policy", separate(policy(ROLE, ["SQS:*"])), OWN, on="policy", at="policy"),
    undecided("unknown", queue(policy=UNKNOWN), at="policy"),
)

test_policy_allows_by_name = table(
    "sqs-policy-allows-by-name",
    fails(
        "all but one",
        queue(policy=document({"Statement": [{"Effect": "Allow", "Principal": ROLE, "NotAction": "sqs:DeleteQueue"}]})),
        at="policy",
    ),
    passes("by name", queue(policy=policy(ROLE, "sqs:SendMessage"))),
    undecided("unknown", queue(policy=UNKNOWN), at="policy"),
)

test_policy_principals_limited = table(
    "sqs-policy-principals-limited",
    fails("everybody", queue(policy=policy("*", "sqs:SendMessage")), at="policy"),
    passes("a role", queue(policy=policy(ROLE, "sqs:SendMessage"))),
    passes(
        "everybody from one topic",
        queue(
            policy=policy(
                "*",
                "sqs:SendMessage",
                Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:210987654321:t"}},
            )
        ),
    ),
    undecided("unknown", queue(policy=UNKNOWN), at="policy"),
)
