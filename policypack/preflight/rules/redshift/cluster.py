"""Redshift clusters: what frameworks ask of them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from ...rule import Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, rule
from ...stack import Stack
from .._shared_flags import asked
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
    controls={
        "hipaa": "164.312(a)(2)(iv) 164.312(b) 164.312(e)(2)(ii)",
        "nist-800-53-r5": (
            "AC-2(4) AC-3(1) AC-3(10) AC-4(26) AC-6(9) AU-2b AU-3a AU-3b AU-3c AU-3d AU-3e AU-3f AU-6(3) AU-6(4) "
            "AU-6(6) AU-6(9) AU-8b AU-9(3) AU-10 AU-12a AU-12c AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14a AU-14b "
            "AU-14(3) CA-7b CM-5(1)(b) CP-9d IA-3(3)(b) MA-4(1)(a) PM-14a.1 PM-14b PM-31 SC-7(9)(b) SC-8(3) "
            "SC-8(4) SC-13a SC-28(1) SI-1(1)(c) SI-3(8)(b) SI-4(2) SI-4(17) SI-4(20) SI-7(8) SI-10(1)(c) SI-19(4)"
        ),
        "pci-dss-3.2.1": "3.4 8.2.1 10.1 10.2.1 10.2.2 10.2.3 10.2.4 10.2.5 10.3.1 10.3.2 10.3.3 10.3.4 10.3.5 10.3.6",
        "pci-dss-4.0": "3.5.1 8.3.2",
        "fedramp-moderate": "AC-2(g) AC-2(4) AU-2(a)(d) AU-3 AU-6(1)(3) AU-12(a)(c) CA-7(a)(b) SC-28 SI-4(2) SI-4(16)",
    },
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
    controls={
        "hipaa": "164.308(a)(3)(i) 164.308(a)(4)(ii)(A) 164.308(a)(4)(ii)(C) 164.312(a)(1) 164.312(e)(1)",
        "nist-800-53-r5": (
            "AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17b AC-17(1) AC-17(4)(a) AC-17(9) AC-17(10) MP-2 SC-7a SC-7b "
            "SC-7c SC-7(2) SC-7(3) SC-7(7) SC-7(9)(a) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24)(b) "
            "SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25"
        ),
        "pci-dss-3.2.1": "1.2 1.2.1 1.3 1.3.1 1.3.2 1.3.4 1.3.6 2.2.2",
        "pci-dss-4.0": "1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 10.3.2 3.5.1.3 A1.1.2 A1.1.3 A3.4.1",
        "fedramp-moderate": "AC-3 AC-4 AC-6 AC-17(1) AC-21(b) CM-2 SC-4 SC-7 SC-7(3)",
    },
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
    controls={
        "hipaa": "164.312(e)(1)",
        "nist-800-53-r5": "AC-4(21) SC-7b",
        "pci-dss-3.2.1": "1.2 1.3 1.3.1 1.3.2",
        "pci-dss-4.0": "1.3.1 1.3.2 1.4.1 1.4.2 1.4.4",
    },
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
    controls={
        "hipaa": "164.308(a)(7)(i) 164.308(a)(7)(ii)(A) 164.308(a)(7)(ii)(B)",
        "nist-800-53-r5": "CP-1(2) CP-2(5) CP-6a CP-6(1) CP-6(2) CP-9a CP-9b CP-9c CP-10 CP-10(2) SC-5(2) SI-13(5)",
        "pci-dss-3.2.1": "3.1 3.1.c",
        "pci-dss-4.0": "10.3.3",
        "fedramp-moderate": "CP-9(b) CP-10 SI-12",
    },
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
    controls={
        "hipaa": "164.308(a)(5)(ii)(A) 164.308(a)(7)(ii)(A)",
        "nist-800-53-r5": "CM-2b CM-2b.1 CM-2b.2 CM-2b.3 CM-3(3) CP-9a CP-9b CP-9c SC-5(2) SI-2c SI-2d SI-2(2) SI-2(5)",
        "pci-dss-3.2.1": "6.2",
    },
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
    controls={
        "hipaa": "164.312(a)(2)(iv) 164.312(b) 164.312(e)(2)(ii)",
        "nist-800-53-r5": (
            "AC-2(4) AC-3(1) AC-3(10) AC-4(26) AC-6(9) AU-2b AU-3a AU-3b AU-3c AU-3d AU-3e AU-3f AU-6(3) AU-6(4) "
            "AU-6(6) AU-6(9) AU-8b AU-9(3) AU-10 AU-12a AU-12c AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14a AU-14b "
            "AU-14(3) CA-7b CM-5(1)(b) CP-9d IA-3(3)(b) MA-4(1)(a) PM-14a.1 PM-14b PM-31 SC-7(9)(b) SC-8(3) "
            "SC-8(4) SC-13a SC-28(1) SI-1(1)(c) SI-3(8)(b) SI-4(2) SI-4(17) SI-4(20) SI-7(8) SI-10(1)(c) SI-19(4)"
        ),
        "pci-dss-3.2.1": "3.4 8.2.1 10.1 10.2.1 10.2.2 10.2.3 10.2.4 10.2.5 10.3.1 10.3.2 10.3.3 10.3.4 10.3.5 10.3.6",
        "pci-dss-4.0": (
            "10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.1 10.2.2 10.3.1 10.6.3 5.3.4 A1.2.1"
        ),
        "fedramp-moderate": (
            "AC-2(g) AC-2(4) AU-2(a)(d) AU-3 AU-6(1)(3) AU-12(a)(c) CA-7(a)(b) SC-28 SI-4(2) SI-4(16) SI-4(4) SI-4(5)"
        ),
    },
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
    controls={
        "hipaa": "164.312(a)(2)(iv) 164.312(e)(1) 164.312(e)(2)(i) 164.312(e)(2)(ii)",
        "nist-800-53-r5": (
            "AC-4 AC-4(22) AC-24(1) AU-9(3) CA-9b PM-17b SC-7(4)(b) SC-7(4)(g) SC-8 SC-8(1) SC-8(2) SC-8(3) "
            "SC-8(4) SC-8(5) SC-13a SC-23 SI-1a.2 SI-1c.2"
        ),
        "pci-dss-3.2.1": "2.3 4.1",
        "pci-dss-4.0": "1.2.5 2.2.5 2.2.7 4.2.1.1 4.2.1 8.3.2",
    },
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

    Args: on_in: the families in whose groups it is on unless set.

    Raises: Undecided: the group is from outside the program.
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
