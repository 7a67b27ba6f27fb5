"""Trails: bucket, log group, key, coverage."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, P, R, concat, document, fails, passes, table, undecided

COMPONENT = R("program:audit:Audit", "component")


def trail(name: str = "trail", **properties: Any) -> R:
    return R("aws:cloudtrail/trail:Trail", name, **{"s3BucketName": "logs", **properties})


def text(bucket: Any, *actions: str, service: str = "cloudtrail.amazonaws.com") -> Any:
    return document(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": service},
                    "Action": action,
                    "Resource": bucket if action == "s3:GetBucketAcl" else concat(bucket, "/AWSLogs/210987654321/*"),
                }
                for action in actions
            ],
        }
    )


BOTH = ("s3:GetBucketAcl", "s3:PutObject")
NAMED = R("aws:s3/bucket:Bucket", "bucket", bucket="acme-trail")
BUCKET = R("aws:s3/bucket:Bucket", "bucket")
V2 = R("aws:s3/bucketV2:BucketV2", "bucket", bucket="acme-trail")
OTHER = R("aws:s3/bucket:Bucket", "other")
ARN = "arn:aws:s3:::acme-trail"


def policy(bucket: R, content: Any, **options: Any) -> R:
    return R("aws:s3/bucketPolicy:BucketPolicy", "policy", bucket=bucket.id, policy=content, **options)


GOOD = policy(NAMED, text(ARN, *BOTH))
MADE = policy(BUCKET, text(BUCKET.arn, *BOTH))
INSIDE = policy(NAMED, text(ARN, *BOTH), parent=COMPONENT)
UNREADABLE = policy(NAMED, UNKNOWN)
test_bucket_policy_admits_trail = table(
    "cloudtrail-bucket-policy-admits-trail",
    fails(
        "no policy",
        trail(s3BucketName=BUCKET.id),
        BUCKET,
        at="s3BucketName",
        says=("'bucket'", "cloudtrail.amazonaws.com"),
    ),
    passes("a policy that is awaited", trail(s3BucketName=NAMED.id, depends_on=[GOOD]), NAMED, GOOD),
    fails("a policy that is not awaited", trail(s3BucketName=NAMED.id), NAMED, GOOD, says="'policy' to `dependsOn`"),
    passes("the bucket through the policy", trail(s3BucketName=GOOD.bucket), NAMED, GOOD),
    passes("a policy in a component", trail(s3BucketName=NAMED.id, depends_on=[INSIDE]), NAMED, INSIDE, COMPONENT),
    fails(
        "PutObject is missing",
        trail(s3BucketName=NAMED.id, depends_on=[policy(NAMED, text(ARN, BOTH[0]))]),
        NAMED,
        policy(NAMED, text(ARN, BOTH[0])),
        says="s3:PutObject",
    ),
    fails(
        "another service",
        trail(s3BucketName=NAMED.id, depends_on=[policy(NAMED, text(ARN, *BOTH, service="logs.amazonaws.com"))]),
        NAMED,
        policy(NAMED, text(ARN, *BOTH, service="logs.amazonaws.com")),
        at="s3BucketName",
    ),
    fails(
        "the objects of another bucket",
        trail(s3BucketName=NAMED.id, depends_on=[policy(NAMED, text("arn:aws:s3:::elsewhere", *BOTH))]),
        NAMED,
        policy(NAMED, text("arn:aws:s3:::elsewhere", *BOTH)),
        at="s3BucketName",
    ),
    fails(
        "the policy of another bucket",
        trail(s3BucketName=BUCKET.id),
        BUCKET,
        OTHER,
        policy(OTHER, text("arn:aws:s3:::other", *BOTH)),
        at="s3BucketName",
    ),
    passes(
        "the other token",
        trail(s3BucketName=V2.id, depends_on=[policy(V2, text(ARN, *BOTH))]),
        V2,
        policy(V2, text(ARN, *BOTH)),
    ),
    passes(
        "a policy in the bucket",
        trail(s3BucketName=R("aws:s3/bucket:Bucket", "bucket", bucket="acme-trail", policy=text(ARN, *BOTH)).id),
        R("aws:s3/bucket:Bucket", "bucket", bucket="acme-trail", policy=text(ARN, *BOTH)),
    ),
    passes("the bucket is made elsewhere", trail(s3BucketName="acme-trail")),
    undecided("the ARN is not known yet", trail(s3BucketName=BUCKET.id, depends_on=[MADE]), BUCKET, MADE, at="policy"),
    passes("the ARN is known", trail(s3BucketName=BUCKET.id, depends_on=[MADE]), BUCKET, MADE, only="up"),
    fails("an unknown policy that is not awaited", trail(s3BucketName=NAMED.id), NAMED, UNREADABLE, at="s3BucketName"),
    undecided("an unknown policy", trail(s3BucketName=NAMED.id, depends_on=[UNREADABLE]), NAMED, UNREADABLE),
)

GROUP = R("aws:cloudwatch/logGroup:LogGroup", "group")
GROUP_ARN = "arn:aws:logs:us-east-1:210987654321:log-group:trail"
ROLE = "arn:aws:iam::210987654321:role/trail"
test_log_group_complete = table(
    "cloudtrail-log-group-complete",
    fails("no role", trail(cloudWatchLogsGroupArn=f"{GROUP_ARN}:*"), at="cloudWatchLogsRoleArn"),
    passes("group and role", trail(cloudWatchLogsGroupArn=f"{GROUP_ARN}:*", cloudWatchLogsRoleArn=ROLE)),
    fails("no group", trail(cloudWatchLogsRoleArn=ROLE), at="cloudWatchLogsGroupArn"),
    fails("no wildcard", trail(cloudWatchLogsGroupArn=GROUP_ARN, cloudWatchLogsRoleArn=ROLE), says="':*'"),
    fails("no role for an unknown group", trail(cloudWatchLogsGroupArn=UNKNOWN), at="cloudWatchLogsRoleArn"),
    passes("neither", trail()),
    undecided("an unknown group", trail(cloudWatchLogsGroupArn=UNKNOWN, cloudWatchLogsRoleArn=ROLE)),
)


def organization(principals: Any) -> R:
    return R("aws:organizations/organization:Organization", "organization", awsServiceAccessPrincipals=principals)


test_organization_ready = table(
    "cloudtrail-organization-ready",
    fails(
        "no trust", trail(isOrganizationTrail=True), organization(["config.amazonaws.com"]), at="isOrganizationTrail"
    ),
    passes("trust", trail(isOrganizationTrail=True), organization(["cloudtrail.amazonaws.com"])),
    passes("an organization made elsewhere", trail(isOrganizationTrail=True)),
    passes("the account's own trail", trail(), organization([])),
    undecided("unknown", trail(isOrganizationTrail=True), organization(UNKNOWN), at="awsServiceAccessPrincipals"),
)

FIVE = [trail(f"trail-{number}") for number in range(5)]
test_trails_within_quota = table(
    "cloudtrail-trails-within-quota",
    fails("six", *FIVE, trail("trail-5"), on="trail-5", says="6"),
    passes("five", *FIVE),
    passes("the sixth in another region", *FIVE, trail("trail-5", provider=P("west", region="us-west-2"))),
)


def with_property(at: str, value: Any) -> R:
    return R("aws:cloudtrail/trail:Trail", "trail", s3BucketName="logs", **{at: value})


def on_off(rule: str, at: str, message: str) -> Any:
    return table(
        rule,
        fails("absent", trail(), at=at, says=message),
        passes("on", with_property(at, True)),
        fails("off", with_property(at, False), at=at),
        undecided("unknown", with_property(at, UNKNOWN), at=at),
    )


def present(rule: str, at: str) -> Any:
    return table(rule, fails("absent", trail(), at=at), passes("there", with_property(at, GROUP.arn), GROUP))


test_cloudwatch_logs = present("cloudtrail-cloudwatch-logs", "cloudWatchLogsGroupArn")
test_kms_encrypted = present("cloudtrail-kms-encrypted", "kmsKeyId")
test_log_file_validation = on_off("cloudtrail-log-file-validation", "enableLogFileValidation", "validation")
test_multi_region = on_off("cloudtrail-multi-region", "isMultiRegionTrail", "one Region")
test_logging_enabled = table(
    "cloudtrail-logging-enabled",
    fails("off", trail(enableLogging=False), at="enableLogging"),
    passes("absent", trail()),
    undecided("unknown", trail(enableLogging=UNKNOWN), at="enableLogging"),
)
