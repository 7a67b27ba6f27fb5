"""VPC endpoints: which services have gateway endpoints, and how a service name reads.

Written 2026-11 after the pages: 'Gateway endpoints', 'AWS services that integrate with AWS PrivateLink'.
"""

from __future__ import annotations

import re

# 'Gateway endpoints': all other services have interface endpoints only. S3 and DynamoDB have both.
GATEWAY_SERVICES = frozenset({"s3", "dynamodb", "s3express"})

_NAME = re.compile(
    r"(?:com\.amazonaws|cn\.com\.amazonaws|aws\.api|aws\.sagemaker)\.(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d)\.(?P<service>[a-z0-9._-]+)"
)


def split(service_name: str) -> tuple[str, str] | None:
    """'com.amazonaws.us-west-2.ecr.dkr' -> ('us-west-2', 'ecr.dkr'); None for a name that isn't an AWS service's."""
    match = _NAME.fullmatch(service_name)
    return (match["region"], match["service"]) if match else None


def has_gateway(service: str) -> bool:
    """Whether a service ('s3') has a gateway endpoint."""
    return service in GATEWAY_SERVICES


def has_interface(service: str) -> bool:
    """Whether a service can have an interface endpoint: all but S3 Express One Zone ('s3express')."""
    return service != "s3express"


# What a task in a subnet without a way to the internet needs to start with an image of ECR ('Amazon ECR interface VPC
# endpoints'), beside S3 by gateway or interface; logs with the awslogs driver.
ECR_SERVICES = ("ecr.api", "ecr.dkr")
