"""A bucket as a whole: its settings stand in resources of their own (v7), inline (v6), or under plural V2 names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...documents import iam
from ...finding import Undecided
from ...resource import Resource
from ...stack import Stack
from ...view import View
from .._shared_policies import resource_policy

BUCKET: Final = "aws:s3/bucket:Bucket"
ACL: Final = "aws:s3/bucketAcl:BucketAcl"
ACCOUNT_BLOCK: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"

BLOCK_SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@dataclass(frozen=True)
class Parts:
    """The places that hold one setting of a bucket; ``possible`` when another resource may hold it too."""

    certain: list[View]
    possible: Undecided | None

    def settle(self) -> None:
        """Raise Undecided when there may be a place that can't be told yet."""
        if self.possible is not None:
            raise self.possible


def parts(stack: Stack, bucket: Resource, kind: str, inline: str = "") -> Parts:
    """Return where a setting stands: in resources of a kind that mean the bucket, and inline under one of two names."""
    partners = stack.referring_to(bucket, kind, via="bucket")
    found: list[View] = list(partners.certain)
    possible = Undecided("bucket", bucket.urn, "may have settings elsewhere") if partners.maybe_more else None
    for path in (inline, f"{inline}s") if inline else ():
        try:
            found.extend(bucket.each(path))
        except Undecided as unknown:
            possible = possible or unknown
    return Parts(found, possible)


def entries(view: View, *paths: str) -> Iterator[View]:
    """Yield the objects at several paths, the singular and the plural spelling of one thing."""
    for path in paths:
        yield from view.each(path)


def encryption_rules(stack: Stack, bucket: Resource) -> tuple[list[View], Parts]:
    """Return the default encryption rules of a bucket, wherever they stand, and the places they came from."""
    places = parts(stack, bucket, ENCRYPTION, "serverSideEncryptionConfiguration")
    return [rule for place in places.certain for rule in entries(place, "rules", "rule")], places


def defaults_of(rule: View) -> Iterator[View]:
    """Yield the algorithm-and-key objects of an encryption rule."""
    yield from entries(rule, "applyServerSideEncryptionByDefault", "applyServerSideEncryptionByDefaults")


def is_versioned(stack: Stack, bucket: Resource) -> bool:
    """Tell whether versioning is enabled, wherever it is said.

    Raises:
        Undecided: it is said nowhere for certain and may be said somewhere.
    """
    places = parts(stack, bucket, VERSIONING, "versioning")
    if any(_enables(place) for place in places.certain):
        return True
    places.settle()
    return False


def _enables(place: View) -> bool:
    if place.text("versioningConfiguration.status") == "Enabled":
        return True
    return place.flag("enabled") is True


def versioning_resources(stack: Stack, bucket: Resource) -> list[Resource]:
    """Return the resources of their own that enable a bucket's versioning."""
    return [found for found in stack.referring_to(bucket, VERSIONING, via="bucket").certain if _enables(found)]


def policy_of(stack: Stack, bucket: Resource) -> iam.Document:
    """Return what a bucket's policies say together, those of their own and the inline one."""
    return resource_policy(stack, bucket, POLICY, "bucket")


def block_of(stack: Stack, bucket: Resource, switch: str) -> bool:
    """Tell whether a switch of the public access block is on for a bucket: its own block's, or the account's.

    Raises:
        Undecided: no block that is certain has it on, and one that is not may.
    """
    pending: Undecided | None = None
    partners = stack.referring_to(bucket, BLOCK, via="bucket")
    for block in [*partners.certain, *stack.of_type(ACCOUNT_BLOCK)]:
        try:
            if block.flag(switch):
                return True
        except Undecided as unknown:
            pending = pending or unknown
    if partners.maybe_more:
        pending = pending or Undecided("bucket", bucket.urn, "may have a public access block")
    if pending:
        raise pending
    return False


def bucket_arn(bucket: Resource) -> str | None:
    """Return the bucket's ARN where it or the bucket's name is known."""
    arn = bucket.known_output("arn")
    if isinstance(arn, str):
        return arn
    name = bucket.known("bucket")
    return f"arn:aws:s3:::{name}" if isinstance(name, str) and name else None
