"""What viewers meet: certificates, protocols, cache behaviors, firewall, logs."""

from __future__ import annotations

import re
from typing import Final

from ...documents.arn import Arn
from ...rule import Findings, Kind, NotApplicable, Resource, Severity, deferred, rule
from ...stack import Stack
from .._shared_certificates import certificate_findings
from .._shared_graph import settled
from ._parts import DISTRIBUTION, behaviors

LOG_DELIVERY_SOURCE: Final = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
_OWN_CERTIFICATES: Final = ("viewerCertificate.acmCertificateArn", "viewerCertificate.iamCertificateId")


def _has_own_certificate(distribution: Resource) -> bool:
    return any(distribution.has(at) for at in _OWN_CERTIFICATES)


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def certificate_in_us_east_1(distribution: Resource, stack: Stack) -> Findings:
    """A distribution uses a certificate of us-east-1, and waits until it is issued.

    Why: CloudFront refuses others ("InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in
    us-east-1 region, isn't valid, or doesn't include a valid certificate chain").
    Fix: Create the certificate with `region="us-east-1"` (pulumi-aws v6: a provider of that region), and pass the
    `certificateArn` of its `aws.acm.CertificateValidation`.
    Source: Amazon CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront".
    """
    yield from certificate_findings(stack, distribution, "viewerCertificate.acmCertificateArn", "us-east-1")


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def alias_has_certificate(distribution: Resource) -> Findings:
    """A distribution with aliases has a certificate of its own.

    Why: CloudFront's certificate is for cloudfront.net only ("InvalidViewerCertificate: To add an alternate domain name
    (CNAME) to a CloudFront distribution, you must attach a trusted certificate").
    Fix: Set `viewerCertificate.acmCertificateArn` to a certificate of us-east-1 that covers the aliases.
    Source: Amazon CloudFront Developer Guide, "Use custom URLs by adding alternate domain names (CNAMEs)".
    """
    if not distribution.has("aliases"):
        return
    if distribution.flag("viewerCertificate.cloudfrontDefaultCertificate") or not _has_own_certificate(distribution):
        yield distribution.finding(
            "the distribution has aliases and no certificate for them; set `viewerCertificate.acmCertificateArn`",
            at="viewerCertificate",
        )


_READ: Final = frozenset({"GET", "HEAD"})
_METHODS: Final = (_READ, _READ | {"OPTIONS"}, _READ | {"OPTIONS", "PUT", "POST", "PATCH", "DELETE"})


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def cache_behavior_complete(distribution: Resource) -> Findings:
    """A cache behavior has a cache policy or forwarded values, one of them, and a set of methods that CloudFront
    accepts.

    Why: CloudFront refuses others ("InvalidArgument: The parameter ForwardedValues cannot be used when a cache policy
    is associated to the cache behavior", "The parameter AllowedMethods is invalid").
    Fix: Set `cachePolicyId` alone; allow GET and HEAD, these with OPTIONS, or all seven methods.
    Source: Amazon CloudFront API Reference, "CacheBehavior", "AllowedMethods".
    """
    for behavior in behaviors(distribution):
        with deferred():
            policy, forwarded = behavior.has("cachePolicyId"), behavior.has("forwardedValues")
            if policy == forwarded:
                yield behavior.finding(
                    f"the behavior has {'both' if policy else 'neither'} `cachePolicyId` and "
                    "`forwardedValues`; set one of them",
                    at="cachePolicyId",
                )
            methods = set(behavior.texts("allowedMethods"))
            if methods and methods not in _METHODS:
                yield behavior.finding(
                    f"CloudFront does not support the methods {', '.join(sorted(map(str, methods)))}; allow GET and "
                    "HEAD, these with OPTIONS, or all seven",
                    at="allowedMethods",
                )


@rule(DISTRIBUTION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def edge_function_qualified(distribution: Resource) -> Findings:
    """A Lambda@Edge function is named with its version, and is in us-east-1.

    Why: CloudFront refuses others ("InvalidLambdaFunctionAssociation: The function ARN must reference a specific
    function version").
    Fix: Create the function in us-east-1 with `publish=true`, and pass its `qualifiedArn`.
    Source: Amazon CloudFront Developer Guide, "Restrictions on Lambda@Edge".
    """
    for behavior in behaviors(distribution):
        for association in behavior.each("lambdaFunctionAssociations"):
            with deferred():
                text = association.text("lambdaArn")
                arn = Arn.parse(text)
                if arn is None or arn.service != "lambda":
                    continue
                if arn.region != "us-east-1":
                    yield association.finding(
                        f"the function is in {arn.region}; it must be in us-east-1", at="lambdaArn"
                    )
                elif not re.fullmatch(r"function:[^:]+:\d+", arn.resource):
                    yield association.finding(
                        f"'{text}' names no version; pass the function's `qualifiedArn`", at="lambdaArn"
                    )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def access_logging(distribution: Resource, stack: Stack) -> Findings:
    """A distribution writes access logs, to a bucket or through a log delivery.

    Why: Without them nobody can tell who asked for what, and with what result.
    Fix: Set `loggingConfig.bucket`, or create `aws.cloudwatch.LogDeliverySource` for the distribution with
    `logType="ACCESS_LOGS"` and a LogDelivery.
    Source: Amazon CloudFront Developer Guide, "Access logs (standard logs)"; AWS Config rule
    cloudfront-accesslogs-enabled.
    """
    if distribution.has("loggingConfig.bucket"):
        return
    sources = stack.referring_to(distribution, LOG_DELIVERY_SOURCE, via="resourceArn")
    if any(source.text("logType") == "ACCESS_LOGS" for source in sources.certain):
        return
    settled(None if sources.maybe_more else False, distribution, "arn", "may be the source of a log delivery")
    yield distribution.finding("the distribution writes no access logs; set `loggingConfig.bucket`", at="loggingConfig")


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def viewer_https(distribution: Resource) -> Findings:
    """No cache behavior of a distribution answers plain HTTP.

    Why: What goes over plain HTTP can be read and changed on its way.
    Fix: Set `viewerProtocolPolicy` to "redirect-to-https" or "https-only" in each behavior.
    Source: Amazon CloudFront Developer Guide, "Require HTTPS for communication between viewers and CloudFront"; AWS
    Config rule cloudfront-viewer-policy-https.
    """
    for behavior in behaviors(distribution):
        with deferred():
            if behavior.text("viewerProtocolPolicy") == "allow-all":
                yield behavior.finding(
                    "the behavior answers plain HTTP; set `viewerProtocolPolicy` to redirect-to-https",
                    at="viewerProtocolPolicy",
                )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def viewer_minimum_tls(distribution: Resource) -> Findings:
    """Viewers of a distribution negotiate TLS 1.2 or newer.

    Why: TLS 1.0 and 1.1 have known weaknesses. CloudFront's own certificate always takes them.
    Fix: Use a certificate of your own and set `viewerCertificate.minimumProtocolVersion` to "TLSv1.2_2021" or newer.
    Source: Amazon CloudFront Developer Guide, "Supported protocols and ciphers between viewers and CloudFront"; AWS
    Config rule cloudfront-security-policy-check.
    """
    if not _has_own_certificate(distribution):
        yield distribution.finding(
            "CloudFront's own certificate allows TLS 1.0; use a certificate of your own with `minimumProtocolVersion` "
            "TLSv1.2_2021",
            at="viewerCertificate",
        )
        return
    version = distribution.text("viewerCertificate.minimumProtocolVersion") or "TLSv1"
    if not version.startswith(("TLSv1.2", "TLSv1.3")):
        yield distribution.finding(
            f"viewers may connect with {version}; set `minimumProtocolVersion` to TLSv1.2_2021 or newer",
            at="viewerCertificate.minimumProtocolVersion",
        )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def waf_associated(distribution: Resource) -> Findings:
    """A distribution is behind a web ACL.

    Why: A web ACL turns away common attacks before they reach the origins.
    Fix: Set `webAclId` to the ARN of a `aws.wafv2.WebAcl` with scope CLOUDFRONT.
    Source: Amazon CloudFront Developer Guide, "Use AWS WAF protections"; AWS Config rule
    cloudfront-associated-with-waf.
    """
    if not distribution.has("webAclId"):
        yield distribution.finding("the distribution has no web ACL; set `webAclId`", at="webAclId")


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def geo_restriction(distribution: Resource) -> Findings:
    """A distribution says which countries it serves, or does not serve.

    Why: Content may be licensed, or allowed, in some countries only.
    Fix: Set `restrictions.geoRestriction` with `restrictionType` "whitelist" or "blacklist" and locations.
    Source: Amazon CloudFront Developer Guide, "Restrict the geographic distribution of your content".
    """
    at = "restrictions.geoRestriction"
    kind = distribution.text(f"{at}.restrictionType") or "none"
    if kind == "none" or not distribution.has(f"{at}.locations"):
        yield distribution.finding("the distribution serves all countries; set `geoRestriction`", at=at)


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def custom_certificate(distribution: Resource) -> Findings:
    """A distribution has a certificate of its own.

    Why: With CloudFront's shared certificate viewers can only use a cloudfront.net name, and old versions of TLS.
    Fix: Set `viewerCertificate.acmCertificateArn` to a certificate of us-east-1.
    Source: Amazon CloudFront Developer Guide, "Use HTTPS with CloudFront"; AWS Config rule
    cloudfront-custom-ssl-certificate.
    """
    if not _has_own_certificate(distribution):
        yield distribution.finding(
            "the distribution uses CloudFront's certificate; set `viewerCertificate.acmCertificateArn`",
            at="viewerCertificate",
        )


@rule(
    DISTRIBUTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def sni(distribution: Resource) -> Findings:
    """A distribution serves its own certificate by server name (SNI).

    Why: Dedicated addresses for old clients cost 600 USD a month, and keep those clients alive.
    Fix: Set `viewerCertificate.sslSupportMethod` to "sni-only".
    Source: Amazon CloudFront Developer Guide, "Choose how CloudFront serves HTTPS requests"; AWS Config rule
    cloudfront-sni-enabled.
    """
    if not _has_own_certificate(distribution):
        raise NotApplicable("the distribution uses CloudFront's certificate")
    method = distribution.text("viewerCertificate.sslSupportMethod")
    if method != "sni-only":
        yield distribution.finding(
            f"the certificate is served by {method or 'no stated method'}; set `sslSupportMethod` to sni-only",
            at="viewerCertificate.sslSupportMethod",
        )
