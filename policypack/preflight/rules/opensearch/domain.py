"""OpenSearch and Elasticsearch domains."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, Resource, Severity, Undecided, rule
from .._shared_flags import asked, named

DOMAINS: Final = ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
    controls={
        "hipaa": "164.312(a)(2)(iv) 164.312(e)(2)(ii)",
        "nist-800-53-r5": "AU-9(3) CP-9d SC-8(3) SC-8(4) SC-13a SC-28(1) SI-19(4)",
        "pci-dss-3.2.1": "3.4 8.2.1",
        "pci-dss-4.0": "3.5.1 8.3.2",
        "fedramp-moderate": "SC-28",
    },
)
def encrypted_at_rest(domain: Resource) -> Findings:
    """The domain encrypts its data at rest.

    Why: Indexes, logs and snapshots are readable by anyone with access to the storage.
    Fix: Set `encryptAtRest.enabled=true`.
    Source: Amazon OpenSearch Service Developer Guide, "Encryption of data at rest"; AWS Config rules
    elasticsearch-encrypted-at-rest and opensearch-encrypted-at-rest.
    """
    yield from asked(domain, "encryptAtRest.enabled", "does not encrypt its data at rest; set `encryptAtRest.enabled`")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
    controls={
        "hipaa": "164.312(a)(2)(iv) 164.312(e)(1) 164.312(e)(2)(i) 164.312(e)(2)(ii)",
        "nist-800-53-r5": (
            "AC-4 AC-4(22) AC-24(1) AU-9(3) CA-9b PM-17b SC-7(4)(b) SC-7(4)(g) SC-8 SC-8(1) SC-8(2) SC-8(3) "
            "SC-8(4) SC-8(5) SC-13a SC-23 SI-1a.2 SI-1c.2"
        ),
        "pci-dss-3.2.1": "4.1",
        "pci-dss-4.0": "1.2.5 2.2.5 2.2.7 4.2.1.1 4.2.1 8.3.2",
        "fedramp-moderate": "SC-7 SC-8 SC-8(1) SC-23",
    },
)
def node_to_node_encryption(domain: Resource) -> Findings:
    """Traffic between the nodes is encrypted.

    Why: The nodes pass documents to each other in the clear otherwise.
    Fix: Set `nodeToNodeEncryption.enabled=true`.
    Source: Amazon OpenSearch Service Developer Guide, "Node-to-node encryption"; AWS Config rules
    elasticsearch-node-to-node-encryption-check and opensearch-node-to-node-encryption-check.
    """
    message = "does not encrypt the traffic between its nodes; set `nodeToNodeEncryption.enabled`"
    yield from asked(domain, "nodeToNodeEncryption.enabled", message)


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
    controls={
        "hipaa": "164.308(a)(3)(i) 164.308(a)(4)(ii)(A) 164.308(a)(4)(ii)(C) 164.312(a)(1) 164.312(e)(1)",
        "nist-800-53-r5": (
            "AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17b AC-17(1) AC-17(4)(a) AC-17(9) AC-17(10) MP-2 SC-7a SC-7b "
            "SC-7c SC-7(2) SC-7(3) SC-7(9)(a) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24)(b) SC-25"
        ),
        "pci-dss-3.2.1": "1.2 1.2.1 1.3 1.3.1 1.3.2 1.3.4 1.3.6 2.2.2",
        "pci-dss-4.0": "1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 A1.1.3",
        "fedramp-moderate": "AC-3 AC-4 AC-6 AC-17(1) CM-2 SC-7 SC-7(3)",
    },
)
def in_vpc(domain: Resource) -> Findings:
    """The domain sits in a VPC.

    Why: A domain outside one has an address in the internet, guarded by its access policy alone.
    Fix: Set `vpcOptions` with `subnetIds` and `securityGroupIds`. A domain can't be moved later.
    Source: Amazon OpenSearch Service Developer Guide, "Launching your domains within a VPC"; AWS Config rules
    elasticsearch-in-vpc-only and opensearch-in-vpc-only.
    """
    yield from named(domain, "vpcOptions.subnetIds", "is not in a VPC; set `vpcOptions.subnetIds`")


@rule(
    DOMAINS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    controls={
        "hipaa": "164.308(a)(3)(ii)(A) 164.312(b)",
        "nist-800-53-r5": "AU-10",
        "pci-dss-3.2.1": "10.1 10.2.1 10.2.2 10.2.3 10.2.4 10.2.5 10.3.1 10.3.2 10.3.3 10.3.4 10.3.5 10.3.6",
        "pci-dss-4.0": "10.5.1 5.3.4",
        "fedramp-moderate": "AC-2(g)",
    },
)
def error_logs(domain: Resource) -> Findings:
    """The domain publishes its application error logs.

    Why: They tell of failed requests and of nodes in trouble, and are kept nowhere else.
    Fix: Add `logPublishingOptions` with `logType` "ES_APPLICATION_LOGS" and a log group.
    Source: Amazon OpenSearch Service Developer Guide, "Monitoring OpenSearch logs"; AWS Config rules
    elasticsearch-logs-to-cloudwatch and opensearch-logs-to-cloudwatch.
    """
    pending: Undecided | None = None
    for entry in domain.each("logPublishingOptions"):
        try:
            if entry.text("logType") == "ES_APPLICATION_LOGS" and entry.flag("enabled") is not False:
                return
        except Undecided as unknown:
            pending = unknown
    if pending:
        raise pending
    yield domain.finding("does not publish its application error logs", at="logPublishingOptions")
