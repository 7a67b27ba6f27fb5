"""The audit trail: CloudTrail to a bucket and a log group of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.identity import ServiceRole
from components.keys import EncryptionKey
from components.logs import EncryptedLogGroup
from components.naming import Kind
from components.policies import Conditions, allow
from components.scope import Component, Scope
from components.storage import AccessLogBucket, Lifecycle, SecureBucket


class TrailBucket(SecureBucket):
    """Receives the log files of one trail, and of no other (CloudTrail User Guide, "Amazon S3 bucket policy for
    CloudTrail")."""

    TOKEN = "reference:audit:TrailBucket"

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        access_logs: AccessLogBucket,
        trail_name: str,
        retention_days: int,
        keep_objects: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """retention_days: days until log files expire; they move to cheaper storage after 90 days."""
        arn = scope.bucket_arn(scope.names.physical(name, Kind.BUCKET))
        principal = {"Service": "cloudtrail.amazonaws.com"}
        this_trail: Conditions = {"StringEquals": {"aws:SourceArn": scope.arn("cloudtrail", f"trail/{trail_name}")}}
        super().__init__(
            name,
            scope=scope,
            key=key,
            access_logs=access_logs,
            lifecycle=Lifecycle(archive_after_days=90, expire_after_days=retention_days),
            statements=[
                allow(["s3:GetBucketAcl"], [arn], sid="TrailChecksAcl", principal=principal, conditions=this_trail),
                allow(
                    ["s3:PutObject"],
                    [f"{arn}/AWSLogs/{scope.account_id}/*"],
                    sid="TrailWrites",
                    principal=principal,
                    conditions={
                        "StringEquals": {**this_trail["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}
                    },
                ),
            ],
            keep_objects=keep_objects,
            opts=opts,
        )


class AuditTrail(Component):
    """A trail over all Regions with validated, encrypted log files: management events, and object events of chosen
    buckets."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        access_logs: AccessLogBucket,
        watched_buckets: Sequence[SecureBucket],
        bucket_retention_days: int,
        log_key: EncryptionKey,
        log_retention_days: int,
        keep_objects: bool = True,
        insights: bool = False,
        boundary_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        key: encrypts the log files; used by `KeyUser.CLOUDTRAIL`.
        watched_buckets: buckets whose object reads and writes are recorded, beside the trail's own. Basic event
            selectors know
            S3 objects, Lambda functions and DynamoDB tables; RDS calls are management events (CloudTrail API,
            "DataResource").
        bucket_retention_days: days until log files expire.
        log_key, log_retention_days: of the CloudWatch copy, which metric filters and alarms read.
        insights: also report unusual rates of calls and errors, at 0.35 USD for 100,000 events.
        boundary_arn: managed policy that caps the permissions of the role that writes it.
        """
        super().__init__("reference:audit:AuditTrail", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        trail_name = self.physical(name, Kind.TRAIL)
        self.bucket = TrailBucket(
            f"{name}-files",
            scope=scope,
            key=key,
            access_logs=access_logs,
            trail_name=trail_name,
            retention_days=bucket_retention_days,
            keep_objects=keep_objects,
            opts=parent,
        )
        self.log_group = EncryptedLogGroup(
            name, scope=scope, key=log_key, retention_days=log_retention_days, opts=parent
        )
        role = ServiceRole(
            name,
            scope=scope,
            service="cloudtrail.amazonaws.com",
            statements=[self.log_group.writing()],
            boundary_arn=boundary_arn,
            opts=parent,
        )
        # Each delivery into the trail's own bucket is recorded too: one event more per file, and tampering
        # leaves a trace.
        buckets = [*watched_buckets, self.bucket]
        objects = [f"{scope.bucket_arn(bucket.bucket_name)}/" for bucket in buckets]
        self.trail = aws.cloudtrail.Trail(
            name,
            name=trail_name,
            s3_bucket_name=self.bucket.bucket.id,
            kms_key_id=key.arn,
            cloud_watch_logs_group_arn=pulumi.Output.concat(self.log_group.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            event_selectors=[
                {
                    "read_write_type": "All",
                    "include_management_events": True,
                    "data_resources": [{"type": "AWS::S3::Object", "values": objects}],
                }
            ],
            insight_selectors=(
                [{"insight_type": kind} for kind in ("ApiCallRateInsight", "ApiErrorRateInsight")] if insights else None
            ),
            tags=self.named(trail_name),
            opts=self.inside(
                depends_on=[*self.bucket.ready, *key.ready, *role.ready, *(bucket.bucket for bucket in buckets)]
            ),
        )
        self.arn = self.trail.arn
        self.register_outputs({"arn": self.arn})
