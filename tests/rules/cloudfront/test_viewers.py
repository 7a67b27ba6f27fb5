"""What viewers of distributions meet."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, P, R, fails, not_applicable, passes, table, undecided

ARN = "arn:aws:acm:us-east-1:210987654321:certificate/0a1b"
BEHAVIOR = {"targetOriginId": "site", "viewerProtocolPolicy": "redirect-to-https", "cachePolicyId": "p"}
COMPONENT = R("program:web:Web", "component")


def distribution(**properties: Any) -> R:
    own = {
        "origins": [{"originId": "site", "domainName": "site.s3.amazonaws.com"}],
        "defaultCacheBehavior": BEHAVIOR,
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
    }
    return R("aws:cloudfront/distribution:Distribution", "distribution", **{**own, **properties})


def serving(arn: Any = ARN, depends_on: Any = (), **properties: Any) -> R:
    return distribution(viewerCertificate={"acmCertificateArn": arn, **properties}, depends_on=depends_on)


def caching(**properties: Any) -> R:
    return distribution(defaultCacheBehavior={**BEHAVIOR, **properties})


def certificate(**options: Any) -> R:
    return R("aws:acm/certificate:Certificate", "certificate", domainName="acme.io", validationMethod="DNS", **options)


def validation(of: R, **options: Any) -> R:
    return R("aws:acm/certificateValidation:CertificateValidation", "validation", certificateArn=of.arn, **options)


EAST = certificate()
WEST = certificate(provider=P("west", region="us-west-2"))
BY_PROPERTY = certificate(region="us-east-1", provider=P("west", region="us-west-2"))
ISSUED = validation(EAST)
AT = "viewerCertificate.acmCertificateArn"
test_certificate_in_us_east_1 = table(
    "cloudfront-certificate-in-us-east-1",
    fails("made in another region", serving(WEST.arn), WEST, validation(WEST), at=AT, says=("us-west-2", "us-east-1")),
    passes("made in us-east-1 and issued", serving(ISSUED.certificateArn), EAST, ISSUED),
    passes(
        "us-east-1 by its own property",
        serving(validation(BY_PROPERTY).certificateArn),
        BY_PROPERTY,
        validation(BY_PROPERTY),
    ),
    fails("not awaited", serving(EAST.arn), EAST, ISSUED, says="'validation'"),
    passes("awaited", serving(EAST.arn, depends_on=[ISSUED]), EAST, ISSUED),
    passes(
        "issued in a component",
        serving(EAST.arn, depends_on=[validation(EAST, parent=COMPONENT)]),
        EAST,
        validation(EAST, parent=COMPONENT),
        COMPONENT,
    ),
    fails("nothing awaits it", serving(EAST.arn), EAST, only="preview", at="viewerCertificate.acmCertificateArn"),
    fails("a known one of another region", serving(ARN.replace("east-1", "west-2")), at=AT),
    passes("a known one", serving()),
    passes("CloudFront's own", distribution()),
    undecided("unknown", serving(UNKNOWN), at=AT),
    undecided(
        "an unknown region",
        serving(certificate(region=UNKNOWN).arn),
        certificate(region=UNKNOWN),
        at="region",
        only=None,
    ),
)

test_alias_has_certificate = table(
    "cloudfront-alias-has-certificate",
    fails("CloudFront's certificate", distribution(aliases=["acme.io"]), at="viewerCertificate"),
    passes("a certificate", distribution(aliases=["acme.io"], viewerCertificate={"acmCertificateArn": UNKNOWN})),
    fails("nothing said", distribution(aliases=["acme.io"], viewerCertificate={}), at="viewerCertificate"),
    passes("no aliases", distribution()),
    undecided("unknown", distribution(aliases=["acme.io"], viewerCertificate=UNKNOWN)),
)

test_cache_behavior_complete = table(
    "cloudfront-cache-behavior-complete",
    fails("neither", caching(cachePolicyId=None), at="defaultCacheBehavior.cachePolicyId", says="neither"),
    passes("a policy", caching()),
    passes("forwarded values", caching(cachePolicyId=None, forwardedValues={"queryString": False})),
    fails("both", caching(forwardedValues={"queryString": False}), says="both"),
    fails(
        "another behavior",
        distribution(orderedCacheBehaviors=[{"pathPattern": "/api/*"}]),
        at="orderedCacheBehaviors[0].cachePolicyId",
    ),
    fails("GET and POST", caching(allowedMethods=["GET", "POST"]), at="defaultCacheBehavior.allowedMethods"),
    passes("GET, HEAD and OPTIONS", caching(allowedMethods=["OPTIONS", "HEAD", "GET"])),
    undecided("unknown", caching(allowedMethods=UNKNOWN)),
)


def at_edge(arn: Any) -> R:
    return caching(lambdaFunctionAssociations=[{"eventType": "viewer-request", "lambdaArn": arn}])


FUNCTION = "arn:aws:lambda:us-east-1:210987654321:function:edge"
test_edge_function_qualified = table(
    "cloudfront-edge-function-qualified",
    fails("no version", at_edge(FUNCTION), at="defaultCacheBehavior.lambdaFunctionAssociations[0].lambdaArn"),
    passes("a version", at_edge(f"{FUNCTION}:3")),
    fails("an alias", at_edge(f"{FUNCTION}:live"), at="defaultCacheBehavior.lambdaFunctionAssociations[0].lambdaArn"),
    fails("another region", at_edge(f"{FUNCTION}:3".replace("east-1", "west-2")), says="us-west-2"),
    passes("no function", distribution()),
    undecided("unknown", at_edge(UNKNOWN)),
)

PLAIN = distribution()


def source(target: Any, kind: str = "ACCESS_LOGS", **options: Any) -> R:
    return R(
        "aws:cloudwatch/logDeliverySource:LogDeliverySource", "source", resourceArn=target, logType=kind, **options
    )


test_access_logging = table(
    "cloudfront-access-logging",
    fails("none", PLAIN, at="loggingConfig"),
    passes("to a bucket", distribution(loggingConfig={"bucket": UNKNOWN})),
    passes("through a delivery", PLAIN, source(PLAIN.arn)),
    passes("through a delivery in a component", PLAIN, source(PLAIN.arn, parent=COMPONENT), COMPONENT),
    fails("other logs", PLAIN, source(PLAIN.arn, "CONNECTION_LOGS"), at="loggingConfig"),
    fails(
        "a delivery for another", PLAIN, source("arn:aws:cloudfront::210987654321:distribution/E1"), at="loggingConfig"
    ),
    undecided("unknown", PLAIN, source(UNKNOWN)),
)

test_viewer_https = table(
    "cloudfront-viewer-https",
    fails("plain HTTP", caching(viewerProtocolPolicy="allow-all"), at="defaultCacheBehavior.viewerProtocolPolicy"),
    passes("redirected", distribution()),
    fails(
        "another behavior",
        distribution(orderedCacheBehaviors=[{**BEHAVIOR, "viewerProtocolPolicy": "allow-all"}]),
        at="orderedCacheBehaviors[0].viewerProtocolPolicy",
    ),
    fails(
        "beside an unknown one",
        distribution(
            defaultCacheBehavior={**BEHAVIOR, "viewerProtocolPolicy": UNKNOWN},
            orderedCacheBehaviors=[{**BEHAVIOR, "viewerProtocolPolicy": "allow-all"}],
        ),
        also_undecided=True,
        at="orderedCacheBehaviors[0].viewerProtocolPolicy",
    ),
    undecided("unknown", caching(viewerProtocolPolicy=UNKNOWN), at="defaultCacheBehavior.viewerProtocolPolicy"),
)

test_viewer_minimum_tls = table(
    "cloudfront-viewer-minimum-tls",
    fails("CloudFront's certificate", distribution(), at="viewerCertificate"),
    passes("TLS 1.2", serving(minimumProtocolVersion="TLSv1.2_2021")),
    fails("TLS 1.1", serving(minimumProtocolVersion="TLSv1.1_2016"), at="viewerCertificate.minimumProtocolVersion"),
    fails("not said", serving(), at="viewerCertificate.minimumProtocolVersion"),
    undecided("unknown", serving(minimumProtocolVersion=UNKNOWN)),
)

test_waf_associated = table(
    "cloudfront-waf-associated",
    fails("none", distribution(), at="webAclId"),
    passes("a web ACL", distribution(webAclId=UNKNOWN)),
)


def limited(**properties: Any) -> R:
    return distribution(restrictions={"geoRestriction": properties})


test_geo_restriction = table(
    "cloudfront-geo-restriction",
    fails("all countries", limited(restrictionType="none"), at="restrictions.geoRestriction"),
    passes("two countries", limited(restrictionType="whitelist", locations=["DE", "FR"])),
    fails("no countries", limited(restrictionType="blacklist"), at="restrictions.geoRestriction"),
    undecided("unknown", limited(restrictionType=UNKNOWN)),
)

test_custom_certificate = table(
    "cloudfront-custom-certificate",
    fails("CloudFront's", distribution(), at="viewerCertificate"),
    passes("one's own", serving(UNKNOWN)),
    undecided("unknown", distribution(viewerCertificate=UNKNOWN)),
)

test_sni = table(
    "cloudfront-sni",
    fails("an address", serving(sslSupportMethod="vip"), at="viewerCertificate.sslSupportMethod"),
    passes("by name", serving(sslSupportMethod="sni-only")),
    not_applicable("CloudFront's certificate", distribution()),
    undecided("unknown", serving(sslSupportMethod=UNKNOWN)),
)
