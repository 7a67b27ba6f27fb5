"""Origins of distributions."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, document, fails, not_applicable, passes, table, undecided

COMPONENT = R("program:web:Web", "component")
BEHAVIOR = {"targetOriginId": "site", "viewerProtocolPolicy": "redirect-to-https", "cachePolicyId": "p"}


def origin(domain: Any = "site.s3.us-east-1.amazonaws.com", **properties: Any) -> dict[str, Any]:
    return {"originId": "site", "domainName": domain, **properties}


def distribution(*origins: Any, **properties: Any) -> R:
    own = {"origins": list(origins), "defaultCacheBehavior": BEHAVIOR, "enabled": True}
    return R("aws:cloudfront/distribution:Distribution", "distribution", **{**own, **properties})


def custom(policy: Any, *protocols: Any) -> dict[str, Any]:
    return {"customOriginConfig": {"originProtocolPolicy": policy, "originSslProtocols": list(protocols)}}


def behavior(**properties: Any) -> dict[str, Any]:
    return {**BEHAVIOR, **properties}


test_origin_defined = table(
    "cloudfront-origin-defined",
    fails(
        "an origin that is not there",
        distribution(origin(), defaultCacheBehavior=behavior(targetOriginId="sites")),
        at="defaultCacheBehavior.targetOriginId",
        says=("'sites'", "site"),
    ),
    passes("an origin that is there", distribution(origin())),
    fails(
        "another behavior",
        distribution(origin(), orderedCacheBehaviors=[behavior(), behavior(targetOriginId="api")]),
        at="orderedCacheBehaviors[1].targetOriginId",
    ),
    passes(
        "a group",
        distribution(
            origin(), originGroups=[{"originId": "both"}], defaultCacheBehavior=behavior(targetOriginId="both")
        ),
    ),
    undecided("unknown", distribution(origin(), defaultCacheBehavior=behavior(targetOriginId=UNKNOWN))),
    undecided(
        "an unknown origin",
        distribution(origin(), {"originId": UNKNOWN}, defaultCacheBehavior=behavior(targetOriginId="x")),
    ),
)

WEBSITE = "site.s3-website-us-east-1.amazonaws.com"
IDENTITY = {"s3OriginConfig": {"originAccessIdentity": "origin-access-identity/cloudfront/E1"}}
test_origin_kind_fits = table(
    "cloudfront-origin-kind-fits",
    fails(
        "a website with access control",
        distribution(origin(WEBSITE, originAccessControlId="E1")),
        at="origins[0].domainName",
    ),
    passes("a bucket with access control", distribution(origin(originAccessControlId="E1"))),
    passes("a website as a custom origin", distribution(origin(WEBSITE, **custom("http-only", "TLSv1.2")))),
    fails(
        "control and identity",
        distribution(origin(originAccessControlId="E1", **IDENTITY)),
        at="origins[0].originAccessControlId",
    ),
    passes(
        "control and an empty identity",
        distribution(origin(originAccessControlId="E1", s3OriginConfig={"originAccessIdentity": ""})),
    ),
    undecided("unknown", distribution(origin(UNKNOWN, originAccessControlId="E1")), at="origins[0].domainName"),
)

BUCKET = R("aws:s3/bucket:Bucket", "bucket", bucket="site")
V2 = R("aws:s3/bucketV2:BucketV2", "bucket", bucket="site")
OTHER = R("aws:s3/bucket:Bucket", "other", bucket="other")


def policy(service: str = "cloudfront.amazonaws.com", bucket: R = BUCKET, content: Any = None, **options: Any) -> R:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::site/*",
    }
    text = content or document({"Statement": [statement]})
    return R("aws:s3/bucketPolicy:BucketPolicy", "policy", bucket=bucket.id, policy=text, **options)


def reading(bucket: R = BUCKET, **properties: Any) -> R:
    return distribution(origin(bucket.bucketRegionalDomainName, originAccessControlId="E1"), **properties)


test_origin_bucket_permits = table(
    "cloudfront-origin-bucket-permits",
    fails("no policy", reading(), BUCKET, at="origins", says=("'bucket'", "403")),
    passes("a policy", reading(), BUCKET, policy()),
    passes("a policy in a component", reading(), BUCKET, policy(parent=COMPONENT), COMPONENT),
    passes("the other token", reading(V2), V2, policy(bucket=V2)),
    fails("a policy for another service", reading(), BUCKET, policy("logging.s3.amazonaws.com"), at="origins"),
    fails("a policy of another bucket", reading(), BUCKET, OTHER, policy(bucket=OTHER), at="origins"),
    passes("without access control", distribution(origin(BUCKET.bucketRegionalDomainName)), BUCKET),
    passes("a bucket from elsewhere", distribution(origin(originAccessControlId="E1"))),
    passes(
        "the website of a bucket beside",
        distribution(
            origin(originAccessControlId="E1"),
            {"originId": "web", "domainName": OTHER.websiteEndpoint, **custom("http-only", "TLSv1.2")},
        ),
        OTHER,
    ),
    undecided("an unknown policy", reading(), BUCKET, policy(content=UNKNOWN), at="policy"),
)

test_origin_https = table(
    "cloudfront-origin-https",
    fails(
        "plain HTTP",
        distribution(origin(**custom("http-only"))),
        at="origins[0].customOriginConfig.originProtocolPolicy",
    ),
    passes("HTTPS", distribution(origin(**custom("https-only")))),
    passes("as viewers come, over HTTPS", distribution(origin(**custom("match-viewer")))),
    fails(
        "as viewers come, over HTTP too",
        distribution(
            origin(**custom("match-viewer")), orderedCacheBehaviors=[behavior(viewerProtocolPolicy="allow-all")]
        ),
        at="origins[0].customOriginConfig.originProtocolPolicy",
    ),
    passes("a bucket", distribution(origin())),
    undecided("unknown", distribution(origin(**custom(UNKNOWN)))),
)

test_origin_ssl_protocols = table(
    "cloudfront-origin-ssl-protocols",
    fails("TLS 1.0", distribution(origin(**custom("https-only", "TLSv1", "TLSv1.2"))), says="TLSv1"),
    passes("TLS 1.2", distribution(origin(**custom("https-only", "TLSv1.2")))),
    passes("a bucket", distribution(origin())),
    undecided("unknown", distribution(origin(**custom("https-only", UNKNOWN)))),
)

test_s3_origin_access_control = table(
    "cloudfront-s3-origin-access-control",
    fails("a bucket without", distribution(origin()), at="origins[0].originAccessControlId"),
    passes("access control", distribution(origin(originAccessControlId=UNKNOWN))),
    passes("an identity", distribution(origin(**IDENTITY))),
    fails(
        "an empty identity",
        distribution(origin(s3OriginConfig={"originAccessIdentity": ""})),
        at="origins[0].originAccessControlId",
    ),
    passes("a custom origin", distribution(origin("api.acme.io", **custom("https-only")))),
    passes("a VPC origin", distribution(origin("api", vpcOriginConfig={"vpcOriginId": "vo_1"}))),
    undecided("unknown", distribution(UNKNOWN)),
)

GROUP = {"originId": "both", "failoverCriteria": {"statusCodes": [500]}}
test_origin_failover = table(
    "cloudfront-origin-failover",
    fails("none", distribution(origin()), at="originGroups"),
    passes("two", distribution(origin(), originGroups=[{**GROUP, "members": [{"originId": "a"}, {"originId": "b"}]}])),
    fails("one", distribution(origin(), originGroups=[{**GROUP, "members": [{"originId": "a"}]}]), at="originGroups"),
    undecided("unknown", distribution(origin(), originGroups=UNKNOWN), at="originGroups"),
)

test_default_root_object = table(
    "cloudfront-default-root-object",
    fails("none", distribution(origin()), at="defaultRootObject"),
    passes("a page", distribution(origin(), defaultRootObject="index.html")),
    not_applicable("an API", distribution(origin("api.acme.io", **custom("https-only")))),
    undecided("unknown", distribution(UNKNOWN), at="origins[0]"),
)

test_root_object_relative = table(
    "cloudfront-root-object-relative",
    fails(
        "a slash", distribution(origin(), defaultRootObject="/index.html"), at="defaultRootObject", says="'index.html'"
    ),
    passes("a page", distribution(origin(), defaultRootObject="index.html")),
    passes("none", distribution(origin())),
    undecided("unknown", distribution(origin(), defaultRootObject=UNKNOWN), at="defaultRootObject"),
)
