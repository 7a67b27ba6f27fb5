"""A bucket for receipts, and the queue that tells of them."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
days = config.get_int("days") or 30
production = pulumi.get_stack() == "prod"

receipts = aws.s3.Bucket("receipts", force_destroy=not production)
aws.s3.BucketVersioning(
    "receipts", bucket=receipts.bucket, versioning_configuration={"status": "Enabled" if production else "Suspended"}
)
aws.s3.BucketLifecycleConfiguration(
    "receipts", bucket=receipts.bucket, rules=[{"id": "old", "status": "Enabled", "expiration": {"days": days}}]
)
aws.sqs.Queue("arrived", message_retention_seconds=86400)
