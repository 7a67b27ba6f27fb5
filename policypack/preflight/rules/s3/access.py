"""Who may reach a bucket: ACLs, policies, and the public access block that neutralizes both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...documents import iam
from ...documents.answer import either
from ...facts import s3
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from .._shared_flags import asked
from .._shared_graph import marked, settled
from ._shape import (
    ACCOUNT_BLOCK,
    ACL,
    BLOCK,
    BLOCK_SWITCHES,
    BUCKET,
    OWNERSHIP,
    POLICY,
    block_of,
    entries,
    parts,
    policy_of,
)

_ACL_OWNERS = ("ObjectWriter", "BucketOwnerPreferred")
_EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
_READS = ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions")
_WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl", "s3:PutBucketPolicy", "s3:PutBucketAcl")
_READ_ACLS = ("public-read", "public-read-write", "authenticated-read")
_WRITE_ACLS = ("public-read-write",)


@rule((ACL, BUCKET), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def acl_allowed(subject: Resource, stack: Stack) -> Findings:
    """An ACL is set only on a bucket whose ownership controls allow ACLs, and after them.

    Why: New buckets have ACLs disabled: setting one is refused ("AccessControlListNotSupported: The bucket does not
    allow ACLs").
    Fix: Drop the ACL (policies do the same), or add `aws.s3.BucketOwnershipControls` with `objectOwnership`
    "BucketOwnerPreferred" and depend on it.
    Source: Amazon S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
    """
    if subject.is_a(ACL):
        if not subject.has("acl") and not subject.has("accessControlPolicy"):
            return
        buckets, path = stack.referred_by(subject, "bucket", BUCKET).certain, "acl"
    else:
        if not subject.has("grants") and subject.text("acl") in (None, "", "private"):
            return
        buckets, path = [subject], "acl" if subject.has("acl") else "grants"
    for bucket in buckets:
        controls = stack.referring_to(bucket, OWNERSHIP, via="bucket")
        allowing = [found for found in controls.certain if found.text("rule.objectOwnership") in _ACL_OWNERS]
        if not allowing:
            if not controls:
                yield subject.finding(
                    f"sets an ACL, which the bucket '{bucket.name}' refuses: no ownership controls allow ACLs",
                    at=path,
                    severity=Severity.LOW if path == "grants" and _only_the_owner(subject) else None,
                )
            else:
                yield subject.finding(f"sets an ACL, and '{controls[0].name}' keeps ACLs disabled", at=path)
        elif subject is not bucket and not any(stack.waits_for(subject, found) for found in allowing):
            yield subject.finding(
                f"sets an ACL without waiting for '{allowing[0].name}', which allows it; add `dependsOn`",
                at=path,
                certainty=Certainty.RACE,
            )


def _only_the_owner(bucket: Resource) -> bool:
    """Whether the grants are what an import writes for a bucket that stands already: full control for one user."""
    grants = bucket.raw("grants")
    return (
        isinstance(grants, list)
        and len(grants) == 1
        and isinstance(grants[0], dict)
        and grants[0].get("type") == "CanonicalUser"
        and grants[0].get("permissions") == ["FULL_CONTROL"]
    )


@rule(POLICY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def public_policy_allowed(policy: Resource, stack: Stack) -> Findings:
    """A public bucket policy stands on a bucket whose public access block allows it, and after that block.

    Why: New buckets block public policies: setting one is refused ("AccessDenied: … because public policies are blocked
    by the BlockPublicPolicy block public access setting").
    Fix: Serve the content through CloudFront with origin access control; or set `blockPublicPolicy=false` in an
    `aws.s3.BucketPublicAccessBlock` and depend on it.
    Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".
    """
    if not policy.has("policy"):
        return
    document = iam.parse(policy.raw("policy"))
    judged = iam.public_statements(document)
    if not judged.statements:
        if judged.undecided:
            raise Undecided("policy", policy.urn)
        return
    for bucket in stack.referred_by(policy, "bucket", BUCKET).certain:
        blocks = stack.referring_to(bucket, BLOCK, via="bucket")
        label = judged.statements[0].label
        if not blocks:
            yield policy.finding(
                f"{label} is public, and '{bucket.name}' has no public access block of its own: AWS blocks public "
                "policies on new buckets",
                at="policy",
            )
            continue
        for block in blocks.certain:
            if block.flag("blockPublicPolicy"):
                yield policy.finding(f"{label} is public, and '{block.name}' has `blockPublicPolicy` on", at="policy")
            elif not stack.waits_for(policy, block):
                yield policy.finding(
                    f"{label} is public and does not wait for '{block.name}', which allows it; add `dependsOn`",
                    at="policy",
                    certainty=Certainty.RACE,
                )


@rule(POLICY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def bucket_policy_resources_match(policy: Resource, stack: Stack) -> Findings:
    """A bucket policy names its own bucket, object actions with objects, and bucket actions with the bucket.

    Why: S3 refuses others ("MalformedPolicy: Policy has invalid resource", "Action does not apply to any resource(s) in
    statement").
    Fix: Use the bucket's ARN for bucket actions (s3:ListBucket) and ARN/* for object actions (s3:GetObject).
    Source: Amazon S3 User Guide, "Bucket policies for Amazon S3"; Service Authorization Reference, "Amazon S3".
    """
    if policy.is_unknown("policy"):
        raise Undecided("policy", policy.urn)
    document = iam.parse(policy.raw("policy") or "")
    name = policy.known("bucket")
    if document.error or not isinstance(name, str):
        return
    name = s3_name(name)
    for statement in document.statements:
        names = {found for found in map(_bucket_in, statement.resources) if found}
        foreign = sorted(found for found in names if found != name and not set("*?$") & set(found))
        if foreign:
            yield policy.finding(f"{statement.label} names the bucket {foreign[0]}, not its own, {name}", at="policy")
            continue
        levels = {_level(action) for action in statement.actions}
        kinds = {_resource_kind(resource) for resource in statement.resources}
        if levels == {"object"} and kinds == {"bucket"}:
            yield policy.finding(
                f"{statement.label} has only object actions, for the bucket alone; add '/*' to its resource",
                at="policy",
            )
        elif levels == {"bucket"} and kinds == {"object"}:
            yield policy.finding(
                f"{statement.label} has only bucket actions, for objects alone; take '/*' off its resource", at="policy"
            )


def s3_name(text: str) -> str:
    """Return the bucket's name of a name or an ARN."""
    return text.removeprefix("arn:aws:s3:::")


def _bucket_in(resource: str) -> str | None:
    parts_of = resource.split(":", 5)
    if len(parts_of) != 6 or parts_of[2] != "s3" or parts_of[4]:
        return None
    return parts_of[5].split("/", 1)[0] or None


def _resource_kind(resource: str) -> str | None:
    if _bucket_in(resource) is None:
        return None
    tail = resource.split(":", 5)[5]
    if "/" in tail:
        return "object"
    return None if set("*?$") & set(tail) else "bucket"


def _level(action: str) -> str | None:
    service, _, name = action.partition(":")
    return s3.action_level(name) if service.lower() == "s3" and not set("*?$") & set(name) else None


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def bucket_public_access_blocked(bucket: Resource, stack: Stack) -> Findings:
    """Every bucket has a public access block with all four switches on, its own or the account's.

    Why: One policy or ACL that is wider than meant makes the data public; the block holds whatever they say.
    Fix: Add an `aws.s3.BucketPublicAccessBlock` for the bucket with all four switches `true`.
    Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"; AWS Config rule
    s3-bucket-level-public-access-prohibited.
    """
    off = []
    for switch in BLOCK_SWITCHES:
        with deferred():
            if not block_of(stack, bucket, switch):
                off.append(switch)
    if off:
        what = "has no public access block" if len(off) == len(BLOCK_SWITCHES) else "is not blocked from public access"
        yield bucket.finding(f"{what}: {marked(off)} not on")


@bucket_public_access_blocked.remediate_on(BLOCK, ACCOUNT_BLOCK)
def _block(block: Resource) -> dict[str, Any] | None:
    """Turn on the switches that are off; unknown ones stay."""
    off = [switch for switch in BLOCK_SWITCHES if not block.is_unknown(switch) and not block.flag(switch)]
    return dict.fromkeys(off, True) or None


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def bucket_public_read_closed(bucket: Resource, stack: Stack) -> Findings:
    """Neither ACL, grant nor policy opens a bucket for reading by everyone.

    Why: Everyone on the internet, or every AWS customer, can list and fetch the objects.
    Fix: Drop the public ACL or statement; serve public content through CloudFront with origin access control.
    Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"; AWS Config rule
    s3-bucket-public-read-prohibited.
    """
    yield from _open(bucket, stack, "reading", _READ_ACLS, ("READ", "FULL_CONTROL"), _READS)


@rule(
    BUCKET,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def bucket_public_write_closed(bucket: Resource, stack: Stack) -> Findings:
    """Neither ACL, grant nor policy opens a bucket for writing by everyone.

    Why: Strangers can replace what others read, delete it, or store what the account's owner answers for.
    Fix: Drop the public ACL or statement; hand out presigned URLs for uploads.
    Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"; AWS Config rule
    s3-bucket-public-write-prohibited.
    """
    yield from _open(bucket, stack, "writing", _WRITE_ACLS, ("WRITE", "WRITE_ACP", "FULL_CONTROL"), _WRITES)


def _open(
    bucket: Resource,
    stack: Stack,
    what: str,
    acls: tuple[str, ...],
    permissions: tuple[str, ...],
    actions: tuple[str, ...],
) -> Findings:
    by_acl = ""
    with deferred():
        by_acl = next(_acl_openings(bucket, stack, acls, permissions), "")
    if by_acl and not block_of(stack, bucket, "ignorePublicAcls"):
        yield bucket.finding(f"is open for {what} by everyone: {by_acl}")
        return
    document = policy_of(stack, bucket)
    judged = iam.public_statements(document)
    for statement in judged.statements:
        if settled(either(statement.takes_action(action) for action in actions), bucket, "policy"):
            if not block_of(stack, bucket, "restrictPublicBuckets"):
                yield bucket.finding(f"is open for {what} by everyone: {statement.label} of its policy")
            return
    if judged.undecided and not block_of(stack, bucket, "restrictPublicBuckets"):
        raise Undecided("policy", bucket.urn, "is not known yet")


def _acl_openings(bucket: Resource, stack: Stack, acls: tuple[str, ...], permissions: tuple[str, ...]) -> Iterator[str]:
    places = parts(stack, bucket, ACL)
    for place in (bucket, *places.certain):
        if place.text("acl") in acls:
            yield f"the ACL {place.text('acl')} of '{place.owner.name}'"
        for grant in entries(place, "accessControlPolicy.grants", "grants"):
            yield from _grant_openings(grant, permissions)
    places.settle()


def _grant_openings(grant: View, permissions: tuple[str, ...]) -> Iterator[str]:
    # A grant of its own resource has grantee and permission; an inline one has uri and a list of permissions.
    uri = grant.text("grantee.uri") or grant.text("uri")
    given = [*grant.values("permissions"), *grant.values("permission")]
    if uri in _EVERYONE and any(permission in permissions for permission in given):
        yield f"a grant to {uri.rpartition('/')[2]}"


@rule("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def account_public_access_blocked(block: Resource) -> Findings:
    """An account's block of public access has all four switches on.

    Why: Each switch that is off leaves one way, by ACL or by policy, to open a bucket of the account to everyone.
    Fix: Set `blockPublicAcls=true`, `blockPublicPolicy=true`, `ignorePublicAcls=true` and `restrictPublicBuckets=true`.
    Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"; AWS Config rule
    s3-account-level-public-access-blocks.
    """
    for switch in BLOCK_SWITCHES:
        with deferred():
            yield from asked(block, switch, f"leaves a way to open buckets; set `{switch}=true`")
