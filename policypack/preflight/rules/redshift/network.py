"""Where clusters are reached: their VPC and port."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_flags import named
from .cluster import CLUSTER

DEFAULT_PORT: Final = 5439


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def in_vpc(cluster: Resource) -> Findings:
    """The cluster names a subnet group.

    Why: Without one it is put into the default VPC, whose subnets are public.
    Fix: Set `clusterSubnetGroupName` to a `aws.redshift.SubnetGroup` of private subnets.
    Source: Amazon Redshift Management Guide, "Subnets for Redshift resources".
    """
    yield from named(cluster, "clusterSubnetGroupName", "names no subnet group; set `clusterSubnetGroupName`")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def port_non_default(cluster: Resource) -> Findings:
    """The cluster does not listen on the port that everyone tries.

    Why: Scans look for warehouses on 5439.
    Fix: Set port to another one, and open that one in the security group.
    Source: Amazon Redshift Management Guide, "Creating a cluster".
    """
    port = cluster.number("port")
    if port is None or port == DEFAULT_PORT:
        yield cluster.finding(f"listens on the default port {DEFAULT_PORT}; set another port", at="port")
