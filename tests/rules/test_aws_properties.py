"""The two rules over every AWS resource: names and types that the schema has, and none that is deprecated."""

from __future__ import annotations

import pytest

from preflight.finding import Severity
from preflight.rules.aws._near import nearest, other_spelling
from preflight.testing import UNKNOWN, V6, P, R, fails, not_applicable, passes, secret, table, undecided

LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LIFECYCLE_V6 = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
NEWER = P(name="default_7_99_0", version="7.99.0")
BUCKET = R("aws:s3/bucket:Bucket", "data")


def lifecycle(**rule: object) -> R:
    return R(LIFECYCLE, bucket=BUCKET.id, rules=[{"id": "old", "status": "Enabled", **rule}])


test_properties_known = table(
    "aws-properties-known",
    fails(
        "a nested property in the plural",
        lifecycle(noncurrentVersionExpirations=[{"noncurrentDays": 365}]),
        BUCKET,
        at="rules[0].noncurrentVersionExpirations",
        says=["'noncurrentVersionExpirations'", "'noncurrentVersionExpiration'"],
    ),
    passes("every name as the schema has it", lifecycle(noncurrentVersionExpiration={"noncurrentDays": 365}), BUCKET),
    fails(
        "the plural, in version 6",
        R(
            LIFECYCLE_V6,
            provider=V6,
            bucket="data",
            rules=[{"id": "old", "status": "Enabled", "noncurrentVersionExpirations": {"noncurrentDays": 3}}],
        ),
        at="rules[0].noncurrentVersionExpirations",
        says="'noncurrentVersionExpiration'",
    ),
    fails(
        "snake_case left in a dict, which a framework type drops",
        lifecycle(noncurrent_version_expiration={"noncurrentDays": 365}),
        BUCKET,
        at="rules[0].noncurrent_version_expiration",
        says="'noncurrentVersionExpiration'",
    ),
    fails(
        "snake_case left in a dict, which an older type takes",
        R(GROUP, ingress=[{"protocol": "tcp", "from_port": 443, "toPort": 443}]),
        at="ingress[0].from_port",
        says=["'fromPort'", "accepts this spelling too"],
        severity=Severity.LOW,
    ),
    fails(
        "the singular of a list, deep inside",
        R(
            "aws:cloudfront/distribution:Distribution",
            enabled=True,
            origins=[{"domainName": "a.example.com", "originId": "a"}],
            defaultCacheBehavior={"lambdaFunctionAssociation": [{"eventType": "viewer-request", "lambdaArn": "x"}]},
        ),
        at="defaultCacheBehavior.lambdaFunctionAssociation",
        says="'lambdaFunctionAssociations'",
        severity=Severity.LOW,
    ),
    fails(
        "the singular of a list of texts",
        R(GROUP, ingress=[{"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlock": ["10.0.0.0/8"]}]),
        at="ingress[0].cidrBlock",
        says="'cidrBlocks'",
    ),
    fails(
        "the singular of a list of texts that is Terraform's own name",
        R(
            "aws:networkfirewall/ruleGroup:RuleGroup",
            capacity=10,
            type="STATEFUL",
            ruleGroup={
                "ruleVariables": {"ipSets": [{"key": "HOME", "ipSet": {"definition": ["10.0.0.0/8"]}}]},
                "rulesSource": {"rulesString": "pass icmp any any -> any any (sid:1;)"},
            },
        ),
        at="ruleGroup.ruleVariables.ipSets[0].ipSet.definition",
        says=["'definitions'", "accepts this spelling too"],
        severity=Severity.LOW,
    ),
    fails(
        "CloudFormation's spelling",
        R(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            bucket="data",
            rules=[{"applyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}],
        ),
        at="rules[0].applyServerSideEncryptionByDefault.SSEAlgorithm",
        says="'sseAlgorithm'",
    ),
    fails(
        "one typo",
        R("aws:lambda/function:Function", role="r", environment={"varialbes": {"A": "1"}}),
        at="environment.varialbes",
        says="'variables'",
    ),
    fails(
        "a name that is like no other",
        R("aws:lambda/function:Function", role="r", vpcConfig={"subnetIds": [], "zone": "a"}),
        at="vpcConfig.zone",
        says=["'zone'", "subnetIds"],
    ),
    fails(
        "a name that belongs one level deeper",
        R(LIFECYCLE, bucket="data", rules=[{"status": "Enabled", "noncurrentDays": 3}]),
        at="rules[0].noncurrentDays",
        says="'noncurrentVersionExpiration'",
    ),
    fails(
        "a name of the other major version",
        R("aws:apigateway/deployment:Deployment", restApi="api", stageName="prod"),
        at="stageName",
        says="version 6 has it",
    ),
    passes(
        "the same name in the version that has it",
        R("aws:apigateway/deployment:Deployment", provider=V6, restApi="api", stageName="prod"),
    ),
    fails(
        "a newer provider than the table",
        R("aws:s3/bucket:Bucket", provider=NEWER, bucket="data", bucketz="x"),
        at="bucketz",
        severity=Severity.LOW,
    ),
    fails(
        "two of them",
        lifecycle(prefixx="a", expirations={"days": 1}),
        BUCKET,
        on=("subject", "subject"),
        says="`rules[0]` has no property",
    ),
    passes(
        "keys that are data",
        R(
            "aws:lambda/function:Function",
            role="r",
            tags={"from_port": "x", "any-Key at all": "y"},
            environment={"variables": {"DB_HOST": "h", "noncurrentVersionExpirations": "1"}},
        ),
    ),
    passes(
        "a JSON document given as an object",
        R("aws:s3/bucketPolicy:BucketPolicy", bucket="b", policy={"Version": "2012-10-17", "Statement": [{"X": 1}]}),
    ),
    passes(
        "the bridge's own keys, and nulls",
        R("aws:s3/bucket:Bucket", bucket="b", __defaults=["bucket"], versioning={"enabled": True, "__defaults": []}),
    ),
    passes("what the provider adds", R("aws:s3/bucket:Bucket", bucket="b", region="us-east-1", tagsAll={"a": "b"})),
    passes(
        "one object where an older type has a list",
        R(GROUP, ingress={"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}),
    ),
    fails(
        "one object where a framework type has a list",
        R(LIFECYCLE, bucket="b", rules={"id": "a", "status": "Enabled"}),
        at="rules",
        says="put it into a list",
    ),
    passes(
        "a list of one where an older type has an object",
        R("aws:ec2/instance:Instance", metadataOptions=[{"httpTokens": "required"}]),
    ),
    fails(
        "a list of one where a framework type has an object",
        lifecycle(expiration=[{"days": 3}]),
        BUCKET,
        at="rules[0].expiration",
        says="expects one object",
    ),
    passes("a boolean as text", R("aws:s3/bucket:Bucket", forceDestroy="true")),
    fails(
        "a boolean as text for a framework type",
        lifecycle(expiration={"expiredObjectDeleteMarker": "true"}),
        at="rules[0].expiration.expiredObjectDeleteMarker",
    ),
    passes("a number as text", lifecycle(expiration={"days": "3"}), BUCKET),
    passes("an asset", R("aws:lambda/function:Function", role="r", code={"4dabf18193072939515e22adb298388d": "x"})),
    passes("a secret", R("aws:rds/instance:Instance", instanceClass="db.t3.micro", password=secret("hunter22"))),
    fails(
        "a text where an object belongs",
        lifecycle(expiration="30 days"),
        BUCKET,
        at="rules[0].expiration",
        says=["expects an object", "a string"],
    ),
    fails(
        "several objects where one belongs", lifecycle(expiration=[{"days": 1}, {"days": 2}]), at="rules[0].expiration"
    ),
    fails(
        "a text where a list belongs",
        R(GROUP, ingress=[{"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": "10.0.0.0/8"}]),
        at="ingress[0].cidrBlocks",
        says="a list of strings",
        severity=Severity.LOW,
    ),
    fails(
        "tags as CloudFormation writes them",
        R("aws:s3/bucket:Bucket", tags=[{"Key": "a", "Value": "b"}]),
        at="tags",
        says="map of names to values",
    ),
    fails("a map inside a map of texts", R("aws:s3/bucket:Bucket", tags={"a": {"b": "c"}}), at="tags.a"),
    fails(
        "an object where text belongs",
        R("aws:ecs/taskDefinition:TaskDefinition", family="f", containerDefinitions=[{"name": "a"}, {"name": "b"}]),
        at="containerDefinitions",
        says="serialize it as JSON",
    ),
    fails(
        "a word where a number belongs",
        lifecycle(expiration={"days": "thirty"}),
        at="rules[0].expiration.days",
        says="'thirty'",
    ),
    fails("a boolean where a number belongs", lifecycle(expiration={"days": True}), at="rules[0].expiration.days"),
    fails("a word where a boolean belongs", R("aws:s3/bucket:Bucket", forceDestroy="yes"), at="forceDestroy"),
    passes("an enumerated value that aws-values-accepted judges", R("aws:s3/bucket:Bucket", acl="Private")),
    fails(
        "an enumerated value with other capitals",
        R("aws:ec2/securityGroupRule:SecurityGroupRule", protocol="TCP"),
        at="protocol",
        says="'tcp'",
        severity=Severity.LOW,
    ),
    passes(
        "a value that is newer than the SDK's list",
        R("aws:lambda/function:Function", role="r", runtime="python3.19", handler="a.b"),
    ),
    passes("an unknown text", R("aws:s3/bucket:Bucket", bucket=UNKNOWN)),
    undecided("an unknown object", lifecycle(expiration=UNKNOWN), BUCKET, at="rules[0].expiration"),
    undecided("an unknown list of objects", R(LIFECYCLE, bucket="b", rules=UNKNOWN), at="rules"),
    fails(
        "a wrong name beside an unknown object",
        lifecycle(expiration=UNKNOWN, transition_s=1),
        at="rules[0].transition_s",
        says="'transitions'",
        also_undecided=True,
    ),
    not_applicable("a type that the table doesn't have", R("aws:future/thing:Thing", name="x")),
    not_applicable("a type of the other major version", R(LIFECYCLE, provider=V6, bucket="b")),
    given=[BUCKET],
)

test_properties_current = table(
    "aws-properties-current",
    fails("a deprecated property", R("aws:s3/bucket:Bucket", acl="private"), at="acl", says="s3.BucketAcl"),
    passes("nothing deprecated", R("aws:s3/bucket:Bucket", bucket="b", tags={"acl": "x"})),
    passes("the same property where it is current", R("aws:s3/bucket:Bucket", provider=V6, acl="private")),
    fails("a deprecated type", R("aws:s3/bucketV2:BucketV2"), at="", says="in favor of s3.Bucket"),
    fails(
        "a type that the service retires", R("aws:ec2/launchConfiguration:LaunchConfiguration"), says="LaunchTemplate"
    ),
    fails(
        "a role's list of managed policies",
        R("aws:iam/role:Role", assumeRolePolicy="{}", managedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        at="managedPolicyArns",
        says="RolePolicyAttachment",
    ),
    fails(
        "Container Insights before its enhancement",
        R("aws:ecs/cluster:Cluster", settings=[{"name": "containerInsights", "value": "enabled"}]),
        at="settings[0].value",
        says='"enhanced"',
    ),
    passes(
        "Container Insights, enhanced",
        R("aws:ecs/cluster:Cluster", settings=[{"name": "containerInsights", "value": "enhanced"}]),
    ),
    fails("an unknown value of a deprecated property", R("aws:s3/bucket:Bucket", policy=UNKNOWN), at="policy"),
    undecided(
        "an unknown setting of a cluster",
        R("aws:ecs/cluster:Cluster", settings=[{"name": "containerInsights", "value": UNKNOWN}]),
        at="settings[0].value",
    ),
    not_applicable("a type of no table", R("aws:future/thing:Thing")),
)


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("noncurrentVersionExpirations", ["noncurrentVersionExpiration", "noncurrentVersionTransitions"], 0),
        ("subnet_ids", ["subnetIds", "subnetId"], 0),
        ("KMSKeyId", ["kmsKeyId", "key"], 0),
        ("policy", ["policies", "name"], 0),
        ("enviroment", ["environment", "endpoint"], 0),
        ("desciptoin", ["description"], 0),
        ("id", ["ip", "is"], None),
        ("color", ["cooler-than-that", "column"], None),
    ],
)
def test_nearest(name: str, known: list[str], meant: int | None) -> None:
    assert nearest(name, known) == (None if meant is None else known[meant])


def test_terraform_spelling() -> None:
    assert other_spelling("from_port", "fromPort", block=False)
    assert other_spelling("lifecycleRule", "lifecycleRules", block=True)
    assert other_spelling("alias", "aliases", block=True)
    assert not other_spelling("expirations", "expiration", block=False)
    assert not other_spelling("SSEAlgorithm", "sseAlgorithm", block=False)
