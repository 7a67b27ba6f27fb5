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
    fails("off", logs(s3={"enabled": False}), at="loggingInfo.brokerLogs"),
    undecided("unknown", logs(s3={"enabled": UNKNOWN})),
)


def brokers(count: object, *subnets: str) -> R:
    return R(CLUSTER, "kafka", numberOfBrokerNodes=count, brokerNodeGroupInfo={"clientSubnets": list(subnets)})


test_brokers_match_subnets = table(
    "msk-brokers-match-subnets",
    passes("one for each", brokers(2, "subnet-1", "subnet-2")),
    passes("two for each", brokers(6, "subnet-1", "subnet-2", "subnet-3")),
    passes("unknown subnets are counted", brokers(2, UNKNOWN, UNKNOWN)),
    passes("absent", R(CLUSTER, "kafka", numberOfBrokerNodes=3)),
    fails("three over two", brokers(3, "subnet-1", "subnet-2"), at="numberOfBrokerNodes", says="a multiple of 2"),
    undecided("unknown", brokers(UNKNOWN, "subnet-1", "subnet-2"), at="numberOfBrokerNodes"),
    undecided("unknown subnets", R(CLUSTER, "kafka", numberOfBrokerNodes=3, brokerNodeGroupInfo=UNKNOWN)),
)
