"""Classic load balancers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..documents import arn
from ..rule import Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, View, deferred, rule
from ..stack import Stack

CLASSIC: Final = "aws:elb/loadBalancer:LoadBalancer"
NEGOTIATION: Final = "aws:elb/sslNegotiationPolicy:SslNegotiationPolicy"
POLICY: Final = "aws:elb/loadBalancerPolicy:LoadBalancerPolicy"
LISTENER_POLICY: Final = "aws:elb/listenerPolicy:ListenerPolicy"
SERVER_CERTIFICATE: Final = "aws:iam/serverCertificate:ServerCertificate"
ACM_CERTIFICATES: Final = (
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
)
SUBNET: Final = "aws:ec2/subnet:Subnet"
REFERENCE: Final = "Reference-Security-Policy"


def _protocol(entry: View) -> str:
    return (entry.text("lbProtocol") or "").lower()


def _secure(balancer: Resource) -> Iterator[View]:
    """The HTTPS and SSL listeners of a balancer; one whose protocol is unknown leaves the rule undecided."""
    for entry in balancer.each("listeners"):
        with deferred():
            if _protocol(entry) in ("https", "ssl"):
                yield entry


@rule(
    CLASSIC,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def tls_listeners(balancer: Resource) -> Findings:
    """Listeners of a classic load balancer use HTTPS or SSL.

    Why: What goes over HTTP or TCP can be read and changed on the way.
    Fix: Set `lbProtocol` to https or ssl, with a certificate.
    Source: Classic Load Balancers user guide, "HTTPS listeners"; AWS Config rule ELB_TLS_HTTPS_LISTENERS_ONLY.
    """
    for entry in balancer.each("listeners"):
        with deferred():
            if _protocol(entry) not in ("https", "ssl"):
                yield entry.finding(
                    f"the listener on port {entry.known('lbPort')} speaks {entry.text('lbProtocol')}; use https or ssl",
                    at="lbProtocol",
                )


@rule(
    CLASSIC,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def acm_certificate(balancer: Resource, stack: Stack) -> Findings:
    """Secure listeners of a classic load balancer use a certificate of AWS Certificate Manager.

    Why: ACM renews its certificates; one that was uploaded to IAM expires some day.
    Fix: Set `sslCertificateId` to the ARN of an ACM certificate.
    Source: Classic Load Balancers user guide, "SSL/TLS certificates"; AWS Config rule ELB_ACM_CERTIFICATE_REQUIRED.
    """
    for entry in _secure(balancer):
        with deferred():
            if not entry.has("sslCertificateId"):
                yield entry.finding("the secure listener has no certificate; use one from ACM", at="sslCertificateId")
                continue
            if entry.is_unknown("sslCertificateId"):
                uploaded = stack.referred_by(balancer, "listeners", SERVER_CERTIFICATE).certain
                if stack.referred_by(balancer, "listeners", *ACM_CERTIFICATES).certain and not uploaded:
                    continue
            else:
                uploaded = []
            text = "" if uploaded else entry.text("sslCertificateId") or ""
            if uploaded or arn.service_of(text) == "iam":
                yield entry.finding("the certificate was uploaded to IAM; use one from ACM", at="sslCertificateId")


def _one_zone(balancer: Resource, stack: Stack) -> str | None:
    """Why a balancer stands in one zone only, None when it stands in several, or nobody can tell.

    Raises:
        Undecided: its subnets or zones are unknown.
    """
    count = 0
    for path in ("availabilityZones", "subnets"):
        given = balancer.list(path)
        if given is not None:
            count += len(set(map(str, given.plain()))) if path == "availabilityZones" else len(given)
    if count < 2:
        return f"{count} subnet{'s' * (count != 1)} or zone"
    subnets = stack.referred_by(balancer, "subnets", SUBNET).certain
    zones = {subnet.known("availabilityZone") for subnet in subnets}
    if len(subnets) == count and len(zones) == 1 and None not in zones:
        return f"subnets in {zones.pop()} only"
    return None


@rule(CLASSIC, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def multi_az(balancer: Resource, stack: Stack) -> Findings:
    """A classic load balancer spans more than one zone.

    Why: With one zone everything behind it is gone.
    Fix: Name subnets (or `availabilityZones`) of at least two zones.
    Source: Classic Load Balancers user guide, "Availability Zones"; AWS Config rule CLB_MULTIPLE_AZ.
    """
    reason = _one_zone(balancer, stack)
    if reason:
        yield balancer.finding(
            f"the load balancer has {reason}; use two zones",
            at="availabilityZones" if balancer.has("availabilityZones") else "subnets",
        )


@rule(
    CLASSIC,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def cross_zone(balancer: Resource, stack: Stack) -> Findings:
    """Cross-zone balancing is on, over at least two zones.

    Why: Without it a zone with few targets is overrun while another idles. It is on unless switched off.
    Fix: Leave `crossZoneLoadBalancing` out, and name subnets of two zones.
    Source: Classic Load Balancers user guide, "Cross-zone load balancing"; AWS Config rule
    ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED.
    """
    if balancer.flag("crossZoneLoadBalancing") is False:
        yield balancer.finding(
            "cross-zone balancing is off; set `crossZoneLoadBalancing=true`", at="crossZoneLoadBalancing"
        )
        return
    reason = _one_zone(balancer, stack)
    if reason:
        yield balancer.finding(
            f"there is only one zone to balance across: {reason}; use two zones", at="crossZoneLoadBalancing"
        )


@rule(CLASSIC, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def health_check(balancer: Resource) -> Findings:
    """A classic load balancer has a health check of its own.

    Why: The check that AWS adds only opens a port; an application that answers with errors passes it.
    Fix: Set `healthCheck` with a target such as HTTPS:443/health.
    Source: Classic Load Balancers user guide, "Configure health checks".
    """
    if not balancer.has("healthCheck"):
        yield balancer.finding("the load balancer has no health check; set `healthCheck`", at="healthCheck")


@rule(CLASSIC, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def connection_draining(balancer: Resource) -> Findings:
    """Connection draining is on.

    Why: Without it calls in flight are cut off when an instance is taken out.
    Fix: Set `connectionDraining` to `true`.
    Source: Classic Load Balancers user guide, "Configure connection draining".
    """
    if not balancer.flag("connectionDraining"):
        yield balancer.finding("connection draining is off; set `connectionDraining=true`", at="connectionDraining")


@rule(CLASSIC, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def http_on_application_load_balancer(balancer: Resource) -> Findings:
    """HTTP and HTTPS are served by application load balancers, not by classic ones.

    Why: A classic load balancer routes by port only, and has no web firewall, redirects or authentication.
    Fix: Use a `aws.lb.LoadBalancer` of type application.
    Source: Elastic Load Balancing user guide, "Migrate your Classic Load Balancer".
    """
    for entry in balancer.each("listeners"):
        with deferred():
            if _protocol(entry) in ("http", "https"):
                yield entry.finding(
                    f"the classic listener speaks {_protocol(entry)}; use an application load balancer",
                    at="lbProtocol",
                )


@rule(
    CLASSIC,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={
        "policies": Parameter.of(
            ["ELBSecurityPolicy-TLS-1-2-2017-01"], "Predefined security policies that are approved."
        ),
    },
)
def predefined_tls_policy(balancer: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """Secure listeners of a classic load balancer use an approved predefined security policy.

    Why: The policy that holds unless one is set (ELBSecurityPolicy-2016-08) still allows TLS 1.0 and 1.1.
    Fix: Add an `aws.elb.SslNegotiationPolicy` for the listener's port with the attribute Reference-Security-Policy:
    ELBSecurityPolicy-TLS-1-2-2017-01, or an `aws.elb.LoadBalancerPolicy` with it and an `aws.elb.ListenerPolicy`.
    Source: Classic Load Balancers user guide, "Predefined SSL security policies"; AWS Config rule
    ELB_PREDEFINED_SECURITY_POLICY_SSL_CHECK.
    """
    approved = parameters["policies"]
    negotiated = stack.referring_to(balancer, NEGOTIATION, via="loadBalancer")
    policies = stack.referring_to(balancer, POLICY, via="loadBalancerName")
    attached = stack.referring_to(balancer, LISTENER_POLICY, via="loadBalancerName")
    for entry in _secure(balancer):
        with deferred():
            port = entry.number("lbPort")
            good = any(
                one.number("lbPort") == port and _refers(one, "attributes", approved) for one in negotiated.certain
            ) or any(
                one.number("loadBalancerPort") == port and _names_approved(stack, one, policies.certain, approved)
                for one in attached.certain
            )
            if good:
                continue
            if negotiated.maybe_more or attached.maybe_more:
                raise Undecided("listeners", balancer.urn, "may have a policy that is not known yet")
            yield entry.finding(
                f"the listener on port {port} has no approved security policy ({', '.join(approved)}); add an "
                "`aws.elb.SslNegotiationPolicy`",
                at="lbPort",
            )


def _refers(policy: Resource, attributes: str, approved: list[str]) -> bool:
    return any(
        attribute.text("name") == REFERENCE and attribute.text("value") in approved
        for attribute in policy.each(attributes)
    )


def _names_approved(stack: Stack, listener: Resource, policies: list[Resource], approved: list[str]) -> bool:
    """Whether a listener policy names a policy of the program that refers to an approved one."""
    named = stack.referred_by(listener, "policyNames", POLICY).certain
    known = {name for name in listener.values("policyNames") if isinstance(name, str)} if not named else set()
    return any(
        _refers(policy, "policyAttributes", approved)
        for policy in policies
        if policy in named or policy.known("policyName") in known
    )
