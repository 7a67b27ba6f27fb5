"""Managed Streaming for Apache Kafka."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, Undecided, rule
from ._shared_flags import asked

CLUSTER: Final = "aws:msk/cluster:Cluster"

_IN_TRANSIT: Final = "encryptionInfo.encryptionInTransit"
_LOGS: Final = "loggingInfo.brokerLogs"


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def client_broker_tls(cluster: Resource) -> Findings:
    """Clients talk TLS only to the brokers.

    Why: With TLS_PLAINTEXT or PLAINTEXT, whoever is on the way reads the messages.
    Fix: Leave `encryptionInTransit.clientBroker` at "TLS", as it is when left out.
    Source: Amazon MSK Developer Guide, "Amazon MSK encryption".
    """
    found = cluster.text(f"{_IN_TRANSIT}.clientBroker")
    if found not in (None, "", "TLS"):
        yield cluster.finding(f"lets clients talk {found}; set `clientBroker` to TLS", at=f"{_IN_TRANSIT}.clientBroker")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def in_cluster_tls(cluster: Resource) -> Findings:
    """Brokers talk TLS among themselves.

    Why: Each message travels between brokers in different zones.
    Fix: Leave `encryptionInTransit.inCluster` on, as it is when left out.
    Source: Amazon MSK Developer Guide, "Amazon MSK encryption"; AWS Config rule msk-in-cluster-node-require-tls.
    """
    message = "does not encrypt the traffic between its brokers; leave `inCluster` on"
    yield from asked(cluster, f"{_IN_TRANSIT}.inCluster", message, absent=True)


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def broker_logging(cluster: Resource) -> Findings:
    """Broker logs go to at least one destination.

    Why: They tell of refused clients and failing brokers, and are kept nowhere else.
    Fix: Enable `cloudwatchLogs`, firehose or s3 in `loggingInfo.brokerLogs`.
    Source: Amazon MSK Developer Guide, "Amazon MSK logging".
    """
    pending: Undecided | None = None
    for place in ("cloudwatchLogs", "firehose", "s3"):
        try:
            if cluster.flag(f"{_LOGS}.{place}.enabled"):
                return
        except Undecided as unknown:
            pending = unknown
    if pending:
        raise pending
    yield cluster.finding("does not send its broker logs anywhere; set `loggingInfo.brokerLogs`", at=_LOGS)


@rule(CLUSTER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def brokers_match_subnets(cluster: Resource) -> Findings:
    """The number of brokers is a multiple of the number of client subnets.

    Why: MSK refuses the cluster ("BadRequestException: The number of broker nodes must be a multiple of Availability
    Zones in the ClientSubnets parameter").
    Fix: Set `numberOfBrokerNodes` to a multiple of the number of subnets, one subnet for each Availability Zone.
    Source: Amazon MSK API Reference, "Clusters" (`numberOfBrokerNodes`).
    """
    subnets = cluster.list("brokerNodeGroupInfo.clientSubnets")
    brokers = cluster.number("numberOfBrokerNodes")
    if subnets and brokers is not None and brokers % len(subnets):
        yield cluster.finding(
            f"{brokers:g} brokers do not divide evenly over {len(subnets)} subnets; set `numberOfBrokerNodes` to a "
            f"multiple of {len(subnets)}",
            at="numberOfBrokerNodes",
        )
