"""Cache, client certificate, firewall and throttling of API stages."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, not_applicable, passes, table, undecided

API = R("aws:apigateway/restApi:RestApi", "api")
COMPONENT = R("program:api:Api", "component")


def stage(**properties: object) -> R:
    return R("aws:apigateway/stage:Stage", "stage", **{"stageName": "dev", "restApi": API.id, **properties})


STAGE = stage()
CACHED = stage(cacheClusterEnabled=True, cacheClusterSize="0.5")


def settings(name: str = "settings", path: object = "*/*", api: object = API.id, **own: object) -> R:
    return R(
        "aws:apigateway/methodSettings:MethodSettings",
        name,
        restApi=api,
        stageName="dev",
        methodPath=path,
        settings=own,
    )


test_stage_cache_enabled = table(
    "apigateway-stage-cache-enabled",
    fails("absent", STAGE, API, at="cacheClusterEnabled"),
    passes("on", CACHED, API),
    undecided("unknown", stage(cacheClusterEnabled=UNKNOWN), API, at="cacheClusterEnabled"),
)

test_stage_cache_encrypted = table(
    "apigateway-stage-cache-encrypted",
    fails("a cache and no settings", CACHED, API, at="cacheClusterEnabled"),
    passes("all methods encrypted", CACHED, settings(cachingEnabled=True, cacheDataEncrypted=True), API),
    not_applicable("no cache, nothing stored", STAGE, API),
    fails("not encrypted", CACHED, settings(cachingEnabled=True), API, on="settings", at="settings.cacheDataEncrypted"),
    fails(
        "one method not encrypted",
        CACHED,
        settings(cachingEnabled=True, cacheDataEncrypted=True),
        settings("one", "items/GET", cachingEnabled=True),
        API,
        on="one",
        says="items/GET",
    ),
    passes(
        "one method not cached",
        CACHED,
        settings(cachingEnabled=True, cacheDataEncrypted=True),
        settings("one", "items/GET", cachingEnabled=False),
        API,
    ),
    fails(
        "settings of another API",
        CACHED,
        settings(api="a1b2c3", cacheDataEncrypted=True),
        API,
        at="cacheClusterEnabled",
    ),
    undecided("unknown", CACHED, settings(cachingEnabled=True, cacheDataEncrypted=UNKNOWN), API),
    undecided("unknown path", CACHED, settings(path=UNKNOWN, cachingEnabled=True, cacheDataEncrypted=True), API),
)

CERTIFICATE = R("aws:apigateway/clientCertificate:ClientCertificate", "certificate")
test_stage_client_certificate = table(
    "apigateway-stage-client-certificate",
    fails("absent", STAGE, API, at="clientCertificateId"),
    passes("a certificate of the program", stage(clientCertificateId=CERTIFICATE.id), CERTIFICATE, API),
    passes("unknown is there", stage(clientCertificateId=UNKNOWN), API),
)

ACL = R("aws:wafv2/webAcl:WebAcl", "acl", scope="REGIONAL")


def association(target: object, token: str = "aws:wafv2/webAclAssociation:WebAclAssociation", **options: object) -> R:
    return R(token, "association", resourceArn=target, webAclArn=ACL.arn, **options)


ARN = "arn:aws:apigateway:us-east-1::/restapis/a1b2c3/stages/dev"
BALANCER = R("aws:lb/loadBalancer:LoadBalancer", "balancer")
test_stage_waf_associated = table(
    "apigateway-stage-waf-associated",
    fails("none", STAGE, API, ACL, at="", says="web ACL"),
    passes("associated", STAGE, association(STAGE.arn), ACL, API),
    passes("associated in a component", STAGE, association(STAGE.arn, parent=COMPONENT), COMPONENT, ACL, API),
    passes(
        "classic WAF",
        STAGE,
        association(STAGE.arn, "aws:wafregional/webAclAssociation:WebAclAssociation"),
        ACL,
        API,
    ),
    fails(
        "associated with something else", STAGE, association(BALANCER.arn), BALANCER, ACL, API, at="", says="web ACL"
    ),
    passes(
        "by its known ARN",
        R("aws:apigateway/stage:Stage", "stage", outputs={"arn": ARN}),
        association(ARN),
        ACL,
    ),
    undecided("an unknown target", STAGE, association(UNKNOWN), ACL, API, at="resourceArn"),
)


def http_stage(**properties: object) -> R:
    return R("aws:apigatewayv2/stage:Stage", "stage", apiId="a1b2c3", name="$default", **properties)


test_throttling_stated = table(
    "apigateway-throttling-stated",
    fails("no settings", STAGE, API, at="", says="no throttling limits of its own"),
    passes("both limits", STAGE, settings(throttlingBurstLimit=500, throttlingRateLimit=100), API),
    fails("one limit", STAGE, settings(throttlingBurstLimit=500), API, at="", says="no throttling limits of its own"),
    fails(
        "the account's limits",
        STAGE,
        settings(throttlingBurstLimit=-1, throttlingRateLimit=-1),
        API,
        at="",
        says="no throttling limits of its own",
    ),
    fails(
        "one method only",
        STAGE,
        settings(path="items/GET", throttlingBurstLimit=5, throttlingRateLimit=1),
        API,
        at="",
        says="no throttling limits of its own",
    ),
    passes("unknown is stated", STAGE, settings(throttlingBurstLimit=UNKNOWN, throttlingRateLimit=UNKNOWN), API),
    undecided("an unknown method", STAGE, settings(path=UNKNOWN, throttlingBurstLimit=5, throttlingRateLimit=1), API),
    fails("an HTTP API without", http_stage(), at="defaultRouteSettings"),
    passes(
        "an HTTP API with both",
        http_stage(defaultRouteSettings={"throttlingBurstLimit": 50, "throttlingRateLimit": 10}),
    ),
)
