"""Trails: their bucket, log group and key, and that they cover what they should."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...documents.answer import every
from ...facts import regions
from ...rule import Certainty, Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .._shared_graph import same_scope, settled
from .._shared_policies import resource_policy, waits_for_any

TRAIL: Final = "aws:cloudtrail/trail:Trail"
BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
ORGANIZATION: Final = "aws:organizations/organization:Organization"
CLOUDTRAIL: Final = iam.service("cloudtrail.amazonaws.com")
TRAILS_PER_REGION: Final = 5
"""A fixed quota; "Quotas in AWS CloudTrail", read 2026-11."""


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def bucket_policy_admits_trail(trail: Resource, stack: Stack) -> Findings:
    """The bucket of a trail has a policy that admits CloudTrail, before the trail is made.

    Why: CloudTrail tries the bucket when the trail is made: "InsufficientS3BucketPolicyException: Incorrect S3 bucket
    policy is detected for bucket".
    Fix: Create a BucketPolicy that allows cloudtrail.amazonaws.com s3:GetBucketAcl on the bucket and s3:PutObject on
    BUCKET/PREFIX/AWSLogs/ACCOUNT/*, and let the trail depend on it.
    Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
    """
    for bucket in stack.referred_by(trail, "s3BucketName", BUCKET):
        policies = stack.referring_to(bucket, BUCKET_POLICY, via="bucket")
        if not bucket.has("policy") and not policies:
            yield trail.finding(
                f"bucket '{bucket.name}' has no policy in this program; add one that admits "
                "cloudtrail.amazonaws.com, and depend on it",
                at="s3BucketName",
            )
            continue
        if not bucket.has("policy") and policies.certain and not waits_for_any(stack, trail, policies.certain):
            yield trail.finding(
                f"the trail does not wait for BucketPolicy '{policies[0].name}'; add "
                f"'{policies[0].name}' to `dependsOn`",
                at="s3BucketName",
                certainty=Certainty.RACE,
            )
            continue
        document = resource_policy(stack, bucket, BUCKET_POLICY, "bucket")
        objects = f"{_arn(bucket)}/*"
        reads = document.allows("s3:GetBucketAcl", principal=CLOUDTRAIL, within=_arn(bucket))
        writes = document.allows("s3:PutObject", principal=CLOUDTRAIL, within=objects)
        if not settled(every([reads, writes]), bucket, "policy"):
            action = "s3:GetBucketAcl" if reads is False else "s3:PutObject"
            yield trail.finding(
                f"the policy of bucket '{bucket.name}' does not allow cloudtrail.amazonaws.com {action}; add a "
                "statement for it",
                at="s3BucketName",
            )


def _arn(bucket: Resource) -> str:
    """The bucket's ARN, a pattern for any bucket where its name is not known yet."""
    known = bucket.known_output("arn")
    if isinstance(known, str):
        return known
    partition = regions.partition(bucket.known_region or "") or "aws"
    return f"arn:{partition}:s3:::{bucket.known('bucket') or '*'}"


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def log_group_complete(trail: Resource) -> Findings:
    """A trail that writes to CloudWatch Logs names both the log group, with a final ":*", and a role.

    Why: One without the other is refused ("InvalidParameterCombinationException: You must specify both"), and so is a
    log group's ARN without the wildcard ("InvalidCloudWatchLogsLogGroupArnException").
    Fix: Set `cloudWatchLogsGroupArn`=`logGroup.arn`.apply(lambda arn: f"{arn}:*") together with
    `cloudWatchLogsRoleArn`, a role that trusts cloudtrail.amazonaws.com.
    Source: AWS CloudTrail User Guide, "Sending events to CloudWatch Logs".
    """
    group, role = trail.has("cloudWatchLogsGroupArn"), trail.has("cloudWatchLogsRoleArn")
    if group != role:
        given, missing = ("cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn")[:: 1 if group else -1]
        yield trail.finding(f"the trail has `{given}` but not `{missing}`; set both", at=missing)
        return
    arn = trail.text("cloudWatchLogsGroupArn")
    if arn is not None and not arn.endswith(":*"):
        yield trail.finding(
            f"'{arn}' does not end in ':*', which CloudTrail requires; append it", at="cloudWatchLogsGroupArn"
        )


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def organization_ready(trail: Resource, stack: Stack) -> Findings:
    """An organization's trail is made in an organization that trusts CloudTrail.

    Why: Without trusted access the trail is refused ("CloudTrailAccessNotEnabledException").
    Fix: Add cloudtrail.amazonaws.com to the organization's `awsServiceAccessPrincipals`.
    Source: AWS CloudTrail User Guide, "Creating a trail for an organization".
    """
    if not trail.flag("isOrganizationTrail"):
        return
    for organization in stack.of_type(ORGANIZATION):
        if "cloudtrail.amazonaws.com" not in list(organization.values("awsServiceAccessPrincipals")):
            yield trail.finding(
                f"organization '{organization.name}' does not trust cloudtrail.amazonaws.com; add it to "
                "`awsServiceAccessPrincipals`",
                at="isOrganizationTrail",
            )


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def trails_within_quota(trail: Resource, stack: Stack) -> Findings:
    """A program makes at most five trails in one Region.

    Why: The quota is fixed: "MaximumNumberOfTrailsExceededException". Multi-region trails count in each Region.
    Fix: Merge trails; one trail can have several event selectors.
    Source: AWS CloudTrail User Guide, "Quotas in AWS CloudTrail".
    """
    trails = stack.of_type(TRAIL)
    before = trails[: trails.index(trail)]
    if len(before) == TRAILS_PER_REGION and all(same_scope(stack, trail, other) for other in before):
        yield trail.finding(
            f"this is trail number {len(before) + 1} in its Region; CloudTrail accepts {TRAILS_PER_REGION}"
        )


@rule(
    TRAIL,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def cloudwatch_logs(trail: Resource) -> Findings:
    """A trail also writes to a CloudWatch log group.

    Why: Log files in a bucket come late and are hard to watch; on a log group, metric filters and alarms act within
    minutes.
    Fix: Set `cloudWatchLogsGroupArn` and `cloudWatchLogsRoleArn`.
    Source: AWS CloudTrail User Guide, "Sending events to CloudWatch Logs"; AWS Config rule
    cloud-trail-cloud-watch-logs-enabled.
    """
    if not trail.has("cloudWatchLogsGroupArn"):
        yield trail.finding(
            "the trail does not write to CloudWatch Logs; set `cloudWatchLogsGroupArn` and `cloudWatchLogsRoleArn`",
            at="cloudWatchLogsGroupArn",
        )


@rule(
    TRAIL,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def kms_encrypted(trail: Resource) -> Findings:
    """A trail encrypts its log files under a KMS key.

    Why: With a key of your own, reading log files takes a permission on the key as well as one on the bucket.
    Fix: Set `kmsKeyId` to a key whose policy admits cloudtrail.amazonaws.com.
    Source: AWS CloudTrail User Guide, "Encrypting CloudTrail log files with AWS KMS keys (SSE-KMS)"; AWS Config rule
    cloud-trail-encryption-enabled.
    """
    if not trail.has("kmsKeyId"):
        yield trail.finding("the trail's log files are not encrypted under a KMS key; set `kmsKeyId`", at="kmsKeyId")


@rule(
    TRAIL,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def log_file_validation(trail: Resource) -> Findings:
    """A trail produces digest files, by which changes of its log files show.

    Why: Without digests nobody can prove that log files were not changed or deleted after they were written.
    Fix: Set `enableLogFileValidation=true`.
    Source: AWS CloudTrail User Guide, "Validating CloudTrail log file integrity"; AWS Config rule
    cloud-trail-log-file-validation-enabled.
    """
    if not trail.flag("enableLogFileValidation"):
        yield trail.finding(
            "log file validation is off; set `enableLogFileValidation=true`", at="enableLogFileValidation"
        )


@rule(
    TRAIL,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def logging_enabled(trail: Resource) -> Findings:
    """A trail that is declared records.

    Why: A trail that is switched off looks like one that works, and records nothing.
    Fix: Leave `enableLogging` out, or set it to `true`.
    Source: AWS CloudTrail API Reference, "StartLogging"; AWS Config rule cloudtrail-enabled.
    """
    if trail.flag("enableLogging") is False:
        yield trail.finding("the trail is switched off; remove `enableLogging`", at="enableLogging")


@rule(
    TRAIL,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def multi_region(trail: Resource) -> Findings:
    """A trail covers all regions, global services included.

    Why: What happens in a Region that nobody uses is what nobody sees: attackers work there.
    Fix: Set `isMultiRegionTrail=true` and leave `includeGlobalServiceEvents` alone.
    Source: AWS CloudTrail User Guide, "Understanding multi-Region trails"; AWS Config rule
    multi-region-cloudtrail-enabled.
    """
    if not trail.flag("isMultiRegionTrail"):
        yield trail.finding("the trail covers one Region only; set `isMultiRegionTrail=true`", at="isMultiRegionTrail")
    elif trail.flag("includeGlobalServiceEvents") is False:
        yield trail.finding(
            "the trail leaves out IAM, STS and other global services; remove `includeGlobalServiceEvents`",
            at="includeGlobalServiceEvents",
        )
