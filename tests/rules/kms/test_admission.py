"""Key policies that admit the services which use the key."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, document, fails, passes, table, undecided

ROOT = "arn:aws:iam::210987654321:root"
ACCOUNT = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
CIPHER = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
COMPONENT = R("program:keys:Keys", "component")
WEST = P("west", region="us-west-2")


def policy(*statements: dict[str, Any]) -> Any:
    return document({"Version": "2012-10-17", "Statement": [ACCOUNT, *statements]})


def allow(service: str, actions: Any = CIPHER, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions, "Resource": "*", **more}


def key(*statements: dict[str, Any], name: str = "key", **options: Any) -> R:
    return R("aws:kms/key:Key", name, policy=policy(*statements), **options)


def separate(target: Any, *statements: dict[str, Any], **options: Any) -> R:
    return R("aws:kms/keyPolicy:KeyPolicy", "policy", keyId=target, policy=policy(*statements), **options)


def group(target: Any, **options: Any) -> R:
    return R("aws:cloudwatch/logGroup:LogGroup", "group", **{"name": "app", "kmsKeyId": target, **options})


def names(*arns: str) -> dict[str, Any]:
    return {"Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": list(arns)}}}


KEY = key()
PLAIN = R("aws:kms/key:Key", "key")
LOGS = allow("logs.us-east-1.amazonaws.com")
ALIAS = R("aws:kms/alias:Alias", "alias", name="alias/logs", targetKeyId=KEY.id)
OTHER = key(LOGS, name="other")
ELSEWHERE = "arn:aws:logs:us-east-1:210987654321:log-group:other"
test_key_policy_admits_logs = table(
    "kms-key-policy-admits-logs",
    fails(
        "the account alone",
        group(KEY.arn),
        KEY,
        at="kmsKeyId",
        says=("'key'", "logs.us-east-1.amazonaws.com", "kms:Encrypt"),
    ),
    passes("the service of the region", group(key(LOGS).arn), key(LOGS)),
    fails("the default policy", group(PLAIN.arn), PLAIN, at="kmsKeyId"),
    passes(
        "the service without a region", group(key(allow("logs.amazonaws.com")).arn), key(allow("logs.amazonaws.com"))
    ),
    fails(
        "the service of another region",
        group(key(allow("logs.us-west-2.amazonaws.com")).arn),
        key(allow("logs.us-west-2.amazonaws.com")),
        at="kmsKeyId",
    ),
    passes(
        "a log group in another region",
        group(key(allow("logs.us-west-2.amazonaws.com"), provider=WEST).arn, provider=WEST),
        key(allow("logs.us-west-2.amazonaws.com"), provider=WEST),
    ),
    passes(
        "everybody",
        group(key({**LOGS, "Principal": "*"}).arn),
        key({**LOGS, "Principal": "*"}),
    ),
    passes(
        "all actions", group(key(allow("logs.us-east-1.amazonaws.com", "kms:*")).arn), key({**LOGS, "Action": "kms:*"})
    ),
    fails(
        "Encrypt is missing",
        group(key({**LOGS, "Action": CIPHER[1:]}).arn),
        key({**LOGS, "Action": CIPHER[1:]}),
        at="kmsKeyId",
    ),
    fails(
        "ReEncrypt is missing",
        group(key({**LOGS, "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]}).arn),
        key({**LOGS, "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]}),
        severity=Severity.LOW,
        says="kms:ReEncryptFrom",
    ),
    passes("a separate policy", group(PLAIN.arn), PLAIN, separate(PLAIN.id, LOGS)),
    passes(
        "a separate policy in a component",
        group(PLAIN.arn),
        PLAIN,
        separate(PLAIN.id, LOGS, parent=COMPONENT),
        COMPONENT,
    ),
    fails("a separate policy replaces the key's own", group(OTHER.arn), OTHER, separate(OTHER.id), at="kmsKeyId"),
    fails("the policy of another key", group(PLAIN.arn), PLAIN, OTHER, separate(OTHER.id, LOGS), at="kmsKeyId"),
    fails("through an alias", group(ALIAS.targetKeyArn), ALIAS, KEY, at="kmsKeyId"),
    passes("a key from elsewhere", group("arn:aws:kms:us-east-1:210987654321:key/0a1b")),
    passes("no key", R("aws:cloudwatch/logGroup:LogGroup", "group")),
    passes(
        "limited to all groups of the account",
        group(KEY.arn),
        key({**LOGS, **names("arn:aws:logs:us-east-1:210987654321:*")}),
    ),
    fails(
        "limited to other groups",
        group(KEY.arn),
        key({**LOGS, **names(ELSEWHERE)}),
        severity=Severity.LOW,
        says="other log groups",
    ),
    undecided("an unknown policy", group(KEY.arn), R("aws:kms/key:Key", "key", policy=UNKNOWN), at="policy"),
    undecided("a policy for an unknown key", group(PLAIN.arn), PLAIN, separate(UNKNOWN, LOGS)),
    undecided("an unknown key", group(UNKNOWN), KEY, at="kmsKeyId"),
    undecided("an unknown region", group(key(LOGS).arn, provider=P("any", region=UNKNOWN)), key(LOGS), only=None),
)

TRAIL_STATEMENT = allow("cloudtrail.amazonaws.com", ["kms:GenerateDataKey*", "kms:DescribeKey"])


def trail(target: Any) -> R:
    return R("aws:cloudtrail/trail:Trail", "trail", s3BucketName="logs", kmsKeyId=target)


test_key_policy_admits_cloudtrail = table(
    "kms-key-policy-admits-cloudtrail",
    fails("the account alone", trail(KEY.arn), KEY, at="kmsKeyId", says="cloudtrail.amazonaws.com"),
    passes("the service", trail(KEY.arn), key(TRAIL_STATEMENT)),
    fails("the default policy", trail(PLAIN.arn), PLAIN, at="kmsKeyId"),
    passes("a separate policy", trail(PLAIN.arn), PLAIN, separate(PLAIN.id, TRAIL_STATEMENT)),
    fails(
        "the policy of another key", trail(PLAIN.arn), PLAIN, OTHER, separate(OTHER.id, TRAIL_STATEMENT), at="kmsKeyId"
    ),
    fails("in a component", trail(key(parent=COMPONENT).arn), key(parent=COMPONENT), COMPONENT, at="kmsKeyId"),
    passes("no key", R("aws:cloudtrail/trail:Trail", "trail", s3BucketName="logs")),
    passes("a key from elsewhere", trail("alias/trail")),
    undecided("an unknown policy", trail(KEY.arn), R("aws:kms/key:Key", "key", policy=UNKNOWN), at="policy"),
)

NEEDS = ["kms:GenerateDataKey*", "kms:Decrypt"]
QUEUE = R("aws:sqs/queue:Queue", "queue", kmsMasterKeyId=KEY.id)
TOPIC = R("aws:sns/topic:Topic", "topic", kmsMasterKeyId=KEY.id)
FROM_S3 = R(
    "aws:s3/bucketNotification:BucketNotification",
    "notification",
    bucket="data",
    queues=[{"queueArn": QUEUE.arn, "events": ["s3:ObjectCreated:*"]}],
)
TOPIC_FROM_S3 = R(
    "aws:s3/bucketNotification:BucketNotification",
    "notification",
    bucket="data",
    topics=[{"topicArn": TOPIC.arn, "events": ["s3:ObjectCreated:*"]}],
)
FROM_EVENTS = R("aws:cloudwatch/eventTarget:EventTarget", "target", rule="rule", arn=QUEUE.arn)
FROM_TOPIC = R(
    "aws:sns/topicSubscription:TopicSubscription", "subscription", topic="t", protocol="sqs", endpoint=QUEUE.arn
)
FROM_ALARM = R("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", alarmActions=[TOPIC.arn])
AWS_KEY_QUEUE = R("aws:sqs/queue:Queue", "queue", kmsMasterKeyId="alias/aws/sqs")
test_key_policy_admits_senders = table(
    "kms-key-policy-admits-senders",
    fails("alarms to a topic", TOPIC, KEY, FROM_ALARM, at="kmsMasterKeyId", says="cloudwatch.amazonaws.com"),
    passes("alarms are admitted", TOPIC, key(allow("cloudwatch.amazonaws.com", NEEDS)), FROM_ALARM),
    fails("S3 to a queue", QUEUE, KEY, FROM_S3, says="s3.amazonaws.com"),
    passes("S3 is admitted", QUEUE, key(allow("s3.amazonaws.com", NEEDS)), FROM_S3),
    fails("S3 to a topic", TOPIC, KEY, TOPIC_FROM_S3, says="s3.amazonaws.com"),
    fails("EventBridge to a queue", QUEUE, KEY, FROM_EVENTS, says="events.amazonaws.com"),
    fails("Decrypt is missing", QUEUE, key(allow("events.amazonaws.com", NEEDS[:1])), FROM_EVENTS, at="kmsMasterKeyId"),
    fails(
        "two of three",
        QUEUE,
        key(allow("s3.amazonaws.com", NEEDS)),
        FROM_S3,
        FROM_EVENTS,
        FROM_TOPIC,
        says=("events", "sns"),
    ),
    fails("a separate policy without", QUEUE, KEY, separate(KEY.id), FROM_EVENTS, at="kmsMasterKeyId"),
    passes("a separate policy", QUEUE, KEY, separate(KEY.id, allow("events.amazonaws.com", NEEDS)), FROM_EVENTS),
    passes("nobody sends", QUEUE, KEY),
    passes(
        "they send to another queue", QUEUE, KEY, R("aws:sqs/queue:Queue", "other"), R(FROM_EVENTS.type_, "t", arn="x")
    ),
    passes("a key of AWS", AWS_KEY_QUEUE, R(FROM_EVENTS.type_, "target", rule="rule", arn=AWS_KEY_QUEUE.arn)),
    undecided("an unknown policy", QUEUE, R("aws:kms/key:Key", "key", policy=UNKNOWN), FROM_EVENTS, at="policy"),
)


def template(target: Any) -> R:
    return R(
        "aws:ec2/launchTemplate:LaunchTemplate",
        "template",
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"kmsKeyId": target, "encrypted": "true"}}],
    )


TEMPLATE = template(KEY.arn)
GROUP = R("aws:autoscaling/group:Group", "group", launchTemplate={"id": TEMPLATE.id})
ADMIN = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:role/admin"}, "Action": "kms:*"}
ROLE = "arn:aws:iam::210987654321:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def only(*statements: dict[str, Any]) -> R:
    return R("aws:kms/key:Key", "key", policy=document({"Version": "2012-10-17", "Statement": list(statements)}))


test_key_policy_admits_autoscaling = table(
    "kms-key-policy-admits-autoscaling",
    fails("a single role", GROUP, TEMPLATE, only(ADMIN), at="launchTemplate", says="AWSServiceRoleForAutoScaling"),
    passes("the service-linked role", GROUP, TEMPLATE, only(ADMIN, {**ADMIN, "Principal": {"AWS": [ROLE]}})),
    passes("the account", GROUP, TEMPLATE, KEY),
    passes("the default policy", GROUP, TEMPLATE, PLAIN),
    passes("no key", R("aws:autoscaling/group:Group", "group", launchTemplate={"id": "lt-0a1b"})),
    passes("another template", GROUP, template("alias/aws/ebs"), only(ADMIN)),
    undecided("an unknown policy", GROUP, TEMPLATE, R("aws:kms/key:Key", "key", policy=UNKNOWN), at="policy"),
)
