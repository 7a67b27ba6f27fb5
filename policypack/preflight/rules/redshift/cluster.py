"""Redshift clusters: what frameworks ask of them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from ...rule import Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, rule
from ...stack import Stack
from .._shared_flags import asked, named
from .._shared_graph import listed
from .._shared_provider import major_version

CLUSTER: Final = "aws:redshift/cluster:Cluster"


LOGGING: Final = "aws:redshift/logging:Logging"


PARAMETER_GROUP: Final = "aws:redshift/parameterGroup:ParameterGroup"


def _default(cluster: Resource, path: str, *, from_7: bool, before: bool) -> bool:
    """What the provider makes of a flag that is left out: version 7 turned two defaults over."""
    major = major_version(cluster)
    if major is None and not cluster.has(path):
        raise Undecided(path, cluster.urn, "has a default that depends on the provider's version")
    return from_7 if (major or 7) >= 7 else before


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def encrypted(cluster: Resource) -> Findings:
    """The cluster is encrypted.

    Why: Anyone with access to the storage or a snapshot can read the data.
    Fix: Set `encrypted=true` (with a `kmsKeyId` of your own). It is on when left out from version 7 of the provider on.
    Source: Amazon Redshift Management Guide, "Amazon Redshift database encryption"; AWS Config rule
    redshift-cluster-configuration-check.
    """
    default = _default(cluster, "encrypted", from_7=True, before=False)
    yield from asked(cluster, "encrypted", "is not encrypted; set encrypted to true", absent=default)


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def cluster_private(cluster: Resource) -> Findings:
    """The cluster has no public address.

    Why: A public address exposes the warehouse to everyone who guesses or steals a password.
    Fix: Set `publiclyAccessible=false`. Before version 7 of the provider a cluster is public when it is left out.
    Source: Amazon Redshift Management Guide, "Managing clusters in a VPC"; AWS Config rule
    redshift-cluster-public-access-check.
    """
    default = _default(cluster, "publiclyAccessible", from_7=False, before=True)
    message = "is publicly accessible; set `publiclyAccessible=false`"
    yield from asked(cluster, "publiclyAccessible", message, wanted=False, absent=default)


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def enhanced_vpc_routing(cluster: Resource) -> Findings:
    """COPY and UNLOAD go through the VPC.

    Why: Otherwise the data takes the internet, past security groups, endpoints and flow logs.
    Fix: Set `enhancedVpcRouting=true`.
    Source: Amazon Redshift Management Guide, "Controlling network traffic with Redshift enhanced VPC routing"; AWS
    Config rule redshift-enhanced-vpc-routing-enabled.
    """
    yield from asked(cluster, "enhancedVpcRouting", "does not route through its VPC; set `enhancedVpcRouting`")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"days": Parameter.of(1, "Least retention of automated snapshots, in days.", minimum=1, maximum=35)},
)
def backup_retention(cluster: Resource, parameters: Parameters) -> Findings:
    """Automated snapshots are kept.

    Why: Without them there is nothing to restore after a wrong statement.
    Fix: Set `automatedSnapshotRetentionPeriod`, in days; it is 1 when left out, and 0 turns snapshots off.
    Source: Amazon Redshift Management Guide, "Automated snapshots"; AWS Config rule redshift-backup-enabled.
    """
    days = cluster.number("automatedSnapshotRetentionPeriod")
    kept, least = 1 if days is None else days, parameters["days"]
    if kept < least:
        yield cluster.finding(
            f"keeps automated snapshots {kept} days, fewer than {least}", at="automatedSnapshotRetentionPeriod"
        )


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={
        "window": Parameter.of("", "Maintenance window that clusters should have, such as sun:05:00-sun:06:00."),
        "days": Parameter.of(0, "Retention that automated snapshots should have, in days; 0: any.", minimum=0),
    },
)
def maintenance_settings(cluster: Resource, parameters: Parameters) -> Findings:
    """Version upgrades are allowed; the maintenance window and the retention of snapshots are the configured ones.

    Why: A cluster without upgrades misses the fixes of its engine.
    Fix: Leave `allowVersionUpgrade` on; set `preferredMaintenanceWindow` and `automatedSnapshotRetentionPeriod` as your
    organization has configured them here.
    Source: Amazon Redshift Management Guide, "Cluster maintenance"; AWS Config rule
    redshift-cluster-maintenancesettings-check.
    """
    if cluster.flag("allowVersionUpgrade") is False:
        yield cluster.finding(
            "does not accept version upgrades; set `allowVersionUpgrade=true`", at="allowVersionUpgrade"
        )
        return
    window, days = parameters["window"], parameters["days"]
    if window and (cluster.text("preferredMaintenanceWindow") or "").lower() != window.lower():
        yield cluster.finding(f"has another maintenance window than {window}", at="preferredMaintenanceWindow")
    elif days and (cluster.number("automatedSnapshotRetentionPeriod") or 1) != days:
        yield cluster.finding(
            f"keeps automated snapshots another number of days than {days}", at="automatedSnapshotRetentionPeriod"
        )


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={"types": Parameter.of(["ra3.*"], "Patterns of the node types that clusters may have.")},
)
def node_type(cluster: Resource, parameters: Parameters) -> Findings:
    """The node type is one of those that the organization has chosen.

    Why: One family of nodes is easier to size, to reserve and to move between; the older ones are running out.
    Fix: Use a node type that the message lists, or widen the parameter types.
    Source: Amazon Redshift Management Guide, "Amazon Redshift provisioned clusters"; AWS Config rule
    redshift-cluster-configuration-check.
    """
    found = cluster.text("nodeType")
    if found and not any(fnmatchcase(found.lower(), pattern.lower()) for pattern in parameters["types"]):
        yield cluster.finding(f"has nodes of type {found}, not one of {listed(parameters['types'])}", at="nodeType")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def audit_logging(cluster: Resource, stack: Stack) -> Findings:
    """Audit logging is on for each cluster.

    Why: The log of connections and statements is the only record of who read what.
    Fix: Add `aws.redshift.Logging` for the cluster, to CloudWatch or to a bucket.
    Source: Amazon Redshift Management Guide, "Database audit logging"; AWS Config rule
    redshift-cluster-configuration-check.
    """
    # Before version 7 of the provider it stands in the cluster as well.
    if cluster.flag("logging.enable"):
        return
    if not stack.referring_to(cluster, LOGGING, via="clusterIdentifier"):
        yield cluster.finding("has no audit logging created here; add a `aws.redshift.Logging`")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def ssl_required(cluster: Resource, stack: Stack) -> Findings:
    """The cluster's parameter group lets in only clients that use TLS.

    Why: A client that does not ask for encryption sends its password and the data in the clear.
    Fix: Use an `aws.redshift.ParameterGroup` with the parameter "require_ssl" set to "true". Of the default groups,
    default.redshift-1.0 does not ask for TLS, default.redshift-2.0 (of clusters made since January 2025) does.
    Source: Amazon Redshift Management Guide, "Configuring security options for connections" and "Amazon Redshift
    parameter groups"; AWS Config rule redshift-require-tls-ssl.
    """
    at = "clusterParameterGroupName"
    if not cluster.has(at):
        yield cluster.finding(
            "names no parameter group; the default one requires TLS on clusters made since 2025 only",
            at=at,
            severity=Severity.LOW,
        )
        return
    yield from parameter_findings(stack, cluster, "require_ssl", on_in=("redshift-2.0",))


def parameter_findings(stack: Stack, cluster: Resource, parameter: str, *, on_in: tuple[str, ...]) -> Findings:
    """Yield a finding when the parameter group of a cluster does not turn a parameter on.

    Args:
        stack: the program.
        cluster: the cluster.
        parameter: the parameter's name.
        on_in: the families in whose groups it is on unless set.

    Raises:
        Undecided: the group is from outside the program.
    """
    at = "clusterParameterGroupName"
    groups = stack.referred_by(cluster, at, PARAMETER_GROUP).certain
    for group in groups:
        setting = [entry.flag("value") for entry in group.each("parameters") if entry.text("name") == parameter]
        if not (setting[0] if setting else group.text("family") in on_in):
            yield cluster.finding(f"has parameter group '{group.name}', which does not set '{parameter}'", at=at)
    if groups:
        return
    name = cluster.text(at) or "default.redshift"
    if not name.startswith("default.redshift"):
        raise Undecided(at, cluster.urn, "is a parameter group from outside the program")
    if name.removeprefix("default.") not in on_in:
        yield cluster.finding(f"has a default parameter group, which does not set '{parameter}'", at=at)


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
def multi_az(cluster: Resource) -> Findings:
    """The cluster has nodes in two zones.

    Why: With its one zone the warehouse is gone until it is restored.
    Fix: Set `multiAz=true`, with nodes of type RA3.
    Source: Amazon Redshift Management Guide, "Configuring Multi-AZ deployment"; AWS Config rule
    redshift-cluster-multi-az-enabled.
    """
    yield from asked(cluster, "multiAz", "stands in one zone; set `multiAz`")
