"""Origins of distributions: they exist, fit their kind, admit CloudFront, and are reached safely."""

from __future__ import annotations

import re
from typing import Final

from ...documents import iam
from ...rule import Findings, Kind, NotApplicable, Resource, Severity, Undecided, deferred, rule
from ...stack import Stack
from .._shared_graph import listed, settled
from .._shared_policies import resource_policy
from ._parts import BUCKET, BUCKET_POLICY, DISTRIBUTION, behaviors, reads_bucket

_WEBSITE: Final = re.compile(r".+\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?")
CLOUDFRONT: Final = iam.service("cloudfront.amazonaws.com")


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def origin_defined(distribution: Resource) -> Findings:
    """Each cache behavior of a distribution goes to an origin or origin group that the distribution has.

    Why: CloudFront refuses others ("NoSuchOrigin: One or more of your origins or origin groups do not exist").
    Fix: Use the `originId` of one of the origins.
    Source: Amazon CloudFront API Reference, "CacheBehavior" (TargetOriginId).
    """
    unknown: Undecided | None = None
    ids: list[str] = []
    for path in ("origins.originId", "originGroups.originId"):
        try:
            ids += [str(found) for found in distribution.values(path)]
        except Undecided as pending:
            unknown = pending
    for behavior in behaviors(distribution):
        with deferred():
            target = behavior.text("targetOriginId")
            if target is None or target in ids:
                continue
            if unknown:
                raise unknown
            yield behavior.finding(
                f"no origin has the id '{target}'; the origins are {listed(ids)}", at="targetOriginId"
            )


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def origin_kind_fits(distribution: Resource) -> Findings:
    """An S3 website is a custom origin, and a bucket has one way of access: access control or identity.

    Why: CloudFront refuses others ("InvalidArgument: The parameter Origin DomainName does not refer to a valid S3
    bucket", "Illegal configuration: cannot use both Origin Access Control and Origin Access Identity").
    Fix: Use `customOriginConfig` with http-only for website endpoints; for buckets the `bucketRegionalDomainName` and
    one of `originAccessControlId` and `originAccessIdentity`.
    Source: Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin"; API reference, "Origin".
    """
    for origin in distribution.each("origins"):
        with deferred():
            identity = origin.has("s3OriginConfig.originAccessIdentity")
            if identity and origin.has("originAccessControlId"):
                yield origin.finding(
                    "the origin has both an access control and an access identity; keep the access control",
                    at="originAccessControlId",
                )
            elif origin.has("s3OriginConfig") or origin.has("originAccessControlId"):
                domain = origin.text("domainName") or ""
                if _WEBSITE.fullmatch(domain):
                    yield origin.finding(
                        f"'{domain}' is a website endpoint, which needs `customOriginConfig`; set it, or the bucket's "
                        "own domain name",
                        at="domainName",
                    )


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def origin_bucket_permits(distribution: Resource, stack: Stack) -> Findings:
    """A bucket that is read through an origin access control has a policy that admits CloudFront.

    Why: Without it each request is answered with 403 Access Denied.
    Fix: Add a BucketPolicy that allows cloudfront.amazonaws.com s3:GetObject, where aws:SourceArn is the distribution's
    ARN.
    Source: Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin".
    """
    origins = list(distribution.each("origins"))
    controlled = [origin for origin in origins if origin.has("originAccessControlId")]
    if not controlled:
        return
    domains = [str(origin.known("domainName") or "") for origin in controlled]
    for bucket in stack.referred_by(distribution, "origins.domainName", BUCKET).certain:
        # The dependency is of all origins together: with others beside, the bucket's name has to tell.
        name = bucket.known("bucket")
        if len(controlled) < len(origins) and not any(name and domain.startswith(f"{name}.s3") for domain in domains):
            continue
        answer = resource_policy(stack, bucket, BUCKET_POLICY, "bucket").allows("s3:GetObject", principal=CLOUDFRONT)
        if not settled(answer, bucket, "policy"):
            yield distribution.finding(
                f"no policy allows cloudfront.amazonaws.com s3:GetObject on bucket '{bucket.name}'; add a "
                "BucketPolicy, or each request is answered with 403",
                at="origins",
            )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def origin_https(distribution: Resource) -> Findings:
    """Custom origins of a distribution are reached over HTTPS; as the viewer comes only where viewers come over HTTPS.

    Why: What viewers send over HTTPS would go on in plain text.
    Fix: Set `customOriginConfig.originProtocolPolicy` to "https-only".
    Source: Amazon CloudFront Developer Guide, "Require HTTPS for communication between CloudFront and your custom
    origin"; AWS Config rule cloudfront-traffic-to-origin-encrypted.
    """
    for origin in distribution.each("origins"):
        with deferred():
            if not origin.has("customOriginConfig"):
                continue
            at = "customOriginConfig.originProtocolPolicy"
            policy = origin.text(at)
            if policy == "http-only":
                yield origin.finding(
                    "the origin is reached over plain HTTP; set `originProtocolPolicy` to https-only", at=at
                )
            elif policy == "match-viewer" and any(
                behavior.text("viewerProtocolPolicy") == "allow-all" for behavior in behaviors(distribution)
            ):
                yield origin.finding(
                    "the origin is reached with the viewer's protocol, which may be HTTP; set `originProtocolPolicy` "
                    "to https-only",
                    at=at,
                )


_OLD: Final = ("SSLv3", "TLSv1", "TLSv1.1")


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def origin_ssl_protocols(distribution: Resource) -> Findings:
    """A distribution speaks no SSL 3, TLS 1.0 or TLS 1.1 with its origins.

    Why: These versions have known weaknesses.
    Fix: Set `customOriginConfig.originSslProtocols` to ["TLSv1.2"].
    Source: Amazon CloudFront API Reference, "OriginSslProtocols"; AWS Config rule
    cloudfront-no-deprecated-ssl-protocols.
    """
    for origin in distribution.each("origins"):
        with deferred():
            old = [found for found in origin.values("customOriginConfig.originSslProtocols") if found in _OLD]
            if old:
                yield origin.finding(
                    f"the origin may be reached with {listed(old)}; set `originSslProtocols` to TLSv1.2 only",
                    at="customOriginConfig.originSslProtocols",
                )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def s3_origin_access_control(distribution: Resource) -> Findings:
    """A bucket behind a distribution is read through an origin access control, or an older access identity.

    Why: Otherwise the bucket must be public, and can be read around the distribution.
    Fix: Create `aws.cloudfront.OriginAccessControl` and pass its id as `originAccessControlId`.
    Source: Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin"; AWS Config rule
    cloudfront-s3-origin-access-control-enabled.
    """
    for origin in distribution.each("origins"):
        with deferred():
            if not reads_bucket(origin) or origin.has("originAccessControlId"):
                continue
            if not origin.has("s3OriginConfig.originAccessIdentity"):
                yield origin.finding(
                    "the bucket is read without access control; pass `originAccessControlId`",
                    at="originAccessControlId",
                )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def origin_failover(distribution: Resource) -> Findings:
    """A distribution has an origin group with two origins.

    Why: With a group, CloudFront asks the second origin when the first fails.
    Fix: Add `originGroups` with two members and `failoverCriteria`.
    Source: Amazon CloudFront Developer Guide, "Optimize high availability with CloudFront origin failover"; AWS Config
    rule cloudfront-origin-failover-enabled.
    """
    for group in distribution.each("originGroups"):
        if len(list(group.each("members"))) >= 2:
            return
    yield distribution.finding(
        "the distribution has no origin group with two origins; add `originGroups`", at="originGroups"
    )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def default_root_object(distribution: Resource) -> Findings:
    """A distribution names the object that answers at its root.

    Why: Without one, a request for the root may list what the origin holds.
    Fix: Set `defaultRootObject="index.html"`.
    Source: Amazon CloudFront Developer Guide, "Specify a default root object"; AWS Config rule
    cloudfront-default-root-object-configured.
    """
    if not any(reads_bucket(origin) for origin in distribution.each("origins")):
        raise NotApplicable("no origin is a bucket")
    if not distribution.has("defaultRootObject"):
        yield distribution.finding(
            "the distribution has no default root object; set `defaultRootObject`", at="defaultRootObject"
        )


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def root_object_relative(distribution: Resource) -> Findings:
    """The default root object of a distribution has no slash in front.

    Why: With one, CloudFront asks for "//index.html", which is not there.
    Fix: Write "index.html".
    Source: Amazon CloudFront Developer Guide, "Specify a default root object".
    """
    name = distribution.text("defaultRootObject")
    if name and name.startswith("/"):
        yield distribution.finding(f"'{name}' begins with a slash; write '{name.lstrip('/')}'", at="defaultRootObject")
