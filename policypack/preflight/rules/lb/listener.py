"""Listeners: protocols, certificates, redirects and TLS policies."""

from __future__ import annotations

import re
from typing import Final

from ...documents import arn
from ...facts import lb as facts
from ...rule import Findings, Kind, Resource, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from .._shared_targets import earlier, sharing
from ._tokens import (
    LISTENER,
    LISTENER_CERTIFICATE,
    LOAD_BALANCER,
    SECURE,
    TARGET_GROUP,
    listener_protocol,
    protocol_of,
    type_of,
)

ACM_CERTIFICATES: Final = (
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
)
SERVER_CERTIFICATE: Final = "aws:iam/serverCertificate:ServerCertificate"


@rule(LISTENER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def listener_certificate_set(listener: Resource) -> Findings:
    """HTTPS and TLS listeners have a certificate, other listeners none.

    Why: Elastic Load Balancing refuses others: "CertificateNotFound / ValidationError: A certificate must be specified
    for HTTPS listeners", "A certificate cannot be specified for HTTP listeners".
    Fix: Pass the ARN of a validated certificate; a listener that only redirects uses HTTP and no certificate.
    Source: Elastic Load Balancing API Reference, "CreateListener".
    """
    protocol = protocol_of(listener)
    if protocol in SECURE:
        if not listener.has("certificateArn"):
            yield listener.finding(
                f"the {protocol} listener has no certificate; set `certificateArn`", at="certificateArn"
            )
    elif protocol:
        for path in ("certificateArn", "sslPolicy"):
            if listener.has(path):
                secure = "HTTPS" if protocol == "HTTP" else "TLS"
                yield listener.finding(
                    f"a {protocol} listener does not support `{path}`; use {secure}, or remove it", at=path
                )
                return


@rule(LISTENER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def listener_protocol_fits(listener: Resource, stack: Stack) -> Findings:
    """A listener's protocol fits the type of its load balancer and the target groups that it forwards to.

    Why: Elastic Load Balancing refuses others: "ValidationError: Listener protocol 'TCP' must be one of 'HTTP, HTTPS'",
    "InvalidConfigurationRequest: … not supported for target groups with the … protocol".
    Fix: HTTP and HTTPS on application load balancers, TCP, TLS and UDP on network load balancers, none on gateway load
    balancers; forward to target groups of the same family.
    Source: Application Load Balancers user guide, "Listeners"; Network Load Balancers user guide, "Listeners", "Target
    groups".
    """
    protocol = listener_protocol(listener, stack)
    if protocol is None:
        return
    for balancer in stack.referred_by(listener, "loadBalancerArn", LOAD_BALANCER).certain:
        with deferred():
            kind = type_of(balancer)
            allowed = facts.LISTENER_PROTOCOLS.get(kind)
            if allowed is not None and protocol not in allowed:
                shown = ", ".join(sorted(allowed)) or "no protocol"
                yield listener.finding(
                    f"load balancer {balancer.name} is of type {kind}, whose listeners have {shown}; not {protocol}",
                    at="protocol",
                )
                return
    for group in stack.referred_by(listener, "defaultActions", TARGET_GROUP).certain:
        with deferred():
            if group.text("targetType") in ("lambda", "alb"):
                continue
            theirs, allowed = protocol_of(group), facts.TARGET_PROTOCOLS.get(protocol)
            if theirs and allowed and theirs not in allowed:
                yield listener.finding(
                    f"a {protocol} listener can't forward to target group {group.name} of protocol "
                    f"{theirs}; it accepts {', '.join(sorted(allowed))}",
                    at="defaultActions",
                )


def _layers(protocol: str | None) -> set[str]:
    """The transport protocols whose port a listener takes."""
    if protocol is None:
        return {"tcp"}
    return (
        {"tcp", "udp"} if protocol in ("TCP_UDP", "TCP_QUIC") else {"udp"} if protocol in ("UDP", "QUIC") else {"tcp"}
    )


@rule(LISTENER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def listener_port_unique(listener: Resource, stack: Stack) -> Findings:
    """A load balancer has one listener per port.

    Why: Elastic Load Balancing refuses a second: "DuplicateListener: A listener already exists on this port for this
    load balancer".
    Fix: Use listener rules on one listener, or another port.
    Source: Elastic Load Balancing API Reference, "CreateListener".
    """
    port = listener.number("port")
    if port is None:
        return
    for other in earlier(listener, sharing(stack, listener, "loadBalancerArn", (LISTENER,), LOAD_BALANCER)):
        with deferred():
            if other.number("port") == port and _layers(protocol_of(listener)) & _layers(protocol_of(other)):
                yield listener.finding(
                    f"listener {other.name} of the same load balancer already has port {port}; use listener rules, or "
                    "another port",
                    at="port",
                )
                return


_UNCHANGED: Final = {
    "host": "#{host}",
    "path": "/#{path}",
    "port": "#{port}",
    "protocol": "#{protocol}",
    "query": "#{query}",
}


@rule(LISTENER, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def listener_redirect_ends(listener: Resource) -> Findings:
    """A redirect leads to another address than the one it came from.

    Why: A browser follows it to the same listener, over and over: "too many redirects".
    Fix: Change the protocol, port, host, path or query.
    Source: Application Load Balancers user guide, "Redirect actions".
    """
    own = {"protocol": protocol_of(listener), "port": listener.text("port")}
    for action in listener.each("defaultActions"):
        with deferred():
            if not action.has("redirect"):
                continue
            parts = {name: action.text(f"redirect.{name}") for name in _UNCHANGED}
            if all(
                value in (None, "", unchanged) or (name in own and value == own[name])
                for (name, unchanged), value in zip(_UNCHANGED.items(), parts.values(), strict=True)
            ):
                yield action.finding(
                    "the redirect leads to itself; change the protocol, port, host, path or query", at="redirect"
                )


@rule(
    LISTENER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def acm_certificate(listener: Resource, stack: Stack) -> Findings:
    """A secure listener has a certificate of AWS Certificate Manager.

    Why: ACM renews its certificates; one that was uploaded to IAM expires some day. Listeners that only redirect, or
    carry plain TCP, need none.
    Fix: Set `certificateArn` to an ACM certificate.
    Source: Application Load Balancers user guide, "SSL certificates"; AWS Config rule ELBV2_ACM_CERTIFICATE_REQUIRED.
    """
    if protocol_of(listener) not in SECURE:
        return
    if not listener.has("certificateArn"):
        if not stack.referring_to(listener, LISTENER_CERTIFICATE, via="listenerArn"):
            yield listener.finding(
                "the listener has no certificate; set `certificateArn` to one of ACM", at="certificateArn"
            )
        return
    if stack.referred_by(listener, "certificateArn", *ACM_CERTIFICATES).certain:
        return
    uploaded = stack.referred_by(listener, "certificateArn", SERVER_CERTIFICATE).certain
    if uploaded or arn.service_of(listener.text("certificateArn") or "") == "iam":
        yield listener.finding(
            "the certificate was uploaded to IAM, which does not renew it; use one from ACM", at="certificateArn"
        )


def _redirects_to_https(action: View) -> bool:
    return action.text("type") == "redirect" and (action.text("redirect.protocol") or "").upper() == "HTTPS"


def _only_redirects(listener: Resource) -> bool:
    """Whether the default action of a listener redirects to HTTPS.

    Raises:
        Undecided: an action that could is unknown, and none does for certain.
    """
    unknown: Undecided | None = None
    try:
        for action in listener.each("defaultActions"):
            try:
                if _redirects_to_https(action):
                    return True
            except Undecided as found:
                unknown = found
    except Undecided as found:
        unknown = found
    if unknown:
        raise unknown
    return False


@rule(
    LISTENER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def http_to_https_redirect(listener: Resource, stack: Stack) -> Findings:
    """The default action of an HTTP listener redirects to HTTPS.

    Why: HTTP carries everything in clear text, session cookies and passwords included.
    Fix: Make the default action a redirect with protocol HTTPS, port 443 and status code HTTP_301.
    Source: Application Load Balancers user guide, "Redirect actions"; AWS Config rule
    ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK.
    """
    if listener_protocol(listener, stack) == "HTTP" and not _only_redirects(listener):
        yield listener.finding(
            "the HTTP listener does not redirect to HTTPS; make that its default action", at="defaultActions"
        )


@rule(
    LISTENER,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def listener_secure(listener: Resource, stack: Stack) -> Findings:
    """A listener uses HTTPS or TLS, or only redirects to it.

    Why: What goes over HTTP or plain TCP can be read and changed on the way.
    Fix: Use HTTPS (network load balancers: TLS); exempt a TCP listener whose targets end TLS themselves.
    Source: Application Load Balancers user guide, "HTTPS listeners"; Network Load Balancers user guide, "TLS
    listeners".
    """
    protocol = listener_protocol(listener, stack)
    if protocol == "HTTP" and not _only_redirects(listener):
        yield listener.finding("the listener serves HTTP; use HTTPS, or redirect to it", at="protocol")
    elif protocol in ("TCP", "TCP_UDP"):
        yield listener.finding(
            f"the listener carries plain {protocol}; use TLS, or exempt it where the targets end TLS themselves",
            at="protocol",
            severity=Severity.MEDIUM,
        )


_SINCE_TLS_1_2: Final = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-).+")


@rule(
    LISTENER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def listener_tls_policy(listener: Resource) -> Findings:
    """A secure listener's policy allows TLS 1.2 and newer only.

    Why: The policy that holds unless one is set (ELBSecurityPolicy-2016-08) still allows TLS 1.0 and 1.1.
    Fix: Set `sslPolicy` to ELBSecurityPolicy-TLS13-1-2-Res-2021-06 or newer.
    Source: Application Load Balancers user guide, "Security policies for your Application Load Balancer".
    """
    if protocol_of(listener) not in SECURE:
        return
    policy = listener.text("sslPolicy")
    if not policy or not _SINCE_TLS_1_2.fullmatch(policy):
        shown = f"{policy} allows" if policy else "the default ELBSecurityPolicy-2016-08 allows"
        yield listener.finding(f"{shown} TLS before 1.2; use ELBSecurityPolicy-TLS13-1-2-Res-2021-06", at="sslPolicy")
