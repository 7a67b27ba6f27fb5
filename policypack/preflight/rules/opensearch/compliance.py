"""What frameworks ask of domains beyond the core: access policies, masters, zones, slow logs; and zones that fit."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...documents.answer import either
from ...rule import Findings, Kind, Resource, Severity, Undecided, rule
from ...stack import Stack
from .._shared_flags import asked
from .domain import DOMAINS

_POLICIES: Final = ("aws:opensearch/domainPolicy:DomainPolicy", "aws:elasticsearch/domainPolicy:DomainPolicy")
_SLOW_LOGS: Final = ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")


def _policy(stack: Stack, domain: Resource) -> iam.Document | None:
    """The access policy of a domain, its own or a separate one; None when the program gives it none."""
    written = [domain.raw("accessPolicies")] if domain.has("accessPolicies") else []
    separate = stack.referring_to(domain, *_POLICIES, via="domainName")
    written += [policy.raw("accessPolicies") for policy in separate.certain]
    documents = [iam.parse(value) for value in written] + ([iam.UNKNOWN] if separate.maybe_more else [])
    return iam.combine(documents) if documents else None


@rule(DOMAINS, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def zones_match_subnets(domain: Resource) -> Findings:
    """Zones, subnets and data nodes of a domain fit each other.

    Why: OpenSearch Service refuses the rest ("ValidationException: You must specify exactly two subnets because you've
    set zone count to two", "You must choose a minimum of two data nodes for a two AZ deployment").
    Fix: Give one subnet without zone awareness; with it, as many subnets as zones (2 unless said, or 3) and at least as
    many nodes.
    Source: Amazon OpenSearch Service Developer Guide, "Configuring a multi-AZ domain" and "Launching your domains
    within a VPC".
    """
    aware = bool(domain.flag("clusterConfig.zoneAwarenessEnabled"))
    zones = (domain.number("clusterConfig.zoneAwarenessConfig.availabilityZoneCount") or 2) if aware else 1
    subnets = domain.raw("vpcOptions.subnetIds")
    if isinstance(subnets, list) and subnets and len(subnets) != zones:
        awareness = f"zone awareness over {zones} zones" if aware else "no zone awareness"
        yield domain.finding(
            f"the domain has {len(subnets)} subnets and {awareness}; give {zones}", at="vpcOptions.subnetIds"
        )
        return
    nodes = domain.number("clusterConfig.instanceCount")
    if aware and (1 if nodes is None else nodes) < zones:
        yield domain.finding(
            f"{zones} zones need at least {zones} data nodes, and there are {nodes or 1}; set `instanceCount`",
            at="clusterConfig.instanceCount",
        )


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
    severity=Severity.MEDIUM,
)
def dedicated_masters(domain: Resource) -> Findings:
    """The domain has three dedicated master nodes or more.

    Why: Data nodes under load lose the cluster's state, or split it.
    Fix: Set `dedicatedMasterEnabled=true`, `dedicatedMasterCount=3` and `dedicatedMasterType` in `clusterConfig`.
    Source: Amazon OpenSearch Service Developer Guide, "Dedicated master nodes in Amazon OpenSearch Service".
    """
    if not domain.flag("clusterConfig.dedicatedMasterEnabled"):
        yield domain.finding("has no dedicated masters; set three", at="clusterConfig.dedicatedMasterEnabled")
        return
    count = domain.number("clusterConfig.dedicatedMasterCount") or 0
    if count < 3:
        yield domain.finding(f"has {count} dedicated masters, fewer than 3", at="clusterConfig.dedicatedMasterCount")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def zone_awareness(domain: Resource) -> Findings:
    """The domain spreads its nodes and replicas over zones.

    Why: With its one zone the domain is gone.
    Fix: Set `zoneAwarenessEnabled=true` in `clusterConfig`, with a number of nodes that the zones divide.
    Source: Amazon OpenSearch Service Developer Guide, "Configuring a multi-AZ domain".
    """
    path = "clusterConfig.zoneAwarenessEnabled"
    yield from asked(domain, path, "stands in one zone; set `zoneAwarenessEnabled`")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def slow_logs(domain: Resource) -> Findings:
    """The domain publishes its search and index slow logs.

    Why: They show which requests bring the domain down.
    Fix: Add `logPublishingOptions` with `logType` SEARCH_SLOW_LOGS and INDEX_SLOW_LOGS.
    Source: Amazon OpenSearch Service Developer Guide, "Monitoring OpenSearch logs".
    """
    published: set[str | None] = set()
    pending: Undecided | None = None
    for entry in domain.each("logPublishingOptions"):
        try:
            if entry.flag("enabled") is not False:
                published.add(entry.text("logType"))
        except Undecided as unknown:
            pending = unknown
    missing = [name for name in _SLOW_LOGS if name not in published]
    if missing and pending:
        raise pending
    for name in missing:
        yield domain.finding(f"does not publish {name}", at="logPublishingOptions")


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


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def data_node_fault_tolerance(domain: Resource) -> Findings:
    """The domain has three data nodes or more, over several zones.

    Why: With two nodes the loss of one leaves no quorum for replicas.
    Fix: Set `instanceCount=3` and `zoneAwarenessEnabled=true` in `clusterConfig`.
    Source: Amazon OpenSearch Service Developer Guide, "Configuring a multi-AZ domain"; AWS Config rule
    opensearch-data-node-fault-tolerance.
    """
    count = domain.number("clusterConfig.instanceCount")
    nodes = 1 if count is None else count
    if nodes < 3:
        yield domain.finding(f"has {nodes} data nodes, fewer than 3", at="clusterConfig.instanceCount")
    elif not domain.flag("clusterConfig.zoneAwarenessEnabled"):
        yield domain.finding("has its data nodes in one zone", at="clusterConfig.zoneAwarenessEnabled")


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
