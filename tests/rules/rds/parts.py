"""What the tests of this folder share."""

from __future__ import annotations

from preflight.testing import R

DB = "aws:rds/instance:Instance"


CLUSTER = "aws:rds/cluster:Cluster"


MEMBER = "aws:rds/clusterInstance:ClusterInstance"


KEY = R("aws:kms/key:Key", "key")


def db(**properties: object) -> R:
    return R(DB, "db", **properties)


def cluster(name: str = "cluster", **properties: object) -> R:
    return R(CLUSTER, name, **properties)


def aurora(name: str = "cluster", **properties: object) -> R:
    return R(CLUSTER, name, engine="aurora-mysql", **properties)


AURORA_MEMBER = db(engine="aurora-mysql")


GLOBAL = "aws:rds/globalCluster:GlobalCluster"


COMPONENT = R("mine:data:Database", "database")
