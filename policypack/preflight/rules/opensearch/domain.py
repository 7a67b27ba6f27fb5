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
