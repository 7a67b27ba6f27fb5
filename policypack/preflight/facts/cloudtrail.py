"""CloudTrail: data events of basic selectors, and what bucket and key must allow.

Written 2026-11 after the pages: 'Logging data events', API DataResource, 'Amazon S3 bucket policy for CloudTrail',
'Configure AWS KMS key policies for CloudTrail'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

PRINCIPAL = "cloudtrail.amazonaws.com"

# API DataResource, `type`: basic event selectors know these three; all others need advanced event selectors.
BASIC_DATA_RESOURCE_TYPES = frozenset({"AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"})

# API DataResource, `values`: what an entry may be, by type. An S3 entry is a prefix; the bare 'arn:aws:s3' stands for
# all buckets, and a bucket needs a '/' after its name.
_PARTITION = r"arn:aws[a-z-]*"
DATA_RESOURCE_VALUES: Mapping[str, re.Pattern[str]] = {
    "AWS::S3::Object": re.compile(rf"{_PARTITION}:s3(:::)?|{_PARTITION}:s3:::[^/*?]+/.*", re.DOTALL),
    "AWS::Lambda::Function": re.compile(rf"{_PARTITION}:lambda|{_PARTITION}:lambda:[^:]+:\d{{12}}:function:.+"),
    "AWS::DynamoDB::Table": re.compile(rf"{_PARTITION}:dynamodb|{_PARTITION}:dynamodb:[^:]+:\d{{12}}:table/.+"),
}

# What the bucket policy must allow PRINCIPAL on the bucket, and on its objects below [PREFIX/]AWSLogs/.
BUCKET_ACTION = "s3:GetBucketAcl"
OBJECT_ACTION = "s3:PutObject"
OBJECT_FOLDER = "AWSLogs/"

# What the key policy must allow PRINCIPAL; DescribeKey is asked for as well, but a trail starts without it.
KEY_ACTIONS = ("kms:GenerateDataKey*",)


def data_resource_value_allowed(resource_type: str, value: str) -> bool | None:
    """Whether an entry of `eventSelectors.dataResources.values` is one that CloudTrail takes; None for an unknown
    type.
    """
    pattern = DATA_RESOURCE_VALUES.get(resource_type)
    return bool(pattern.fullmatch(value)) if pattern else None
