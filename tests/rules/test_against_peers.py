"""Places where a peer's rule gives a wrong verdict and Preflight's the right one.

The peer's verdict was read in its source: AWSGuard is @pulumi/awsguard 0.3.1. What it looks at stands beside each case.
"""

from __future__ import annotations

import pytest

from preflight.testing import R, document, fails, passes
from preflight.testing.tables import Case, check

BUCKET, LOGGING = "aws:s3/bucket:Bucket", "aws:s3/bucketLogging:BucketLogging"
DATA, LOGS = R(BUCKET, "data"), R(BUCKET, "logs")
TO_LOGS = R(LOGGING, "logging", bucket=DATA.id, targetBucket=LOGS.id, targetPrefix="data/")
INSTANCE = "aws:ec2/instance:Instance"
BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
REDSHIFT = "aws:redshift/cluster:Cluster"
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
STAGE = R("aws:apigateway/stage:Stage", "stage", stageName="dev", restApi="api", deployment="d")
KEY = R("aws:kms/key:Key", "key", enableKeyRotation=True)
FORWARD = [{"type": "forward", "targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:210987654321:targetgroup/t/1"}]

CASES: list[tuple[str, str, Case]] = [
    (
        "AWSGuard s3-bucket-logging-enabled reads the bucket's inline loggings alone: a violation",
        "s3-bucket-logging",
        passes("logging in a resource of its own", DATA, LOGS, TO_LOGS),
    ),
    (
        "the same, for the bucket that receives the logs: a violation, though logging it to itself never ends",
        "s3-bucket-logging",
        passes("the bucket for logs", LOGS, DATA, TO_LOGS),
    ),
    (
        "AWSGuard rds-instance-backup-enabled takes an absent retention for 7 days; the provider's default is none",
        "rds-backup-enabled",
        fails("no retention", R("aws:rds/instance:Instance", "db", engine="postgres"), says="0 days"),
    ),
    (
        "AWSGuard redshift-cluster-configuration compares encrypted with false; in v7 it is the text 'false': no violation",
        "redshift-encrypted",
        fails("encryption off, as a text", R(REDSHIFT, "c", encrypted="false")),
    ),
    (
        "AWSGuard elb-deletion-protection-enabled knows two old names of the type, not lb.LoadBalancer: no violation",
        "lb-deletion-protection",
        fails("a balancer under its present name", R(BALANCER, "b")),
    ),
    (
        "AWSGuard alb-http-to-https-redirection knows an old name of the listener alone: no violation",
        "lb-http-to-https-redirect",
        fails("plain HTTP that forwards", R(LISTENER, "l", port=80, protocol="HTTP", defaultActions=FORWARD)),
    ),
    (
        "AWSGuard cmk-backing-key-rotation-enabled asks rotation of asymmetric keys, which KMS does not rotate: a violation",
        "kms-key-rotation",
        passes(
            "an asymmetric key", R("aws:kms/key:Key", "k", keyUsage="SIGN_VERIFY", customerMasterKeySpec="RSA_2048")
        ),
    ),
    (
        "AWSGuard efs-encrypted asks for a named key: a violation, though the files are encrypted",
        "efs-encrypted",
        passes("encrypted under the service's key", R("aws:efs/fileSystem:FileSystem", "f", encrypted=True)),
    ),
    (
        "AWSGuard encrypted-volumes reads the instance alone: a violation, though the region encrypts every volume",
        "ec2-instance-block-devices-encrypted",
        passes(
            "encryption by default in the program",
            R(INSTANCE, "i", ami="ami-0c55b159cbfafe1f0"),
            R("aws:ebs/encryptionByDefault:EncryptionByDefault", "e", enabled=True),
        ),
    ),
    (
        "AWSGuard ec2-volume-inuse reads instances without further volumes as violations and never looks at volumes",
        "ebs-volume-attached",
        fails("a volume that nothing attaches", R("aws:ebs/volume:Volume", "v", availabilityZone="us-east-1a", size=8)),
    ),
    (
        "AWSGuard apigateway-method-cached-and-encrypted asks every method for an encrypted cache where there is none",
        "apigateway-stage-cache-encrypted",
        passes(
            "a stage without a cache",
            STAGE,
            R(SETTINGS, "s", restApi="api", stageName="dev", methodPath="*/*", settings={}),
        ),
    ),
    (
        "cdk-nag's and Config's key checks need the literal: a key of the same program is not known yet, and is there",
        "cloudtrail-kms-encrypted",
        passes("a key of the program", R("aws:cloudtrail/trail:Trail", "t", kmsKeyId=KEY.arn), KEY),
    ),
    (
        'pattern matching over policy text finds no Action "*" in a list, nor a statement that is no list',
        "iam-policy-below-admin",
        fails(
            "a single statement, its action in a list",
            R(
                "aws:iam/policy:Policy",
                "p",
                policy=document(
                    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}}
                ),
            ),
        ),
    ),
]


@pytest.mark.parametrize("mode", ["preview", "up"])
@pytest.mark.parametrize(("peer", "rule", "case"), CASES, ids=[f"{rule}: {case.title}" for _, rule, case in CASES])
def test_the_right_verdict_where_a_peer_is_wrong(peer: str, rule: str, case: Case, mode: object) -> None:
    check(rule, case, mode)  # type: ignore[arg-type]
