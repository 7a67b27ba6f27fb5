"""Rules over all AWS resources: names, tags, scopes, values, schedules, timeouts, descriptions."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided

BUCKET = "aws:s3/bucket:Bucket"
ROLE = "aws:iam/role:Role"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
INSTANCE = "aws:ec2/instance:Instance"
EU = P("eu", region="eu-west-1")

test_names_per_environment = table(
    "aws-names-per-environment",
    passes("with the stack's name", R(BUCKET, "b", bucket="orders-dev")),
    passes("made by Pulumi", R(BUCKET, "orders", bucket="orders-0a1b2c3")),
    passes("made by Pulumi in lowercase", R(BUCKET, "Orders", bucket="orders-0a1b2c3")),
    passes("made by Pulumi without a hyphen", R("aws:rds/instance:Instance", "orders", identifier="orders0a1b2c3")),
    passes("made by Pulumi of letters", R("aws:glue/job:Job", "Load", name="load_qwertyui")),
    passes("AWS keeps two of a name", R("aws:apigateway/restApi:RestApi", "api", name="orders")),
    passes(
        "AWS numbers them", R("aws:ecs/taskDefinition:TaskDefinition", "t", family="web", containerDefinitions="[]")
    ),
    passes("the environment in another word", R(BUCKET, "b", bucket="orders-development")),
    passes("with the account", R(BUCKET, "b", bucket="orders-210987654321")),
    passes("with a random part", R(BUCKET, "b", bucket="orders-9f8e7d6c")),
    passes("absent", R(BUCKET, "b")),
    passes("a type without a name", R("aws:s3/bucketPolicy:BucketPolicy", "p")),
    fails("the same in every stack", R(BUCKET, "b", bucket="orders-data"), at="bucket", says=["orders-data", "dev"]),
    fails("another environment", R(ROLE, "r", name="worker-prod"), at="name"),
    undecided("unknown", R(BUCKET, "b", bucket=UNKNOWN), at="bucket"),
)

test_names_unique = table(
    "aws-names-unique",
    passes("two names", R(ROLE, "a", name="x"), R(ROLE, "b", name="y")),
    passes("one name, two types", R(ROLE, "a", name="x"), R("aws:iam/policy:Policy", "b", name="x")),
    passes("one name, two regions", R(ALARM, "a", name="x"), R(ALARM, "b", name="x", provider=EU)),
    passes("no names", R(ROLE, "a"), R(ROLE, "b")),
    fails("one name twice", R(ROLE, "a", name="x"), R(ROLE, "b", name="x"), on="b", at="name", says="'a'"),
    fails(
        "bucket names are global",
        R(BUCKET, "a", bucket="x-1"),
        R("aws:s3/bucketV2:BucketV2", "b", bucket="x-1", provider=EU),
        on="b",
        at="bucket",
    ),
    fails("AWS overwrites", R(ALARM, "a", name="x"), R(ALARM, "b", name="x"), on="b", says="silently overwrites"),
    passes("an unknown name", R(ROLE, "a", name="x"), R(ROLE, "b", name=UNKNOWN)),
)

PATTERN = {"patterns": {"*": "[a-z]+-[a-z]+"}}
test_names_follow_convention = table(
    "aws-names-follow-convention",
    passes("off by default", R(ROLE, "r", name="Whatever")),
    passes("follows", R(ROLE, "r", name="orders-dev"), parameters=PATTERN),
    passes("follows but for Pulumi's suffix", R(ROLE, "r", name="orders-dev-0a1b2c3"), parameters=PATTERN),
    passes("absent", R(ROLE, "r"), parameters=PATTERN),
    fails("does not follow", R(ROLE, "r", name="OrdersDev"), parameters=PATTERN, at="name", says="OrdersDev"),
    fails(
        "a type's own pattern", R(ROLE, "r", name="orders-dev"), parameters={"patterns": {ROLE: "role-.*"}}, at="name"
    ),
    undecided("unknown", R(ROLE, "r", name=UNKNOWN), parameters=PATTERN),
)

TAGS = {"Name": "n", "Environment": "dev", "Project": "p", "ComplianceLevel": "l"}
DEFAULTS = P("tagged", config={"defaultTags": {"tags": {"Environment": "dev", "Project": "p", "ComplianceLevel": "l"}}})
test_required_tags_present = table(
    "aws-required-tags-present",
    passes("on the resource", R(BUCKET, "b", tags=TAGS)),
    passes("on the provider", R(BUCKET, "b", tags={"Name": "n"}, provider=DEFAULTS)),
    passes("values that are not known yet", R(BUCKET, "b", tags={**TAGS, "Name": UNKNOWN})),
    passes("a type without tags", R("aws:s3/bucketPolicy:BucketPolicy", "p")),
    passes("the configured keys", R(BUCKET, "b", tags={"Owner": "o"}), parameters={"keys": ["Owner"], "values": {}}),
    fails("none", R(BUCKET, "b"), at="tags", says="Name, Environment, Project, ComplianceLevel"),
    fails("an empty one", R(BUCKET, "b", tags={**TAGS, "Project": ""}), says="Project"),
    undecided("unknown tags", R(BUCKET, "b", tags=UNKNOWN), at="tags"),
)

test_tags_match_environment = table(
    "aws-tags-match-environment",
    passes("matches", R(BUCKET, "b", tags={"Environment": "development"})),
    passes("no tag", R(BUCKET, "b")),
    passes("no environment's word", R(BUCKET, "b", tags={"Environment": "blue"})),
    fails("contradicts", R(BUCKET, "b", tags={"Environment": "production"}), at="tags.Environment", says="production"),
    fails("another key", R(BUCKET, "b", tags={"env": "qa"}), at="tags.env"),
    passes("on the provider", R(BUCKET, "b", provider=DEFAULTS)),
    fails(
        "contradicts on the provider",
        R(BUCKET, "b", provider=P("other", config={"defaultTags": {"tags": {"Environment": "prod"}}})),
        at="tags.Environment",
    ),
    passes(
        "on the provider, and is right on the resource",
        R(
            BUCKET,
            "b",
            tags={"Environment": "dev"},
            provider=P("other", config={"defaultTags": {"tags": {"Environment": "prod"}}}),
        ),
    ),
    undecided("unknown tags", R(BUCKET, "b", tags=UNKNOWN), at="tags"),
)

ACCOUNT = "aws:apigateway/account:Account"
ENCRYPTION = "aws:ebs/encryptionByDefault:EncryptionByDefault"
LINKED = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
test_singleton_defined_once = table(
    "aws-singleton-defined-once",
    passes("once", R(ACCOUNT, "a")),
    passes("in two regions", R(ACCOUNT, "a"), R(ACCOUNT, "b", provider=EU)),
    passes(
        "of two keys",
        R(LINKED, "a", awsServiceName="ecs.amazonaws.com"),
        R(LINKED, "b", awsServiceName="rds.amazonaws.com"),
    ),
    fails("twice", R(ACCOUNT, "a"), R(ACCOUNT, "b"), on="b", says="'a'"),
    fails(
        "twice per account, in two regions",
        R(LINKED, "a", awsServiceName="x"),
        R(LINKED, "b", awsServiceName="x", provider=EU),
        on="b",
        at="",
        says="'a' is the one per account",
    ),
    undecided("an unknown region", R(ACCOUNT, "a"), R(ACCOUNT, "b", provider=P("u", region=UNKNOWN))),
)

test_singleton_in_baseline_stack = table(
    "aws-singleton-in-baseline-stack",
    passes("in a baseline project", R(ENCRYPTION, "e"), parameters={"baseline_projects": ["program"]}),
    passes("an ordinary type", R(BUCKET, "b")),
    fails("in an application", R(ENCRYPTION, "e"), says="shared with every other stack"),
)

test_outputs_resolved = table(
    "aws-outputs-resolved",
    passes("a text", R(BUCKET, "b", bucket="orders")),
    passes("unknown", R(BUCKET, "b", bucket=UNKNOWN)),
    fails(
        "an Output in an f-string",
        R(BUCKET, "b", bucket="x-Calling __str__ on an Output[T] is not supported."),
        at="bucket",
    ),
    fails(
        "inside JSON",
        R(ROLE, "r", assumeRolePolicy=json.dumps({"a": "<pulumi.output.Output object at 0x7f>"})),
        at="assumeRolePolicy",
    ),
    fails("nested", R(BUCKET, "b", tags={"a": "[object Object]"}), at="tags.a", says="Output.concat"),
)

test_placeholders_replaced = table(
    "aws-placeholders-replaced",
    passes("real values", R(INSTANCE, "i", ami="ami-0c55b159cbfafe1f0", subnetId="subnet-0a1b2c3d4e5f60718")),
    passes("unknown", R(INSTANCE, "i", subnetId=UNKNOWN)),
    passes("a rule's id", R("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "l", rules=[{"id": "expire-abc"}])),
    passes("in free text", R(INSTANCE, "i", tags={"accountId": "123456789012"}, userData="arn:aws:iam::123456789012:role/x")),
    passes("an emulator's account", R("aws:lambda/function:Function", "f", roleArn="arn:aws:iam::000000000000:role/x"), parameters={"test_accounts": ["000000000000"]}),
    fails("the sample account", R("aws:rds/instance:Instance", "d", monitoringRoleArn="arn:aws:iam::123456789012:role/x"), at="monitoringRoleArn", says="123456789012"),
    fails("a sample id", R(INSTANCE, "i", subnetId="subnet-12345"), at="subnetId"),
    fails("in a list", R(INSTANCE, "i", vpcSecurityGroupIds=["sg-0a1b2c3d4e5f60718", "sg-12345678"]), at="vpcSecurityGroupIds[1]"),
    fails("a sample word", R("aws:ecs/taskDefinition:TaskDefinition", "t", roleArn="REPLACE_ME"), at="roleArn"),
)  # fmt: skip

RULE = "aws:cloudwatch/eventRule:EventRule"
PLAN = "aws:backup/plan:Plan"
test_schedules_valid = table(
    "aws-schedules-valid",
    passes("a rate", R(RULE, "r", scheduleExpression="rate(5 minutes)")),
    passes("a cron", R(RULE, "r", scheduleExpression="cron(0 2 * * ? *)")),
    passes("absent", R(RULE, "r", eventPattern="{}")),
    passes(
        "once, in Scheduler", R("aws:scheduler/schedule:Schedule", "s", scheduleExpression="at(2030-01-01T00:00:00)")
    ),
    fails("Unix cron", R(RULE, "r", scheduleExpression="0 2 * * *"), at="scheduleExpression", says="0 2 * * *"),
    fails("five fields", R(RULE, "r", scheduleExpression="cron(0 2 * * *)"), at="scheduleExpression"),
    fails("plural for one", R(RULE, "r", scheduleExpression="rate(1 days)"), at="scheduleExpression"),
    fails(
        "in a list",
        R(PLAN, "p", rules=[{"schedule": "cron(0 2 * * ? *)"}, {"schedule": "daily"}]),
        at="rules[1].schedule",
    ),
    undecided("unknown", R(RULE, "r", scheduleExpression=UNKNOWN), at="scheduleExpression"),
)


def timed(kind: str, seconds: float = 0, **properties: Any) -> R:
    return R(kind, "r", options={"customTimeouts": {"create": seconds}}, **properties)


DB, CACHE = "aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"
test_slow_resources_have_timeouts = table(
    "aws-slow-resources-have-timeouts",
    passes("long enough", timed(DB, 3600)),
    passes("absent", R(DB, "d")),
    passes("a large cache by default", timed(CACHE, numCacheClusters=9)),
    fails("shorter than usual", timed(DB, 60), says=["1 minutes", "10"]),
    fails("a large cache, asked for", timed(CACHE, numCacheClusters=9), parameters={"defaults": True}, says="9 nodes"),
    undecided("an unknown size", timed(CACHE, numCacheClusters=UNKNOWN), parameters={"defaults": True}),
)

KEY = "aws:kms/key:Key"
test_descriptions_present = table(
    "aws-descriptions-present",
    passes("described", R(KEY, "k", description="logs of the API")),
    passes("a comment", R("aws:athena/database:Database", "d", comment="orders")),
    passes("not known yet", R(KEY, "k", description=UNKNOWN)),
    fails("absent", R(KEY, "k"), at="description"),
    fails("the provider's own", R(KEY, "k", description="Managed by Pulumi"), at="description"),
)
