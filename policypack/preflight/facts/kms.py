"""KMS: which service must be let in by a key policy, for what, and which keys rotate.

Written 2026-11 after the pages: 'Encrypt log data in CloudWatch Logs using KMS', 'Configure AWS KMS key policies for
CloudTrail', 'Key management' of SQS and SNS, 'Required KMS key policy for use with encrypted volumes', 'Rotate AWS
KMS keys'.
"""

from __future__ import annotations

from collections.abc import Mapping

# What CloudWatch Logs needs, by its regional principal (see `logs_principal`).
LOGS_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*")


def logs_principals(region: str) -> tuple[str, str]:
    """The principals that let CloudWatch Logs of a region use a key: the region's own, and the one of all regions."""
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"logs.{region}.{suffix}", "logs.amazonaws.com"


# (type, property that points to the encrypted queue or topic) -> principal that sends to it. Each needs SENDER_ACTIONS.
SENDERS: Mapping[tuple[str, str], str] = {
    ("aws:s3/bucketNotification:BucketNotification", "queues.queueArn"): "s3.amazonaws.com",
    ("aws:s3/bucketNotification:BucketNotification", "topics.topicArn"): "s3.amazonaws.com",
    ("aws:cloudwatch/eventTarget:EventTarget", "arn"): "events.amazonaws.com",
    ("aws:cloudwatch/eventTarget:EventTarget", "deadLetterConfig.arn"): "events.amazonaws.com",
    ("aws:sns/topicSubscription:TopicSubscription", "endpoint"): "sns.amazonaws.com",
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "alarmActions"): "cloudwatch.amazonaws.com",
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "okActions"): "cloudwatch.amazonaws.com",
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "insufficientDataActions"): "cloudwatch.amazonaws.com",
}
SENDER_ACTIONS = ("kms:GenerateDataKey*", "kms:Decrypt")

# 'Rotate AWS KMS keys': only symmetric encryption keys with material of AWS KMS rotate by themselves.
ROTATING_KEY_SPEC = "SYMMETRIC_DEFAULT"
ROTATING_KEY_USAGE = "ENCRYPT_DECRYPT"

# The role that Amazon EC2 Auto Scaling launches instances with, below its path; the path is part of the ARN.
AUTOSCALING_ROLE = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
