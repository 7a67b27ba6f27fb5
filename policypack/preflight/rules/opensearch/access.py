"""Who reaches a domain, and how."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...documents.answer import either
from ...rule import Findings, Kind, Resource, Severity, Undecided, rule
from ...stack import Stack
from .domain import DOMAINS

_POLICIES: Final = ("aws:opensearch/domainPolicy:DomainPolicy", "aws:elasticsearch/domainPolicy:DomainPolicy")


def _policy(stack: Stack, domain: Resource) -> iam.Document | None:
    """The access policy of a domain, its own or a separate one; None when the program gives it none."""
    written = [domain.raw("accessPolicies")] if domain.has("accessPolicies") else []
    separate = stack.referring_to(domain, *_POLICIES, via="domainName")
    written += [policy.raw("accessPolicies") for policy in separate.certain]
    documents = [iam.parse(value) for value in written] + ([iam.UNKNOWN] if separate.maybe_more else [])
    return iam.combine(documents) if documents else None


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def access_signed(domain: Resource, stack: Stack) -> Findings:
    """Access policies do not admit unsigned or anonymous calls.

    Why: A policy for everyone admits anyone who can reach the address, and an address does not identify anyone.
    Fix: Name roles or users as principals. With fine-grained access control, which asks everyone for credentials, an
    open policy is taken.
    Source: Amazon OpenSearch Service Developer Guide, "Identity and Access Management in Amazon OpenSearch Service".
    """
    if domain.flag("advancedSecurityOptions.enabled") and not domain.flag(
        "advancedSecurityOptions.anonymousAuthEnabled"
    ):
        return
    document = _policy(stack, domain)
    if document is None:
        return
    pending = not document.is_known
    for statement in document.allowing:
        answer = statement.admits_anyone()
        pending = pending or answer is None
        if answer:
            yield domain.finding(f"{statement.label} of its access policy admits anonymous calls", at="accessPolicies")
            return
    if pending:
        raise Undecided("accessPolicies", domain.urn)


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def allowlisted_ips(domain: Resource, stack: Stack) -> Findings:
    """Access policies limit callers to listed addresses.

    Why: A stolen key is of no use from elsewhere. Domains in a VPC do not support such a policy; their security groups
    protect them, and they are not judged.
    Fix: Add a condition IpAddress on aws:SourceIp to each statement that allows.
    Source: Amazon OpenSearch Service Developer Guide, "Identity and Access Management in Amazon OpenSearch Service"
    (IP-based policies).
    """
    if domain.has("vpcOptions.subnetIds"):
        return
    document = _policy(stack, domain)
    if document is None:
        yield domain.finding("has no access policy that lists addresses", at="accessPolicies")
        return
    for statement in document.allowing:
        answer = either(iam.is_limited(condition) for condition in statement.conditions_on("aws:SourceIp"))
        if answer is None:
            raise Undecided("accessPolicies", domain.urn)
        if not answer:
            yield domain.finding(f"{statement.label} of its access policy lists no addresses", at="accessPolicies")
            return
    if not document.is_known:
        raise Undecided("accessPolicies", domain.urn)


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def https_required(domain: Resource) -> Findings:
    """The domain's address takes HTTPS only, with TLS 1.2 or later.

    Why: Credentials and documents pass in the clear otherwise.
    Fix: Set `domainEndpointOptions.enforceHttps=true` and
    `domainEndpointOptions.tlsSecurityPolicy="Policy-Min-TLS-1-2-PFS-2023-10"`.
    Source: Amazon OpenSearch Service API Reference, "DomainEndpointOptions"; AWS Config rule opensearch-https-required.
    """
    if not domain.flag("domainEndpointOptions.enforceHttps"):
        yield domain.finding("accepts plain HTTP; set `enforceHttps=true`", at="domainEndpointOptions.enforceHttps")
        return
    policy = domain.text("domainEndpointOptions.tlsSecurityPolicy")
    if policy is None or policy.startswith("Policy-Min-TLS-1-0"):
        seen = f"takes TLS 1.0 ({policy})" if policy else "names no TLS policy"
        yield domain.finding(
            f"{seen}; set `tlsSecurityPolicy` to one of TLS 1.2", at="domainEndpointOptions.tlsSecurityPolicy"
        )


@rule(DOMAINS, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def access_control_encrypted(domain: Resource) -> Findings:
    """Fine-grained access control goes with HTTPS, encryption at rest and encryption between nodes.

    Why: OpenSearch Service refuses it otherwise ("ValidationException: You must enable node-to-node encryption to use
    advanced security options").
    Fix: Turn on `enforceHttps`, `encryptAtRest` and `nodeToNodeEncryption`.
    Source: Amazon OpenSearch Service Developer Guide, "Fine-grained access control in Amazon OpenSearch Service".
    """
    if not domain.flag("advancedSecurityOptions.enabled"):
        return
    for path in ("encryptAtRest.enabled", "nodeToNodeEncryption.enabled", "domainEndpointOptions.enforceHttps"):
        if not domain.flag(path):
            yield domain.finding(f"fine-grained access control needs `{path}=true`", at=path)
            return
