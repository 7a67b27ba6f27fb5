"""What is right about the broken pipeline: names, tags, private buckets, a health method, and a monitoring role."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

PREFIX = "broken-pipeline"
ENVIRONMENT = pulumi.get_stack()
REGION = pulumi.Config("aws").require("region")

_provider = aws.Provider(
    "aws",
    region=REGION,
    default_tags={"tags": {"Environment": ENVIRONMENT, "Project": PREFIX, "ComplianceLevel": "hipaa"}},
)
ACCOUNT = aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=_provider)).account_id


def options(*, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
    """Options that every resource here has: the provider that tags it."""
    return pulumi.ResourceOptions(provider=_provider, depends_on=list(depends_on))


def tags(purpose: str) -> dict[str, str]:
    """The tag Name; the provider adds the others."""
    return {"Name": f"{PREFIX}-{purpose}-{ENVIRONMENT}"}


@dataclass(frozen=True)
class Bucket:
    """A private bucket with what others depend on."""

    name: str
    bucket: aws.s3.Bucket
    versioning: aws.s3.BucketVersioning
    policy: aws.s3.BucketPolicy


def bucket(purpose: str, *, key: aws.kms.Key, trail_name: str = "") -> Bucket:
    """A private, encrypted, versioned bucket; with `trail_name`, that trail may write into it."""
    name = f"{PREFIX}-{purpose}-{ENVIRONMENT}-{ACCOUNT}"
    made = aws.s3.Bucket(purpose, bucket=name, tags=tags(purpose), opts=options())
    block = aws.s3.BucketPublicAccessBlock(
        purpose,
        bucket=made.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=options(),
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        purpose,
        bucket=made.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
                "bucket_key_enabled": True,
            }
        ],
        opts=options(),
    )
    versioning = aws.s3.BucketVersioning(
        purpose, bucket=made.id, versioning_configuration={"status": "Enabled"}, opts=options()
    )
    arn = f"arn:aws:s3:::{name}"
    statements: list[dict[str, Any]] = [
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    if trail_name:
        source = {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{trail_name}"}
        trail = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
        statements += [
            {**trail, "Action": "s3:GetBucketAcl", "Resource": arn, "Condition": {"StringEquals": source}},
            {
                **trail,
                "Action": "s3:PutObject",
                "Resource": f"{arn}/AWSLogs/{ACCOUNT}/*",
                "Condition": {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
            },
        ]
    policy = aws.s3.BucketPolicy(
        purpose,
        bucket=made.id,
        policy=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        opts=options(depends_on=[block]),
    )
    return Bucket(name, made, versioning, policy)


def health_method(api: aws.apigateway.RestApi) -> list[pulumi.Resource]:
    """GET /health, answered by API Gateway itself."""
    path = aws.apigateway.Resource(
        "health", rest_api=api.id, parent_id=api.root_resource_id, path_part="health", opts=options()
    )
    method = aws.apigateway.Method(
        "health",
        rest_api=api.id,
        resource_id=path.id,
        http_method="GET",
        authorization="AWS_IAM",
        opts=options(),
    )
    integration = aws.apigateway.Integration(
        "health",
        rest_api=api.id,
        resource_id=path.id,
        http_method=method.http_method,
        type="MOCK",
        request_templates={"application/json": json.dumps({"statusCode": 200})},
        opts=options(),
    )
    return [method, integration]


def monitoring_role() -> pulumi.Output[str]:
    """The ARN of a role for RDS enhanced monitoring."""
    role = aws.iam.Role(
        "monitoring",
        name=f"{PREFIX}-monitoring-{ENVIRONMENT}",
        description="Assumed by monitoring.rds.amazonaws.com",
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
        tags=tags("monitoring"),
        opts=options(),
    )
    aws.iam.RolePolicyAttachment(
        "monitoring",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        opts=options(),
    )
    return role.arn
