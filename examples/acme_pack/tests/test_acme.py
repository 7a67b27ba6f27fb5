"""Acme's rules, judged as in production; Preflight's own rules are tested in the same way."""

import acme

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

BUCKET = R("aws:s3/bucket:Bucket", "reports")
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"

test_bucket_owner_tagged = table(
    acme.bucket_owner_tagged,
    passes("one of the teams", R("aws:s3/bucket:Bucket", "b", tags={"owner": "data"})),
    passes("another team", R("aws:s3/bucket:Bucket", "b", tags={"owner": "ops"}), parameters={"teams": ["ops"]}),
    fails("not a team", R("aws:s3/bucket:Bucket", "b", tags={"owner": "bob"}), at="tags", says="owner is bob"),
    fails("no tags", R("aws:s3/bucket:Bucket", "b"), at="tags", says="owner is not set"),
    undecided("unknown tags", R("aws:s3/bucket:Bucket", "b", tags=UNKNOWN), at="tags"),
)

test_bucket_versioned = table(
    acme.bucket_versioned,
    passes("versioned", BUCKET, R(VERSIONING, "v", bucket=BUCKET.id, versioningConfiguration={"status": "Enabled"})),
    fails(
        "suspended",
        BUCKET,
        R(VERSIONING, "v", bucket=BUCKET.id, versioningConfiguration={"status": "Suspended"}),
        says="has no versioning",
    ),
    fails("absent", BUCKET, says="BucketVersioning"),
    fails(
        "on another bucket",
        BUCKET,
        R("aws:s3/bucket:Bucket", "other"),
        R(VERSIONING, "v", bucket=R("aws:s3/bucket:Bucket", "other").id, versioningConfiguration={"status": "Enabled"}),
        says="has no versioning",
    ),
    undecided("an unknown status", BUCKET, R(VERSIONING, "v", bucket=BUCKET.id, versioningConfiguration=UNKNOWN)),
)
