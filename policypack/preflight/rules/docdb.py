"""DocumentDB clusters: what frameworks ask of them."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, rule
from ..stack import Stack
from ._shared_flags import asked

CLUSTER: Final = "aws:docdb/cluster:Cluster"
PARAMETER_GROUP: Final = "aws:docdb/clusterParameterGroup:ClusterParameterGroup"
DEFAULT_PORT: Final = 27017


def _is_copy(cluster: Resource) -> bool:
    return any(cluster.has(path) for path in ("snapshotIdentifier", "restoreToPointInTime", "globalClusterIdentifier"))


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def storage_encrypted(cluster: Resource) -> Findings:
    """The cluster's storage is encrypted.

    Why: Data, snapshots and replicas are readable by anyone with access to the storage. It can't be switched on later.
    Fix: Set `storageEncrypted=true`.
    Source: Amazon DocumentDB Developer Guide, "Encrypting Amazon DocumentDB data at rest"; AWS Config rule
    docdb-cluster-encrypted.
    """
    if _is_copy(cluster) and not cluster.has("storageEncrypted"):
        raise Undecided("storageEncrypted", cluster.urn, "comes from a snapshot or source")
    yield from asked(cluster, "storageEncrypted", "does not encrypt its storage; set `storageEncrypted=true`")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"days": Parameter.of(7, "Least retention of automated backups, in days.", minimum=1, maximum=35)},
)
def backup_retention(cluster: Resource, parameters: Parameters) -> Findings:
    """Automated backups are kept seven days or longer.

    Why: A wrong write is often seen only days later.
    Fix: Set `backupRetentionPeriod`, in days; it is 1 when left out.
    Source: Amazon DocumentDB Developer Guide, "Backing up and restoring in Amazon DocumentDB"; AWS Config rule
    docdb-cluster-backup-retention-check.
    """
    days, least = cluster.number("backupRetentionPeriod") or 1, parameters["days"]
    if days < least:
        yield cluster.finding(f"keeps automated backups {days} days, fewer than {least}", at="backupRetentionPeriod")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def port_non_default(cluster: Resource) -> Findings:
    """The cluster does not listen on the port that everyone tries.

    Why: Scans look for databases on 27017.
    Fix: Set port to another one, and open that one in the security group.
    Source: Amazon DocumentDB Developer Guide, "Creating an Amazon DocumentDB cluster".
    """
    port = cluster.number("port")
    if port is None or port == DEFAULT_PORT:
        yield cluster.finding(f"listens on the default port {DEFAULT_PORT}; set another port", at="port")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def managed_credentials(cluster: Resource, stack: Stack) -> Findings:
    """The master password comes from Secrets Manager or from another resource, not from a literal.

    Why: A password in the program is in its history for good, and never changes.
    Fix: Set `manageMasterUserPassword=true`.
    Source: Amazon DocumentDB Developer Guide, "Password management with Amazon DocumentDB and AWS Secrets Manager".
    """
    if cluster.flag("manageMasterUserPassword"):
        return
    for path in ("masterPassword", "masterPasswordWo"):
        made = any(stack.get(urn) for urn in cluster.property_dependencies.get(path, ()))
        if cluster.has(path) and not made and cluster.text(path):
            yield cluster.finding("has a literal master password; set `manageMasterUserPassword`", at=path)


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def log_exports(cluster: Resource, stack: Stack) -> Findings:
    """Audit logs are written and exported.

    Why: The audit log is the only record of who did what; without the parameter it is empty, without the export it is
    kept nowhere.
    Fix: Put "audit" into `enabledCloudwatchLogsExports`, and use a `aws.docdb.ClusterParameterGroup` with `auditLogs`
    enabled.
    Source: Amazon DocumentDB Developer Guide, "Auditing Amazon DocumentDB events"; AWS Config rule
    docdb-cluster-audit-logging-enabled.
    """
    if "audit" not in list(cluster.values("enabledCloudwatchLogsExports")):
        yield cluster.finding("does not export its audit log", at="enabledCloudwatchLogsExports")
        return
    at = "dbClusterParameterGroupName"
    groups = stack.referred_by(cluster, at, PARAMETER_GROUP).certain
    for group in groups:
        values = [entry.text("value") for entry in group.each("parameters") if entry.text("name") == "audit_logs"]
        if not values or values[0] in (None, "disabled", "none"):
            yield cluster.finding(f"exports an audit log that parameter group '{group.name}' leaves empty", at=at)
    if not groups:
        name = cluster.text(at)
        if name is not None and not name.startswith("default."):
            raise Undecided(at, cluster.urn, "is a parameter group from outside the program")
        yield cluster.finding("exports an audit log that the default parameter group leaves empty", at=at)
