"""What frameworks ask of Redshift beyond the core: network, key, port, user, activity log."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .._shared_flags import asked, named
from .cluster import CLUSTER, parameter_findings

DEFAULT_PORT: Final = 5439
DEFAULT_USER: Final = "awsuser"


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
    severity=Severity.MEDIUM,
)
def kms_key(cluster: Resource) -> Findings:
    """The cluster is encrypted under a named KMS key.

    Why: Only a key of one's own has a policy, a rotation and a log of its own.
    Fix: Set `kmsKeyId` beside `encrypted=true`.
    Source: Amazon Redshift Management Guide, "Amazon Redshift database encryption"; AWS Config rule
    redshift-cluster-kms-enabled.
    """
    yield from named(cluster, "kmsKeyId", "names no KMS key; set `kmsKeyId`")


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


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def username_non_default(cluster: Resource) -> Findings:
    """The master user is not the one that everyone tries.

    Why: A guessed user name is half of the credentials.
    Fix: Set `masterUsername` to another one; a restored cluster has that of its snapshot.
    Source: Amazon Redshift Management Guide, "Creating a cluster"; AWS Config rule redshift-default-admin-check.
    """
    if cluster.text("masterUsername") == DEFAULT_USER:
        yield cluster.finding(
            f"has the default master user name {DEFAULT_USER}; choose another name", at="masterUsername"
        )


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def user_activity_logging(cluster: Resource, stack: Stack) -> Findings:
    """The cluster's parameter group turns the log of statements on.

    Why: Audit logging alone tells who connected, not what they asked.
    Fix: Use an `aws.redshift.ParameterGroup` with the parameter "enable_user_activity_logging" set to "true", beside
    audit logging.
    Source: Amazon Redshift Management Guide, "Database audit logging" (enabling logging).
    """
    yield from parameter_findings(stack, cluster, "enable_user_activity_logging", on_in=())


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def multi_az(cluster: Resource) -> Findings:
    """The cluster has nodes in two zones.

    Why: With its one zone the warehouse is gone until it is restored.
    Fix: Set `multiAz=true`, with nodes of type RA3.
    Source: Amazon Redshift Management Guide, "Configuring Multi-AZ deployment"; AWS Config rule
    redshift-cluster-multi-az-enabled.
    """
    yield from asked(cluster, "multiAz", "stands in one zone; set `multiAz`")
