"""What several rules ask of a database: where it comes from, and which cluster an instance belongs to."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings
from ...stack import Partners, Stack

INSTANCE: Final = "aws:rds/instance:Instance"


CLUSTER: Final = "aws:rds/cluster:Cluster"


CLUSTER_INSTANCE: Final = "aws:rds/clusterInstance:ClusterInstance"


GLOBAL_CLUSTER: Final = "aws:rds/globalCluster:GlobalCluster"


DOCDB_CLUSTER: Final = "aws:docdb/cluster:Cluster"


DOCDB_INSTANCE: Final = "aws:docdb/clusterInstance:ClusterInstance"


NEPTUNE_CLUSTER: Final = "aws:neptune/cluster:Cluster"


NEPTUNE_INSTANCE: Final = "aws:neptune/clusterInstance:ClusterInstance"


_SOURCES: Final = (
    "snapshotIdentifier",
    "replicateSourceDb",
    "replicationSourceIdentifier",
    "globalClusterIdentifier",
    "restoreToPointInTime",
    "s3Import",
)


def is_copy(db: Resource) -> bool:
    """Tell whether a database takes engine, credentials or encryption from another one: a restore or a replica."""
    return any(db.has(path) for path in _SOURCES)


def is_aurora(engine: str | None) -> bool:
    """Tell whether an engine is Aurora, whose storage, backups and credentials belong to the cluster."""
    return engine is not None and engine.startswith("aurora")


def is_member(db: Resource) -> bool:
    """Tell whether an Instance is of an Aurora engine: names, credentials and protection are its cluster's."""
    return db.is_a(INSTANCE) and is_aurora(db.text("engine"))


def engine_of(db: Resource) -> str | None:
    """Return the engine: the input's, or the one that the type stands for."""
    if db.is_a(DOCDB_CLUSTER, DOCDB_INSTANCE):
        return "docdb"
    if db.is_a(NEPTUNE_CLUSTER, NEPTUNE_INSTANCE):
        return "neptune"
    return db.text("engine")


def instances_of(stack: Stack, cluster: Resource) -> Partners:
    """Return the instances of a cluster."""
    return stack.referring_to(cluster, CLUSTER_INSTANCE, via="clusterIdentifier")


def off(db: Resource, path: str, message: str) -> Findings:
    if not db.flag(path):
        yield db.finding(message, at=path)
