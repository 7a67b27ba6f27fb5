"""What the provider accepts: values, combinations, complete blocks; and that a rule that knows more is heard alone."""

from preflight.facts import constraints
from preflight.rules import load
from preflight.testing import UNKNOWN, R, fails, not_applicable, passes, secret, table

VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
QUEUE = "aws:sqs/queue:Queue"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
GROUP = "aws:cloudwatch/logGroup:LogGroup"


def versioning(status: object) -> R:
    return R(VERSIONING, "v", bucket="b", versioningConfiguration={"status": status})


test_values_accepted = table(
    "aws-values-accepted",
    passes("an accepted value", versioning("Enabled")),
    passes("the same type under its older token",
           R("aws:s3/bucketVersioningV2:BucketVersioningV2", "v", bucket="b", versioningConfiguration={"status": "Enabled"})),
    passes("absent", R(QUEUE, "q")),
    passes("unknown", versioning(UNKNOWN)),
    passes("at the end of a range", R(QUEUE, "q", delaySeconds=900, maxMessageSize=1048576)),
    fails("wrong case", versioning("enabled"), at="versioningConfiguration.status", says="use 'Enabled'"),
    fails("a trailing space", versioning("Enabled "), at="versioningConfiguration.status", says="'Enabled '"),
    fails("one above a range", R(QUEUE, "q", delaySeconds=901), at="delaySeconds", says="0 to 900"),
    fails("a number as a string", R(QUEUE, "q", delaySeconds="901"), at="delaySeconds", says="0 to 900"),
    fails("below an open range", R(ALARM, "a", evaluationPeriods=0), at="evaluationPeriods", says="1 or more"),
    fails("a secret that is too long for a message", versioning(secret("x" * 200)), at="versioningConfiguration.status",
          says="a string of 200 characters"),
    fails("in a list", R(TASK, "t", family="f", requiresCompatibilities=["EC2", "fargate"]),
          at="requiresCompatibilities[1]", says="use 'FARGATE'"),
    fails("no JSON", R(QUEUE, "q", redrivePolicy="{"), at="redrivePolicy", says="JSON"),
    fails("more values than a message holds", R(ALARM, "a", unit="seconds"), at="unit", says=("use 'Seconds'", "more")),
    not_applicable("a type without constraints", R("aws:nothing/thing:Thing", "x", status="?")),
)  # fmt: skip

test_properties_combined = table(
    "aws-properties-combined",
    passes("one of two", R(QUEUE, "q", kmsMasterKeyId="alias/a")),
    passes("the other is off", R(QUEUE, "q", kmsMasterKeyId="alias/a", sqsManagedSseEnabled=False)),
    passes("the other is unknown", R(QUEUE, "q", kmsMasterKeyId="alias/a", sqsManagedSseEnabled=UNKNOWN)),
    fails("two that exclude each other", R(QUEUE, "q", kmsMasterKeyId="alias/a", sqsManagedSseEnabled=True),
          at="sqsManagedSseEnabled", says="exclude each other"),
    fails("none of those that one is needed of", R("aws:lambda/function:Function", "f", role="r"), says="needs one of"),
    passes("one of those", R("aws:lambda/function:Function", "f", role="r", imageUri=UNKNOWN)),
    fails("one without the other", R("aws:lambda/function:Function", "f", s3Bucket="b"), at="s3Bucket", says="`s3Key`"),
)  # fmt: skip

test_blocks_complete = table(
    "aws-blocks-complete",
    passes("complete", versioning("Enabled")),
    passes("an unknown object", R(VERSIONING, "v", versioningConfiguration=UNKNOWN)),
    passes("an unknown inside", versioning(UNKNOWN)),
    passes("absent", R(VERSIONING, "v")),
    fails("an object without what it must have", R(VERSIONING, "v", versioningConfiguration={"mfaDelete": "Enabled"}),
          at="versioningConfiguration", says="lacks `status`"),
    passes("another spelling of it", R(VERSIONING, "v", versioningConfiguration={"Status": "Enabled"})),
    fails("in a list", R(TASK, "t", volumes=[{"name": "a"}, {"hostPath": "/b"}]), at="volumes[1]", says="`name`"),
)  # fmt: skip


def test_the_page_names_the_releases_that_the_tables_come_from() -> None:
    page = next(rule for rule in load("aws") if rule.id == "aws-values-accepted").source
    for source in constraints.sources():
        assert f"{source.package} {source.version}" in page
