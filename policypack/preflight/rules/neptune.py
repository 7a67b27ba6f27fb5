"""Neptune clusters: what frameworks ask of them."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, rule
from ..stack import Stack
from ._shared_flags import asked

CLUSTER: Final = "aws:neptune/cluster:Cluster"
INSTANCE: Final = "aws:neptune/clusterInstance:ClusterInstance"


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def storage_encrypted(cluster: Resource) -> Findings:
    """The cluster's storage is encrypted.

    Why: Data, snapshots and replicas are readable by anyone with access to the storage. It can't be switched on later.
    Fix: Set `storageEncrypted=true`.
    Source: Amazon Neptune User Guide, "Encrypting data at rest in your Neptune database"; AWS Config rule
    neptune-cluster-encrypted.
    """
    copies = ("snapshotIdentifier", "replicationSourceIdentifier", "globalClusterIdentifier")
    if any(cluster.has(path) for path in copies) and not cluster.has("storageEncrypted"):
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
    Source: Amazon Neptune User Guide, "Backing up and restoring an Amazon Neptune DB cluster"; AWS Config rule
    neptune-cluster-backup-retention-check.
    """
    days, least = cluster.number("backupRetentionPeriod") or 1, parameters["days"]
    if days < least:
        yield cluster.finding(f"keeps automated backups {days} days, fewer than {least}", at="backupRetentionPeriod")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def iam_auth(cluster: Resource) -> Findings:
    """Clients authenticate by IAM.

    Why: Neptune has no users and passwords: without IAM, whoever reaches the port reads and writes.
    Fix: Set `iamDatabaseAuthenticationEnabled=true`, and sign requests.
    Source: Amazon Neptune User Guide, "Authenticating your Amazon Neptune database with AWS IAM"; AWS Config rule
    neptune-cluster-iam-database-authentication.
    """
    message = "accepts clients without authentication; set `iamDatabaseAuthenticationEnabled`"
    yield from asked(cluster, "iamDatabaseAuthenticationEnabled", message)


@rule(
    INSTANCE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def minor_upgrades(instance: Resource) -> Findings:
    """Minor engine versions are applied automatically.

    Why: They hold the fixes of known weaknesses.
    Fix: Leave `autoMinorVersionUpgrade` on, as it is when left out.
    Source: Amazon Neptune User Guide, "Maintaining your Amazon Neptune DB cluster".
    """
    message = "does not upgrade minor versions automatically; set `autoMinorVersionUpgrade=true`"
    yield from asked(instance, "autoMinorVersionUpgrade", message, absent=True)


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def multi_az(cluster: Resource, stack: Stack) -> Findings:
    """The cluster has instances in at least two zones.

    Why: The storage spans zones in any case; a single instance, or two in one zone, are gone with the zone.
    Fix: Add a second `aws.neptune.ClusterInstance`, in another `availabilityZone` if you name zones.
    Source: Amazon Neptune User Guide, "High availability for Neptune"; AWS Config rule
    neptune-cluster-multi-az-enabled.
    """
    instances = list(stack.referring_to(cluster, INSTANCE, via="clusterIdentifier"))
    if len(instances) < 2:
        number = "one instance" if instances else "no instance"
        yield cluster.finding(f"has {number} created here; a second zone needs a second one")
        return
    zones = {instance.text("availabilityZone") for instance in instances}
    if len(zones) == 1 and None not in zones:
        yield cluster.finding(f"has all its {len(instances)} instances in {zones.pop()}; put one into another zone")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def log_exports(cluster: Resource) -> Findings:
    """Audit logs are exported.

    Why: They are the only record of who asked what, and are lost with the instance.
    Fix: Put "audit" into `enableCloudwatchLogsExports`, and set the parameter "neptune_enable_audit_log" in the
    parameter group.
    Source: Amazon Neptune User Guide, "Publishing Neptune logs to Amazon CloudWatch Logs"; AWS Config rule
    neptune-cluster-cloudwatch-log-export-enabled.
    """
    if "audit" not in list(cluster.values("enableCloudwatchLogsExports")):
        yield cluster.finding("does not export its audit log", at="enableCloudwatchLogsExports")
