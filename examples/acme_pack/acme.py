"""Acme's own rules. Their ids begin with this module's name: acme-bucket-owner-tagged."""

from __future__ import annotations

from preflight.rule import Findings, Kind, Parameter, Parameters, Resource, Severity, rule
from preflight.stack import Stack

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"teams": Parameter.of(["data", "web"], "The teams that may own a bucket.")},
)
def bucket_owner_tagged(bucket: Resource, parameters: Parameters) -> Findings:
    """Buckets name the team that owns them.

    Why: Costs and incidents are routed by the tag "owner"; without it nobody is called.
    Fix: Set `tags` with "owner" to one of Acme's teams.
    """
    owner = bucket.tags.get("owner")
    if owner not in parameters["teams"]:
        teams = ", ".join(parameters["teams"])
        yield bucket.finding(f"owner is {owner or 'not set'}; set it to one of {teams}", at="tags")


@rule(BUCKET, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def bucket_versioned(bucket: Resource, stack: Stack) -> Findings:
    """Buckets keep the versions of their objects.

    Why: An object that was overwritten by mistake can't be restored.
    Fix: Add an `aws.s3.BucketVersioning` with `versioningConfiguration.status` "Enabled".
    """
    for versioning in stack.referring_to(bucket, BUCKET_VERSIONING, via="bucket"):
        if versioning.text("versioningConfiguration.status") == "Enabled":
            return
    yield bucket.finding("has no versioning; add an `aws.s3.BucketVersioning`")


RULES = [bucket_owner_tagged, bucket_versioned]
