"""What frameworks ask of every bucket: encryption, versioning, logging, replication, TLS."""

from __future__ import annotations

from typing import Any

from ...documents import iam
from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from ...wire import UNKNOWN_STRING
from ._shape import (
    BUCKET,
    ENCRYPTION,
    LOGGING,
    REPLICATION,
    bucket_arn,
    defaults_of,
    encryption_rules,
    entries,
    is_versioned,
    parts,
    policy_of,
)

_KMS = ("aws:kms", "aws:kms:dsse")
_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:elb/loadBalancer:LoadBalancer")


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def bucket_encryption(bucket: Resource, stack: Stack) -> Findings:
    """Buckets declare their default encryption.

    Why: S3 encrypts every new object with keys of its own since 2023; only a declared rule shows an auditor, and keeps
    a later change, what the bucket is meant to have.
    Fix: Add an `aws.s3.BucketServerSideEncryptionConfiguration` for the bucket.
    Source: Amazon S3 User Guide, "Setting default server-side encryption behavior"; AWS Config rule
    s3-bucket-server-side-encryption-enabled.
    """
    rules, places = encryption_rules(stack, bucket)
    if not rules:
        places.settle()
        yield bucket.finding("has no default encryption")


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def bucket_kms_encryption(bucket: Resource, stack: Stack) -> Findings:
    """Buckets encrypt with KMS by default, except for those that receive access logs.

    Why: Keys that S3 owns have no policy, no rotation of your choice, and no record of who decrypted what.
    Fix: Set `sseAlgorithm="aws:kms"` and `kmsMasterKeyId` in the bucket's encryption configuration.
    Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys", "Enabling Amazon S3 server access
    logging" (log buckets take SSE-S3 only); AWS Config rule s3-default-encryption-kms.
    """
    if _receives_logs(bucket, stack):
        return
    rules, places = encryption_rules(stack, bucket)
    if any(default.text("sseAlgorithm") in _KMS for found in rules for default in defaults_of(found)):
        return
    places.settle()
    yield bucket.finding("does not encrypt with KMS by default; set `sseAlgorithm` to aws:kms")


@rule(BUCKET, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def bucket_customer_managed_key(bucket: Resource, stack: Stack) -> Findings:
    """A bucket's default encryption names a KMS key, unless it receives access logs.

    Why: With aws:kms and no key the AWS managed key aws/s3 is used, which can't be shared with another account or
    limited.
    Fix: Set `kmsMasterKeyId` in the bucket's encryption configuration.
    Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys".
    """
    if _receives_logs(bucket, stack):
        return
    rules, places = encryption_rules(stack, bucket)
    if any(default.has("kmsMasterKeyId") for found in rules for default in defaults_of(found)):
        return
    places.settle()
    yield bucket.finding("names no KMS key for its default encryption")


@rule(BUCKET, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def bucket_key(bucket: Resource, stack: Stack) -> Findings:
    """A bucket that encrypts with KMS has its bucket key on.

    Why: Without it every object is one call to KMS, up to a hundred times the cost, and throttling under load.
    Fix: Set `bucketKeyEnabled=true` in the rule of the encryption configuration.
    Source: Amazon S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys".
    """
    rules, _ = encryption_rules(stack, bucket)
    for found in rules:
        # Bucket keys do not exist for dual-layer encryption.
        uses_kms = any(default.text("sseAlgorithm") == "aws:kms" for default in defaults_of(found))
        if uses_kms and not found.flag("bucketKeyEnabled"):
            where = found.owner.name
            yield bucket.finding(f"encrypts with KMS without the bucket key; set `bucketKeyEnabled` on '{where}'")


@bucket_key.remediate_on(ENCRYPTION)
def _use_bucket_key(config: Resource) -> dict[str, Any] | None:
    """Turn the bucket key on in every rule that encrypts with KMS; unknown ones stay."""
    changes = {}
    for index, found in enumerate(config.each("rules")):
        algorithms = [default.known("sseAlgorithm") for default in defaults_of(found)]
        if "aws:kms" in algorithms and not found.is_unknown("bucketKeyEnabled") and not found.flag("bucketKeyEnabled"):
            changes[f"rules[{index}].bucketKeyEnabled"] = True
    return changes or None


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def bucket_versioning(bucket: Resource, stack: Stack) -> Findings:
    """Buckets have versioning enabled.

    Why: Without it an overwrite or a delete, by mistake or by ransomware, is final.
    Fix: Add an `aws.s3.BucketVersioning` with status "Enabled" for the bucket.
    Source: Amazon S3 User Guide, "Retaining multiple versions of objects"; AWS Config rule
    s3-bucket-versioning-enabled.
    """
    if not is_versioned(stack, bucket):
        yield bucket.finding("has no versioning enabled")


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def bucket_logging(bucket: Resource, stack: Stack) -> Findings:
    """Buckets log their requests, except for those that receive such logs.

    Why: Server access logs are the only record of who read which object, unless a trail records data events.
    Fix: Add an `aws.s3.BucketLogging` with a target bucket of its own.
    Source: Amazon S3 User Guide, "Logging requests with server access logging"; AWS Config rule
    s3-bucket-logging-enabled.
    """
    places = parts(stack, bucket, LOGGING, "logging")
    if any(place.has("targetBucket") for place in places.certain):
        return
    if _receives_logs(bucket, stack):
        return
    places.settle()
    yield bucket.finding("does not log its requests to a bucket for logs")


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def bucket_replication(bucket: Resource, stack: Stack) -> Findings:
    """Buckets are replicated, except for those that receive replicas.

    Why: A copy in another Region survives the loss of one, and of the bucket.
    Fix: Add an `aws.s3.BucketReplicationConfig` with an enabled rule; both buckets need versioning.
    Source: Amazon S3 User Guide, "Replicating objects"; AWS Config rule s3-bucket-replication-enabled.
    """
    places = parts(stack, bucket, REPLICATION, "replicationConfiguration")
    if any(found.text("status") == "Enabled" for place in places.certain for found in entries(place, "rules")):
        return
    if stack.referring_to(bucket, REPLICATION, via="rules.destination.bucket").certain:
        return
    places.settle()
    yield bucket.finding("has no enabled replication rule")


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def bucket_ssl_only(bucket: Resource, stack: Stack) -> Findings:
    """A bucket's policy denies every request without TLS, for the bucket and its objects.

    Why: S3 answers plain HTTP: whoever is on the way reads objects, and signed requests can be replayed.
    Fix: Add a statement: Deny, Principal "*", Action "s3:*", Resource the bucket's ARN and ARN/*, Condition {"Bool":
    {"aws:SecureTransport": "false"}}.
    Source: Amazon S3 User Guide, "Enforce encryption of data in transit"; AWS Config rule s3-bucket-ssl-requests-only.
    """
    document = policy_of(stack, bucket)
    arn = bucket_arn(bucket)
    resources = [arn, f"{arn}/*"] if arn else [UNKNOWN_STRING]
    answer = iam.requires_tls(document, ["s3:*"], resources)
    if answer is None:
        raise Undecided("policy", bucket.urn, "is not known yet")
    if not answer:
        yield bucket.finding("has no policy that denies requests without TLS for the bucket and all its objects")


def _receives_logs(bucket: Resource, stack: Stack) -> bool:
    """Tell whether another bucket's access logs, or a load balancer's, go to this one: neither writes under KMS."""
    return (
        bool(stack.referring_to(bucket, LOGGING, via="targetBucket"))
        or bool(stack.referring_to(bucket, *_BALANCERS, via="accessLogs.bucket"))
        or any(
            stack.referring_to(bucket, BUCKET, via=path) for path in ("logging.targetBucket", "loggings.targetBucket")
        )
    )
