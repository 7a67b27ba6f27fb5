"""S3 buckets: encrypted, versioned, private, reachable over TLS only, with access logs, lifecycle and replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.identity import ServiceRole
from components.keys import EncryptionKey
from components.naming import Kind
from components.policies import Statement, allow, document, tls_only
from components.scope import Component, Scope


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """What becomes of objects over time, in days. None leaves a step out.

    Storage classes need 30 days before STANDARD_IA, and expiration comes after every transition (S3 User Guide,
    "Lifecycle
    configuration elements").
    """

    noncurrent_days: int = 365
    """Days that a replaced or deleted version is kept."""
    infrequent_after_days: int | None = None
    """Days until objects move to STANDARD_IA."""
    archive_after_days: int | None = None
    """Days until objects move to GLACIER_IR."""
    expire_after_days: int | None = None
    """Days until objects are deleted."""

    def __post_init__(self) -> None:
        steps = [
            days
            for days in (self.infrequent_after_days, self.archive_after_days, self.expire_after_days)
            if days is not None
        ]
        if steps != sorted(set(steps)) or self.noncurrent_days < 1 or (self.infrequent_after_days or 30) < 30:
            raise ValueError(f"{self}: transitions and expiration need growing days, and STANDARD_IA at least 30")


class PrivateBucket(Component):
    """What all buckets share: ownership without ACLs, public access blocked, versioning, lifecycle, and a policy that
    asks for TLS."""

    def __init__(
        self,
        token: str,
        name: str,
        *,
        scope: Scope,
        lifecycle: Lifecycle,
        statements: Sequence[Statement],
        keep_objects: bool,
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token, name, scope=scope, opts=opts)
        self.key = key
        self.bucket_name = self.physical(name, Kind.BUCKET)
        """The name as text, known at preview."""
        self.bucket = aws.s3.Bucket(
            name,
            bucket=self.bucket_name,
            force_destroy=not keep_objects,
            tags=self.named(self.bucket_name),
            opts=self.inside(),
        )
        self.arn = self.bucket.arn
        ownership = aws.s3.BucketOwnershipControls(
            name, bucket=self.bucket.id, rule={"object_ownership": "BucketOwnerEnforced"}, opts=self.inside()
        )
        block = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.inside(),
        )
        self.versioning = aws.s3.BucketVersioning(
            name, bucket=self.bucket.id, versioning_configuration={"status": "Enabled"}, opts=self.inside()
        )
        arn = scope.bucket_arn(self.bucket_name)
        self.policy = aws.s3.BucketPolicy(
            name,
            bucket=self.bucket.id,
            policy=document([tls_only("s3", [arn, f"{arn}/*"]), *statements]),
            opts=self.inside(depends_on=[block, ownership]),
        )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.id,
            rules=[_lifecycle_rule(lifecycle)],
            opts=self.inside(depends_on=[self.versioning]),
        )

    @property
    def ready(self) -> list[pulumi.Resource]:
        """What a service that writes into the bucket depends on."""
        return [self.policy]

    def objects(self, *actions: str) -> Statement:
        """An IAM statement on the bucket's objects, such as `bucket.objects("s3:GetObject")`; known at preview."""
        return allow(actions, [f"{self.scope.bucket_arn(self.bucket_name)}/*"])


class AccessLogBucket(PrivateBucket):
    """Receives the access logs of the buckets and load balancers of one Region.

    Its encryption is SSE-S3, the only one that both log deliveries can write to (S3 User Guide, "Enabling Amazon S3
    server access
    logging"; Elastic Load Balancing, "Enable access logs for your Application Load Balancer").
    """

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        retention_days: int,
        keep_objects: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        retention_days: days until log files expire.
        keep_objects: off lets `pulumi destroy` delete a bucket that still holds logs.
        """
        arn = scope.bucket_arn(scope.names.physical(name, Kind.BUCKET))
        account = {"StringEquals": {"aws:SourceAccount": scope.account_id}}
        super().__init__(
            "reference:storage:AccessLogBucket",
            name,
            scope=scope,
            lifecycle=Lifecycle(noncurrent_days=30, expire_after_days=retention_days),
            statements=[
                allow(
                    ["s3:PutObject"],
                    [f"{arn}/s3/*"],
                    sid="S3AccessLogs",
                    principal={"Service": "logging.s3.amazonaws.com"},
                    conditions=account,
                ),
                allow(
                    ["s3:PutObject"],
                    [f"{arn}/lb/*"],
                    sid="LoadBalancerLogs",
                    principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                    conditions=account,
                ),
            ],
            keep_objects=keep_objects,
            opts=opts,
        )
        _encrypt(self, algorithm="AES256")
        self.register_outputs({"name": self.bucket.bucket})


class SecureBucket(PrivateBucket):
    """A bucket under a customer-managed key, with server access logs."""

    TOKEN = "reference:storage:SecureBucket"

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        access_logs: AccessLogBucket,
        lifecycle: Lifecycle | None = None,
        statements: Sequence[Statement] = (),
        keep_objects: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        access_logs: bucket of the same Region that receives the access logs, under `s3/{bucket}/`.
        lifecycle: days of transitions and expiration; by default only replaced versions expire, after 365 days.
        statements: what the bucket policy allows beside refusing requests without TLS.
        keep_objects: off lets `pulumi destroy` delete a bucket that still holds objects.
        """
        super().__init__(
            self.TOKEN,
            name,
            scope=scope,
            lifecycle=lifecycle or Lifecycle(),
            statements=statements,
            keep_objects=keep_objects,
            key=key,
            opts=opts,
        )
        _encrypt(self, algorithm="aws:kms", key_arn=key.arn)
        aws.s3.BucketLogging(
            name,
            bucket=self.bucket.id,
            target_bucket=access_logs.bucket.id,
            target_prefix=f"s3/{self.bucket_name}/",
            opts=self.inside(depends_on=access_logs.ready),
        )
        self.register_outputs({"name": self.bucket.bucket, "arn": self.arn})


class PhiBucket(SecureBucket):
    """Holds protected health information: a `SecureBucket` under a type of its own, so that policies and people can
    find it."""

    TOKEN = "reference:storage:PhiBucket"


class Replication(Component):
    """Copies every new object of one bucket to another, in the same or another Region, with delete markers."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        source: PrivateBucket,
        destination: PrivateBucket,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        scope: where the source bucket is.
        boundary_arn: managed policy that caps the replication role's permissions.
        Source: S3 User Guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
        """
        super().__init__("reference:storage:Replication", name, scope=scope, opts=opts)
        source_arn = scope.bucket_arn(source.bucket_name)
        role = ServiceRole(
            name,
            scope=scope,
            service="s3.amazonaws.com",
            statements=[
                allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], [source_arn]),
                source.objects(
                    "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"
                ),
                destination.objects("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"),
                *([source.key.usage(encrypt=False)] if source.key else []),
                *([destination.key.usage()] if destination.key else []),
            ],
            boundary_arn=boundary_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.s3.BucketReplicationConfig(
            name,
            bucket=source.bucket.id,
            role=role.arn,
            rules=[
                {
                    "id": "all-objects",
                    "priority": 1,
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "delete_marker_replication": {"status": "Enabled"},
                    "source_selection_criteria": (
                        {"sse_kms_encrypted_objects": {"status": "Enabled"}} if destination.key else None
                    ),
                    "destination": {
                        "bucket": destination.arn,
                        "storage_class": "STANDARD_IA",
                        "encryption_configuration": (
                            {"replica_kms_key_id": destination.key.arn} if destination.key else None
                        ),
                    },
                }
            ],
            opts=self.inside(depends_on=[source.versioning, destination.versioning, *role.ready]),
        )
        self.register_outputs({})


def _encrypt(bucket: PrivateBucket, *, algorithm: str, key_arn: pulumi.Input[str] | None = None) -> None:
    aws.s3.BucketServerSideEncryptionConfiguration(
        bucket.name,
        bucket=bucket.bucket.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": {"sse_algorithm": algorithm, "kms_master_key_id": key_arn},
                "bucket_key_enabled": key_arn is not None,  # one KMS call for many objects
            }
        ],
        opts=bucket.inside(),
    )


def _lifecycle_rule(lifecycle: Lifecycle) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    classes = (("STANDARD_IA", lifecycle.infrequent_after_days), ("GLACIER_IR", lifecycle.archive_after_days))
    rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
        "id": "retention",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        "noncurrent_version_expiration": {"noncurrent_days": lifecycle.noncurrent_days},
    }
    transitions = [(storage, days) for storage, days in classes if days is not None]
    if transitions:
        rule["transitions"] = [{"days": days, "storage_class": storage} for storage, days in transitions]
    if lifecycle.expire_after_days is not None:
        rule["expiration"] = {"days": lifecycle.expire_after_days}
    return rule
