"""Managed Streaming for Apache Kafka."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

CLUSTER = "aws:msk/cluster:Cluster"


def transit(**settings: object) -> R:
    return R(CLUSTER, "kafka", encryptionInfo={"encryptionInTransit": settings})


def logs(**places: object) -> R:
    return R(CLUSTER, "kafka", loggingInfo={"brokerLogs": places})


test_client_broker_tls = table(
    "msk-client-broker-tls",
    fails("both", transit(clientBroker="TLS_PLAINTEXT"), at="encryptionInfo.encryptionInTransit.clientBroker"),
    passes("TLS unless said", R(CLUSTER, "kafka")),
    passes("TLS", transit(clientBroker="TLS")),
    undecided("unknown", transit(clientBroker=UNKNOWN)),
)

test_in_cluster_tls = table(
    "msk-in-cluster-tls",
    fails("off", transit(inCluster=False), at="encryptionInfo.encryptionInTransit.inCluster"),
    passes("on unless said", R(CLUSTER, "kafka")),
    undecided("unknown", R(CLUSTER, "kafka", encryptionInfo=UNKNOWN), at="encryptionInfo"),
)

test_broker_logging = table(
    "msk-broker-logging",
    fails("absent", R(CLUSTER, "kafka"), at="loggingInfo.brokerLogs"),
    passes("to a log group", logs(cloudwatchLogs={"enabled": True, "logGroup": "kafka"})),
    passes("one of two is unknown", logs(firehose={"enabled": UNKNOWN}, s3={"enabled": True, "bucket": "b"})),
    fails("off", logs(s3={"enabled": False})),
    undecided("unknown", logs(s3={"enabled": UNKNOWN})),
)
