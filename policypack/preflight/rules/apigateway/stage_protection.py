"""What a stage adds to its API: cache, client certificate, firewall, throttling."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, NotApplicable, Resource, Severity, rule
from ...stack import Stack
from .._shared_graph import settled
from ._parts import STAGE, STAGE_V2, StageSettings

WEB_ACL_ASSOCIATIONS: Final = (
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafregional/webAclAssociation:WebAclAssociation",
)


@rule(STAGE, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def stage_cache_enabled(stage: Resource) -> Findings:
    """A REST stage has a cache cluster.

    Why: A cache answers repeated requests without calling the back end, and keeps answering while it is slow.
    Fix: Set `cacheClusterEnabled=true` and a `cacheClusterSize`; the smallest (0.5 GB) costs about 15 USD a month.
    Source: Amazon API Gateway Developer Guide, "Cache settings for REST APIs in API Gateway".
    """
    if not stage.flag("cacheClusterEnabled"):
        yield stage.finding("the stage has no cache cluster; set `cacheClusterEnabled=true`", at="cacheClusterEnabled")


@rule(
    STAGE,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def stage_cache_encrypted(stage: Resource, stack: Stack) -> Findings:
    """A REST stage with a cache cluster encrypts all responses that it caches.

    Why: Cached responses are plain text on the cache's disks until encryption is turned on per method; without method
    settings, a cache cluster caches all GET methods unencrypted. A stage without a cache cluster stores nothing.
    Fix: Create `aws.apigateway.MethodSettings` with `methodPath="*/*"`, `settings.cachingEnabled=true` and
    `settings.cacheDataEncrypted=true`, and repeat `cacheDataEncrypted` in settings for single methods.
    Source: Amazon API Gateway Developer Guide, "Cache settings for REST APIs in API Gateway"; AWS Config rule
    api-gw-cache-enabled-and-encrypted.
    """
    if not stage.flag("cacheClusterEnabled"):
        raise NotApplicable("the stage has no cache cluster")
    settings = StageSettings(stack, stage)
    for found in settings.certain:
        caches = found.known("methodPath") == "*/*" or found.flag("settings.cachingEnabled")
        if caches and not found.flag("settings.cacheDataEncrypted"):
            yield found.finding(
                f"responses cached for '{found.known('methodPath')}' are not encrypted; set "
                "`settings.cacheDataEncrypted` to true",
                at="settings.cacheDataEncrypted",
            )
    if not settings.whole_stage():
        settled(
            None if settings.is_open else False, stage, "stageName", "may have method settings that are not known yet"
        )
        yield stage.finding(
            "the cache cluster stores responses unencrypted; add MethodSettings with `methodPath` '*/*' and "
            "`settings.cacheDataEncrypted` true",
            at="cacheClusterEnabled",
        )


@rule(
    STAGE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def stage_client_certificate(stage: Resource) -> Findings:
    """A REST stage shows its back ends a client certificate.

    Why: With the certificate a back end can tell requests that come through the API from requests that go round it.
    Fix: Create `aws.apigateway.ClientCertificate` and pass its id as `clientCertificateId`; the certificate is valid
    for 365 days.
    Source: Amazon API Gateway Developer Guide, "Generate and configure an SSL certificate for backend authentication";
    AWS Config rule api-gw-ssl-enabled.
    """
    if not stage.has("clientCertificateId"):
        yield stage.finding(
            "the stage has no client certificate; pass one as `clientCertificateId`", at="clientCertificateId"
        )


@rule(
    STAGE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def stage_waf_associated(stage: Resource, stack: Stack) -> Findings:
    """A REST stage is behind a web ACL.

    Why: A web ACL turns away common attacks (injection, known bad addresses, floods) before they reach the API.
    Fix: Create `aws.wafv2.WebAclAssociation` with `resourceArn`=stage.arn and the ARN of a REGIONAL web ACL.
    Source: Amazon API Gateway Developer Guide, "Use AWS WAF to protect your REST APIs"; AWS Config rule
    api-gw-associated-with-waf.
    """
    if not stack.referring_to(stage, *WEB_ACL_ASSOCIATIONS, via="resourceArn"):
        yield stage.finding("no web ACL is associated with the stage; add `aws.wafv2.WebAclAssociation` with its ARN")


@rule((STAGE, STAGE_V2), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def throttling_stated(stage: Resource, stack: Stack) -> Findings:
    """An API stage has burst and rate limits of its own.

    Why: Without them the account's limit holds (10,000 requests a second in most regions): one API can use it up for
    all others.
    Fix: REST: `aws.apigateway.MethodSettings` with `methodPath="*/*"` and `settings.throttlingBurstLimit` and
    `throttlingRateLimit`; HTTP and WebSocket: `defaultRouteSettings` with the same two.
    Source: Amazon API Gateway Developer Guide, "Throttle requests to your REST APIs for better throughput".
    """
    if stage.is_a(STAGE_V2):
        if not _states_limits(stage, "defaultRouteSettings"):
            yield stage.finding(
                "the stage has no throttling limits of its own; set `defaultRouteSettings.throttlingBurstLimit` and "
                "`throttlingRateLimit`",
                at="defaultRouteSettings",
            )
        return
    settings = StageSettings(stack, stage)
    if any(_states_limits(found, "settings") for found in settings.whole_stage()):
        return
    settled(None if settings.is_open else False, stage, "stageName", "may have method settings that are not known yet")
    yield stage.finding(
        "the stage has no throttling limits of its own; add MethodSettings with `methodPath` '*/*' and both "
        "`settings.throttlingBurstLimit` and `throttlingRateLimit`"
    )


def _states_limits(resource: Resource, where: str) -> bool:
    """Whether both limits are there; -1 stands for the account's limit."""
    limits = [f"{where}.throttlingBurstLimit", f"{where}.throttlingRateLimit"]
    return all(resource.has(limit) and resource.known(limit) != -1 for limit in limits)
