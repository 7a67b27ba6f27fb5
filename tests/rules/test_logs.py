"""Rules for CloudWatch Logs."""

from __future__ import annotations

import json
from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, document, fails, not_applicable, passes, table, undecided
from preflight.testing.remedy import remediates, remedied

COMPONENT = R("program:logs:Logs", "component")
ROOT = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "kms:*", "Resource": "*"}
LOGS = {"Effect": "Allow", "Principal": {"Service": "logs.us-east-1.amazonaws.com"}, "Action": "kms:*", "Resource": "*"}


def policy(*statements: Any) -> Any:
    return document({"Version": "2012-10-17", "Statement": list(statements)})


def group(**properties: Any) -> R:
    return R("aws:cloudwatch/logGroup:LogGroup", "group", **properties)


KEY = R("aws:kms/key:Key", "key")
OTHER = R("aws:kms/key:Key", "other")
OPEN_KEY = R("aws:kms/key:Key", "key", policy=policy(ROOT, LOGS))
CLOSED_KEY = R("aws:kms/key:Key", "key", policy=policy(ROOT))


def key_policy(key: R, **options: Any) -> R:
    return R("aws:kms/keyPolicy:KeyPolicy", "policy", keyId=key.id, policy=policy(ROOT, LOGS), **options)


POLICY = key_policy(KEY)
test_group_after_key_policy = table(
    "logs-group-after-key-policy",
    fails(
        "the policy is not awaited", group(kmsKeyId=KEY.arn), KEY, POLICY, at="kmsKeyId", says="'policy' to `dependsOn`"
    ),
    passes("the policy is awaited", group(kmsKeyId=KEY.arn, depends_on=[POLICY]), KEY, POLICY),
    passes("the key through the policy", group(kmsKeyId=POLICY.keyId), KEY, POLICY),
    passes("the key has the policy itself", group(kmsKeyId=OPEN_KEY.arn), OPEN_KEY),
    passes("the key's own policy admits it already", group(kmsKeyId=OPEN_KEY.arn), OPEN_KEY, key_policy(OPEN_KEY)),
    fails(
        "the key's own policy does not",
        group(kmsKeyId=CLOSED_KEY.arn),
        CLOSED_KEY,
        key_policy(CLOSED_KEY),
        at="kmsKeyId",
    ),
    passes("the policy of another key", group(kmsKeyId=KEY.arn), KEY, OTHER, key_policy(OTHER)),
    fails(
        "a policy in a component",
        group(kmsKeyId=KEY.arn),
        KEY,
        key_policy(KEY, parent=COMPONENT),
        COMPONENT,
        at="kmsKeyId",
    ),
    passes("no key", group(), KEY, POLICY),
    undecided("an unknown key", group(kmsKeyId=UNKNOWN), KEY, POLICY, at="kmsKeyId"),
    undecided(
        "an unknown policy of the key",
        group(kmsKeyId=KEY.arn),
        R("aws:kms/key:Key", "key", policy=UNKNOWN),
        POLICY,
        at="policy",
    ),
)

CLUSTER_GROUP = group(name="/aws/eks/main/cluster")
FUNCTION_GROUP = group(name="/aws/lambda/handler")


def cluster(**properties: Any) -> R:
    return R("aws:eks/cluster:Cluster", "cluster", **{"name": "main", "enabledClusterLogTypes": ["api"], **properties})


def function(**properties: Any) -> R:
    return R("aws:lambda/function:Function", "function", name="handler", **properties)


FUNCTION = function()
test_group_before_writer = table(
    "logs-group-before-writer",
    fails("a cluster that logs", cluster(), CLUSTER_GROUP, says="'group' to `dependsOn`"),
    passes("a cluster that waits", cluster(depends_on=[CLUSTER_GROUP]), CLUSTER_GROUP),
    passes("a cluster that does not log", cluster(enabledClusterLogTypes=[]), CLUSTER_GROUP),
    fails(
        "a function",
        FUNCTION,
        FUNCTION_GROUP,
        severity=Severity.LOW,
        says="the function does not wait for log group 'group' and may create it first",
    ),
    fails(
        "a function that the program invokes",
        FUNCTION,
        FUNCTION_GROUP,
        R("aws:lambda/invocation:Invocation", "run", functionName=FUNCTION.name, input="{}"),
        says="the function does not wait for log group 'group' and may create it first",
    ),
    passes("a function that waits", function(depends_on=[FUNCTION_GROUP]), FUNCTION_GROUP),
    passes(
        "a function that logs elsewhere", function(loggingConfig={"logGroup": "x", "logFormat": "JSON"}), FUNCTION_GROUP
    ),
    passes("another function", FUNCTION, group(name="/aws/lambda/other")),
    passes("another region", function(provider=P("west", region="us-west-2")), FUNCTION_GROUP),
    fails(
        "a project",
        R("aws:codebuild/project:Project", "project", name="build"),
        group(name="/aws/codebuild/build"),
        severity=Severity.LOW,
        says="the project does not wait for log group 'group' and may create it first",
    ),
    passes("the group's name is not known", FUNCTION, group(name=UNKNOWN)),
    undecided("the function's name is not known", R("aws:lambda/function:Function", "f", name=UNKNOWN), FUNCTION_GROUP),
)

test_retention_allowed = table(
    "logs-retention-allowed",
    fails("100 days", group(retentionInDays=100), at="retentionInDays", says=("90", "120")),
    passes("90 days", group(retentionInDays=90)),
    passes("for ever", group(retentionInDays=0)),
    passes("absent", group()),
    undecided("unknown", group(retentionInDays=UNKNOWN), at="retentionInDays"),
)


def protection(*statements: Any) -> R:
    text = json.dumps({"Name": "pii", "Version": "2021-06-01", "Statement": list(statements)})
    return R("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", "policy", policyDocument=text)


AUDIT = {"DataIdentifier": ["a", "b"], "Operation": {"Audit": {"FindingsDestination": {}}}}
MASK = {"DataIdentifier": ["b", "a"], "Operation": {"Deidentify": {"MaskConfig": {}}}}
test_data_protection_policy_valid = table(
    "logs-data-protection-policy-valid",
    fails("audit only", protection(AUDIT), at="policyDocument", says="Deidentify"),
    passes("audit and mask", protection(AUDIT, MASK)),
    fails("different data", protection(AUDIT, {**MASK, "DataIdentifier": ["a"]}), at="policyDocument"),
    undecided(
        "unknown", R("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", "policy", policyDocument=UNKNOWN)
    ),
)


def metric_filter(pattern: Any) -> R:
    return R("aws:cloudwatch/logMetricFilter:LogMetricFilter", "filter", pattern=pattern)


test_metric_filter_pattern_valid = table(
    "logs-metric-filter-pattern-valid",
    fails("a bare slash", metric_filter("/health"), at="pattern", says="quote"),
    passes("quoted", metric_filter('"/health" -"HTTP/1.1"')),
    passes("words", metric_filter("?ERROR ?WARN -Exiting")),
    passes("JSON", metric_filter('{ $.status = "5*" }')),
    passes("columns", metric_filter("[ip, user, status=5*]")),
    passes("an expression", metric_filter("%AUTH[A-Z]+%")),
    passes("everything", metric_filter("")),
    undecided("unknown", metric_filter(UNKNOWN), at="pattern"),
)


def resource_policy(number: int, **properties: Any) -> R:
    return R(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        f"policy-{number:02}",
        **{"policyName": f"p{number}", "policyDocument": "{}", **properties},
    )


TEN = [resource_policy(number) for number in range(10)]
test_resource_policies_within_quota = table(
    "logs-resource-policies-within-quota",
    fails("eleven", *TEN, resource_policy(10), on="policy-10", says="11"),
    passes("ten", *TEN),
    passes("the eleventh in another region", *TEN, resource_policy(10, provider=P("west", region="us-west-2"))),
    passes("the eleventh for one log group", *TEN, resource_policy(10, resourceArn="arn:aws:logs:us-east-1:1:x")),
    fails("a long one", resource_policy(1, policyDocument="x" * 5121), at="policyDocument", says="5121"),
)

STREAM = R("aws:kinesis/stream:Stream", "stream")
GROUP = group()


def subscription(destination: Any, name: str = "subscription", to: Any = "app", **properties: Any) -> R:
    return R(
        "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        name,
        logGroup=to,
        destinationArn=destination,
        **properties,
    )


FUNCTION_ARN = "arn:aws:lambda:us-east-1:210987654321:function:handler"
test_subscription_role_set = table(
    "logs-subscription-role-set",
    fails("a stream without a role", subscription(STREAM.arn), STREAM, at="roleArn"),
    passes("a stream with a role", subscription(STREAM.arn, roleArn="arn:aws:iam::210987654321:role/r"), STREAM),
    fails("a known stream", subscription("arn:aws:firehose:us-east-1:210987654321:deliverystream/logs"), at="roleArn"),
    passes("a function", subscription(FUNCTION.arn), FUNCTION),
    passes("a known function", subscription(FUNCTION_ARN)),
    fails(
        "three filters",
        *[subscription(FUNCTION_ARN, f"filter-{number}", GROUP.name) for number in range(3)],
        GROUP,
        on="filter-2",
        at="logGroup",
    ),
    passes("two filters", *[subscription(FUNCTION_ARN, f"filter-{number}", GROUP.name) for number in range(2)], GROUP),
    undecided("unknown", subscription(UNKNOWN), at="destinationArn"),
)

test_group_encrypted = table(
    "logs-group-encrypted",
    fails("no key", group(), at="kmsKeyId"),
    passes("a key of the program", group(kmsKeyId=KEY.arn), KEY),
    passes("unknown is there", group(kmsKeyId=UNKNOWN)),
)

test_group_retention = table(
    "logs-group-retention",
    fails("for ever", group(), at="retentionInDays", says="indefinitely"),
    passes("a year", group(retentionInDays=365)),
    fails("a month", group(retentionInDays=30), says=("30", "365")),
    passes("a month where a week is asked", group(retentionInDays=30), parameters={"days": 7}),
    fails("zero", group(retentionInDays=0), at="retentionInDays"),
    not_applicable("two days by its class", group(logGroupClass="DELIVERY")),
    undecided("unknown", group(retentionInDays=UNKNOWN), at="retentionInDays"),
)


def test_retention_is_set() -> None:
    assert remediates("logs-group-retention", group(name="app", kmsKeyId=UNKNOWN))["kmsKeyId"] == UNKNOWN
    assert remediates("logs-group-retention", group(retentionInDays=30))["retentionInDays"] == 365
    assert remedied("logs-group-retention", group(retentionInDays=UNKNOWN)) is None
    assert remedied("logs-group-retention", group(logGroupClass="DELIVERY")) is None
