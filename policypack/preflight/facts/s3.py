"""S3: bucket names, storage classes, which actions are a bucket's and which an object's, and the settings of a bucket.

Written 2026-11 after the pages: 'General purpose bucket naming rules', 'Transitioning objects using Amazon S3
Lifecycle', 'Service Authorization Reference: Amazon S3', 'Permissions for log delivery'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from preflight.facts import iam

_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--table-s3")
DIRECTORY_BUCKET_SUFFIX = "--x-s3"


def bucket_name_problem(name: str, directory: bool = False) -> str | None:
    """Why S3 refuses a bucket name, as the end of a sentence; None for a name it takes.

    `directory`: a directory bucket, whose name must end in '--ZONE--x-s3'; on other buckets that ending is reserved.
    """
    if not 3 <= len(name) <= 63:
        return "must have 3 to 63 characters"
    if not re.fullmatch(r"[a-z0-9.-]+", name):
        return "may have only lower-case letters, digits, dots and hyphens"
    if not (name[0].isalnum() and name[-1].isalnum()):
        return "must begin and end with a letter or digit"
    if ".." in name:
        return "has two dots in a row"
    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", name):
        return "looks like an IP address"
    for prefix in _RESERVED_PREFIXES:
        if name.startswith(prefix):
            return f"begins with the reserved '{prefix}'"
    for suffix in _RESERVED_SUFFIXES:
        if name.endswith(suffix):
            return f"ends with the reserved '{suffix}'"
    if name.endswith(DIRECTORY_BUCKET_SUFFIX) != directory:
        return (
            f"ends with the reserved '{DIRECTORY_BUCKET_SUFFIX}'" if not directory else "must end with '--ZONE--x-s3'"
        )
    return None


# Transitions go down this list only ('Supported transitions'); INTELLIGENT_TIERING and ONEZONE_IA, and the two beside
# GLACIER_IR, have no way between them in either direction.
STORAGE_CLASS_ORDER: Mapping[str, int] = {
    "STANDARD": 0,
    "STANDARD_IA": 1,
    "INTELLIGENT_TIERING": 2,
    "ONEZONE_IA": 3,
    "GLACIER_IR": 4,
    "GLACIER": 5,
    "DEEP_ARCHIVE": 6,
}

# Classes that an object reaches by lifecycle after 30 days at the earliest ('Constraints and considerations').
MIN_TRANSITION_DAYS: Mapping[str, int] = {"STANDARD_IA": 30, "ONEZONE_IA": 30}


def action_level(action: str) -> str | None:
    """Whether an S3 action without prefix ('GetObject') works on 'bucket' or 'object' ARNs. None for one that takes
    both, neither, or has a wildcard, and for an unknown one.
    """
    types = iam.resource_types("s3", action)
    bucket, of_object = "bucket" in types, "object" in types
    if bucket == of_object:
        return None
    return "bucket" if bucket else "object"


# Types that set one thing of a bucket -> the input of the bucket that sets the same inline. All name it in `bucket`.
BUCKET_SETTINGS: Mapping[str, str] = {
    "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration": "accelerationStatus",
    "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2": "accelerationStatus",
    "aws:s3/bucketAcl:BucketAcl": "acl",
    "aws:s3/bucketAclV2:BucketAclV2": "acl",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": "corsRules",
    "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2": "corsRules",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "lifecycleRules",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": "lifecycleRules",
    "aws:s3/bucketLogging:BucketLogging": "logging",
    "aws:s3/bucketLoggingV2:BucketLoggingV2": "loggings",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": "objectLockConfiguration",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": "objectLockConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "replicationConfiguration",
    "aws:s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration": "requestPayer",
    "aws:s3/bucketRequestPaymentConfigurationV2:BucketRequestPaymentConfigurationV2": "requestPayer",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "serverSideEncryptionConfiguration"
    ),
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": (
        "serverSideEncryptionConfiguration"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": "versioning",
    "aws:s3/bucketVersioningV2:BucketVersioningV2": "versioning",
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": "website",
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2": "website",
}

LOGGING_PRINCIPAL = "logging.s3.amazonaws.com"
