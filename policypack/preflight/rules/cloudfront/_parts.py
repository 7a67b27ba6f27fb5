"""The parts of a distribution that several rules read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...rule import Resource, View

DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"
BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"


def behaviors(distribution: Resource) -> Iterator[View]:
    """Yield the default and the ordered cache behaviors."""
    yield from distribution.each("defaultCacheBehavior")
    yield from distribution.each("orderedCacheBehaviors")


def reads_bucket(origin: View) -> bool:
    """Tell whether an origin is read through S3's own interface, which it is unless it has a configuration of another
    kind.
    """
    return not origin.has("customOriginConfig") and not origin.has("vpcOriginConfig")
