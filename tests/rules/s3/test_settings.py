"""Buckets judged as a whole: v7 resources of their own, v6 inline settings, V2 tokens."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, document, fails, passes, table, undecided

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ENCRYPTION_V2 = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
KEY = R("aws:kms/key:Key", "key")
COMPONENT = R("mine:storage:Bucket", "component")

DATA = R(BUCKET, "data")
OTHER = R(BUCKET, "other")
CHILD = R(BUCKET, "child", parent=COMPONENT)
V2 = R(BUCKET_V2, "v2")


def encrypted(
    bucket: R, algorithm: object = "aws:kms", key: object = None, kind: str = ENCRYPTION, **rule: object
) -> R:
    default = {"sseAlgorithm": algorithm} | ({"kmsMasterKeyId": key} if key is not None else {})
    return R(kind, "encryption", bucket=bucket.id, rules=[{"applyServerSideEncryptionByDefault": default, **rule}])


INLINE_V6 = R(
    BUCKET,
    "inline",
    provider=V6,
    serverSideEncryptionConfiguration={
        "rule": {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"},
            "bucketKeyEnabled": True,
        }
    },
)
INLINE_V2 = R(
    BUCKET_V2,
    "inline2",
    serverSideEncryptionConfigurations=[
        {
            "rules": [
                {
                    "applyServerSideEncryptionByDefaults": [{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}],
                    "bucketKeyEnabled": True,
                }
            ]
        }
    ],
)

LOGS = R(BUCKET, "logs")
LOGGED = R(LOGGING, "logging", bucket=DATA.id, targetBucket=LOGS.id, targetPrefix="x/")
BALANCED = R("aws:lb/loadBalancer:LoadBalancer", "web", accessLogs={"bucket": LOGS.id, "enabled": True})
LOGS_UNDER_SSE_S3 = R(
    ENCRYPTION,
    "logs",
    bucket=LOGS.id,
    rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
)

test_bucket_encryption = table(
    "s3-bucket-encryption",
    passes("in a resource of its own", DATA, encrypted(DATA, "AES256")),
    passes("inline in v6", INLINE_V6),
    passes("inline in V2", INLINE_V2),
    passes("under the other token, in a component", CHILD, encrypted(CHILD, kind=ENCRYPTION_V2), COMPONENT),
    passes("by the bucket's known name", R(BUCKET, "data", bucket="n"), R(ENCRYPTION, "e", bucket="n", rules=[{}])),
    fails("none", DATA, says="has no default encryption"),
    fails("another bucket's", DATA, OTHER, encrypted(OTHER), says="has no default encryption"),
    undecided("one that may be its own", DATA, R(ENCRYPTION, "e", bucket=UNKNOWN, rules=[{}])),
    undecided("unknown inline settings", R(BUCKET, "d", serverSideEncryptionConfiguration=UNKNOWN)),
)

test_bucket_kms_encryption = table(
    "s3-bucket-kms-encryption",
    passes("KMS", DATA, encrypted(DATA)),
    passes("dual-layer KMS", DATA, encrypted(DATA, "aws:kms:dsse")),
    passes("inline in v6", INLINE_V6),
    passes("inline in V2", INLINE_V2),
    fails("S3's own keys", DATA, encrypted(DATA, "AES256"), says="aws:kms"),
    passes("a bucket for logs, which can't", LOGS, LOGS_UNDER_SSE_S3, DATA, encrypted(DATA, key=KEY.arn), KEY, LOGGED),
    fails("none", V2, says="does not encrypt with KMS by default"),
    undecided("an unknown algorithm", DATA, encrypted(DATA, UNKNOWN)),
)

test_bucket_customer_managed_key = table(
    "s3-bucket-customer-managed-key",
    passes("a key of the program", DATA, encrypted(DATA, key=KEY.arn), KEY),
    passes("inline in V2", INLINE_V2),
    fails("the managed key", DATA, encrypted(DATA), says="names no KMS key for its default encryption"),
    passes("a bucket for logs, which can't", LOGS, LOGS_UNDER_SSE_S3, DATA, encrypted(DATA, key=KEY.arn), KEY, LOGGED),
    undecided("unknown rules", DATA, R(ENCRYPTION, "e", bucket=DATA.id, rules=UNKNOWN)),
)

test_bucket_key = table(
    "s3-bucket-key",
    passes("on", DATA, encrypted(DATA, bucketKeyEnabled=True)),
    passes("not KMS", DATA, encrypted(DATA, "AES256")),
    passes("dual-layer KMS has none", DATA, encrypted(DATA, "aws:kms:dsse")),
    passes("inline in v6", INLINE_V6),
    fails("absent", DATA, encrypted(DATA), says="encryption"),
    fails("off", DATA, encrypted(DATA, bucketKeyEnabled=False), says="encrypts with KMS without the bucket key"),
    undecided("unknown", DATA, encrypted(DATA, bucketKeyEnabled=UNKNOWN)),
)


def versioned(bucket: R, status: object = "Enabled", name: str = "versioning") -> R:
    return R(VERSIONING, name, bucket=bucket.id, versioningConfiguration={"status": status})


test_bucket_versioning = table(
    "s3-bucket-versioning",
    passes("in a resource of its own", DATA, versioned(DATA)),
    passes("inline in v6", R(BUCKET, "b", versioning={"enabled": True}, provider=V6)),
    passes("inline in V2", R(BUCKET_V2, "b", versionings=[{"enabled": True}])),
    fails("none", DATA, says="has no versioning enabled"),
    fails("suspended", DATA, versioned(DATA, "Suspended"), says="has no versioning enabled"),
    fails("another bucket's", DATA, OTHER, versioned(OTHER), says="has no versioning enabled"),
    undecided("unknown status", DATA, versioned(DATA, UNKNOWN)),
)

test_bucket_logging = table(
    "s3-bucket-logging",
    passes("in a resource of its own, to a bucket for logs", DATA, LOGS, LOGGED),
    passes("inline in v6", R(BUCKET, "b", logging={"targetBucket": LOGS.id}, provider=V6), LOGS),
    passes("inline in V2", R(BUCKET_V2, "b", loggings=[{"targetBucket": LOGS.id}]), LOGS),
    passes("a load balancer's logs", LOGS, BALANCED),
    fails("none", DATA, says="does not log its requests to a bucket for logs"),
    fails("another bucket's", OTHER, DATA, LOGS, LOGGED, says="does not log its requests to a bucket for logs"),
    fails(
        "another bucket with a load balancer's logs",
        OTHER,
        LOGS,
        BALANCED,
        says="does not log its requests to a bucket for logs",
    ),
    undecided("unknown", DATA, R(LOGGING, "l", bucket=UNKNOWN, targetBucket="elsewhere")),
)

REPLICA = R(BUCKET, "replica")
test_bucket_replication = table(
    "s3-bucket-replication",
    passes(
        "an enabled rule",
        DATA,
        REPLICA,
        R(REPLICATION, "r", bucket=DATA.id, rules=[{"status": "Enabled", "destination": {"bucket": REPLICA.arn}}]),
    ),
    fails("none", DATA, says="has no enabled replication rule"),
    fails(
        "a disabled rule",
        DATA,
        R(REPLICATION, "r", bucket=DATA.id, rules=[{"status": "Disabled"}]),
        says="has no enabled replication rule",
    ),
    undecided("an unknown status", DATA, R(REPLICATION, "r", bucket=DATA.id, rules=[{"status": UNKNOWN}])),
)

NAMED = R(BUCKET, "named", bucket="data-1")
DENY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::data-1", "arn:aws:s3:::data-1/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}
HALF = {**DENY, "Statement": [{**DENY["Statement"][0], "Resource": ["arn:aws:s3:::data-1/*"]}]}  # type: ignore[dict-item]
FAR = R(BUCKET, "far", bucket="far-1")
test_bucket_ssl_only = table(
    "s3-bucket-ssl-only",
    passes("denied for all", NAMED, R(POLICY, "p", bucket=NAMED.id, policy=document(DENY))),
    passes("in the inline policy of v6", R(BUCKET, "named", bucket="data-1", policy=document(DENY), provider=V6)),
    fails("no policy", NAMED, says="has no policy that denies requests without TLS for the bucket and all its objects"),
    fails(
        "objects alone",
        NAMED,
        R(POLICY, "p", bucket=NAMED.id, policy=document(HALF)),
        says="has no policy that denies requests without TLS for the bucket and all its objects",
    ),
    fails(
        "another bucket's policy",
        NAMED,
        FAR,
        R(POLICY, "p", bucket=FAR.id, policy=document(DENY)),
        on=["named", "far"],
        says="has no policy that denies requests without TLS for the bucket and all its objects",
    ),
    undecided("an unknown policy", NAMED, R(POLICY, "p", bucket=NAMED.id, policy=UNKNOWN)),
)
