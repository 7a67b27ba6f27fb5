"""What frameworks ask of databases: encryption, backups, protection, monitoring, private access."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, Undecided, rule
from ...stack import Stack
from ._parts import CLUSTER, CLUSTER_INSTANCE, INSTANCE, instances_of, is_aurora, is_copy, is_member

_SELECTION: Final = "aws:backup/selection:Selection"

_LOGS: Final = {
    "postgres": ("postgresql", "upgrade"),
    "aurora-postgresql": ("postgresql",),
    "mysql": ("audit", "error", "general", "slowquery"),
    "mariadb": ("audit", "error", "general", "slowquery"),
    "aurora-mysql": ("audit", "error", "general", "slowquery"),
    "oracle": ("alert", "audit", "listener", "trace"),
    "sqlserver": ("error",),
}
"""Logs that each engine can export ("Publishing database logs to CloudWatch Logs"); agent logs are not audit logs."""


def _off(db: Resource, path: str, message: str) -> Findings:
    if not db.flag(path):
        yield db.finding(message, at=path)


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def storage_encrypted(db: Resource) -> Findings:
    """RDS instances and clusters encrypt their storage.

    Why: Data at rest, its snapshots and replicas are readable by anyone with access to the storage; encryption can't be
    switched on later without a new database.
    Fix: Set `storageEncrypted=true` (with a `kmsKeyId` of your own). A replica or restore has its source's encryption.
    Source: Amazon RDS User Guide, "Encrypting Amazon RDS resources"; AWS Config rule rds-storage-encrypted.
    """
    if db.has("replicateSourceDb") or db.has("replicationSourceIdentifier") or is_member(db):
        return
    # A restore keeps the snapshot's encryption, which the program does not show, unless it says so itself.
    if is_copy(db) and not db.has("storageEncrypted"):
        raise Undecided("storageEncrypted", db.urn, "comes from a snapshot or source")
    yield from _off(db, "storageEncrypted", "does not encrypt its storage; set `storageEncrypted=true`")


@storage_encrypted.remediate
def _encrypt(db: Resource) -> dict[str, Any]:
    return {"storageEncrypted": True}


@rule((INSTANCE, CLUSTER), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def tags_copied_to_snapshots(db: Resource) -> Findings:
    """Snapshots get the tags of their database.

    Why: Snapshots outlive their database; without its tags nobody knows whose data and what class of data they hold,
    and policies by tag do not reach them.
    Fix: Set `copyTagsToSnapshot=true`.
    Source: Amazon RDS User Guide, "Copying tags to DB snapshots"; AWS Security Hub control RDS.16 and RDS.17.
    """
    if not is_member(db):
        yield from _off(db, "copyTagsToSnapshot", "does not copy its tags to snapshots; set `copyTagsToSnapshot=true`")


@tags_copied_to_snapshots.remediate
def _copy_tags(db: Resource) -> dict[str, Any]:
    return {"copyTagsToSnapshot": True}


@rule((INSTANCE, CLUSTER), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(db: Resource) -> Findings:
    """RDS storage is encrypted under a named KMS key.

    Why: Only a key of one's own has a policy, a rotation and a log of its own, and can be shared with other accounts.
    Fix: Set `kmsKeyId` to the ARN of a key, beside `storageEncrypted=true`.
    Source: Amazon RDS User Guide, "Encrypting Amazon RDS resources".
    """
    if not is_copy(db) and not is_member(db) and not db.has("kmsKeyId"):
        yield db.finding("names no KMS key for its storage", at="kmsKeyId")


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"days": Parameter.of(1, "Least retention of automated backups, in days.", minimum=1, maximum=35)},
)
def backup_enabled(db: Resource, parameters: Parameters) -> Findings:
    """RDS instances and clusters have automated backups for at least the configured number of days.

    Why: Without automated backups, a database can't be restored to a point in time and can't have read replicas.
    Fix: Set `backupRetentionPeriod`, in days. An instance without it keeps none (0), a cluster one day.
    Source: Amazon RDS User Guide, "Introduction to backups"; AWS Config rule db-instance-backup-enabled.
    """
    if db.has("replicateSourceDb") or is_member(db):
        return
    kept = db.number("backupRetentionPeriod")
    if kept is None and is_copy(db):
        return
    days = (1 if db.is_a(CLUSTER) else 0) if kept is None else kept
    least = parameters["days"]
    if days < least:
        yield db.finding(f"keeps automated backups {days} days, fewer than {least}", at="backupRetentionPeriod")


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def deletion_protection(db: Resource) -> Findings:
    """RDS instances and clusters are protected against deletion.

    Why: One wrong destroy or replacement deletes the data with the database.
    Fix: Set `deletionProtection=true`; take it off in an update of its own when the database really has to go.
    Source: Amazon RDS User Guide, "Deleting a DB instance"; AWS Config rule rds-instance-deletion-protection-enabled.
    """
    if not is_member(db):
        yield from _off(db, "deletionProtection", "has no deletion protection; set `deletionProtection=true`")


@rule(
    (INSTANCE, CLUSTER_INSTANCE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def enhanced_monitoring(db: Resource, stack: Stack) -> Findings:
    """RDS instances have Enhanced Monitoring.

    Why: Without it the operating system's processes, memory and disk can't be told apart when a database is slow or
    misused.
    Fix: Set `monitoringInterval` to 60 or fewer seconds, and `monitoringRoleArn`; on the cluster it holds for all.
    Source: Amazon RDS User Guide, "Monitoring OS metrics with Enhanced Monitoring"; AWS Config rule
    rds-enhanced-monitoring-enabled.
    """
    if db.number("monitoringInterval"):
        return
    if db.is_a(CLUSTER_INSTANCE):
        clusters = stack.referred_by(db, "clusterIdentifier", CLUSTER)
        if any(cluster.number("monitoringInterval") for cluster in clusters.certain):
            return
    yield db.finding("has no Enhanced Monitoring; set `monitoringInterval` above 0", at="monitoringInterval")


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def in_backup_plan(db: Resource, stack: Stack) -> Findings:
    """A backup selection covers the database.

    Why: AWS Backup keeps copies longer and elsewhere than a database's own backups, and beyond its deletion.
    Fix: Add the database's ARN, or a tag of it, to an `aws.backup.Selection`.
    Source: AWS Backup Developer Guide, "Assigning resources to a backup plan"; AWS Config rule rds-in-backup-plan.
    """
    if is_member(db):
        return
    selections = stack.of_type(_SELECTION)
    if not selections:
        # Plans of a central account select by tag: what no plan of this program covers may be covered elsewhere.
        raise Undecided("tags", db.urn, "may be selected by a backup plan outside this program")
    if stack.referring_to(db, _SELECTION, via="resources"):
        return
    for selection in selections:
        if _selects_all(selection) or _selects_by_tag(selection, db):
            return
    yield db.finding("is in no backup selection of this program, by ARN or by tag")


def _selects_all(selection: Resource) -> bool:
    # What is unknown here is another resource's ARN, never a pattern.
    patterns = selection.raw("resources")
    return isinstance(patterns, list) and any(
        pattern == "*" or str(pattern).startswith("arn:aws:rds:*") for pattern in patterns
    )


def _selects_by_tag(selection: Resource, db: Resource) -> bool:
    tags = db.tags
    return any(
        entry.text("type") in ("STRINGEQUALS", None) and tags.get(entry.text("key") or "") == entry.text("value")
        for entry in selection.each("selectionTags")
    )


@rule(
    (INSTANCE, CLUSTER_INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def instance_private(db: Resource) -> Findings:
    """No database instance has a public address.

    Why: A public address exposes the database to everyone who guesses or steals a password.
    Fix: Leave `publiclyAccessible` out (it is false by default) and reach the database through the VPC.
    Source: Amazon RDS User Guide, "Hiding a DB instance in a VPC from the internet"; AWS Config rule
    rds-instance-public-access-check.
    """
    if db.flag("publiclyAccessible"):
        yield db.finding("is publicly accessible; remove `publiclyAccessible`", at="publiclyAccessible")


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def log_exports(db: Resource) -> Findings:
    """RDS instances and clusters export their engine's logs to CloudWatch Logs.

    Why: Logs inside the database's host are gone after days, and with the database.
    Fix: Set `enabledCloudwatchLogsExports` to the logs that the message names (a parameter group has to switch on the
    audit, general and slow query logs).
    Source: Amazon RDS User Guide, "Publishing database logs to Amazon CloudWatch Logs"; AWS Config rule
    rds-logging-enabled.
    """
    engine = db.text("engine")
    if not engine or is_member(db):
        return
    wanted = next((logs for name, logs in _LOGS.items() if engine == name or engine.startswith(f"{name}-")), ())
    exported = set(db.texts("enabledCloudwatchLogsExports"))
    for log in wanted:
        if log not in exported:
            yield db.finding(f"does not export the {log} log of {engine}", at="enabledCloudwatchLogsExports")


@rule(
    (INSTANCE, CLUSTER_INSTANCE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def minor_upgrades(db: Resource) -> Findings:
    """RDS instances take minor versions automatically.

    Why: Minor versions carry the security fixes of the engine.
    Fix: Leave `autoMinorVersionUpgrade` out (it is true by default), or set it to true.
    Source: Amazon RDS User Guide, "Automatically upgrading the minor engine version"; AWS Config rule
    rds-automatic-minor-version-upgrade-enabled.
    """
    if db.flag("autoMinorVersionUpgrade") is False:
        yield db.finding(
            "does not upgrade minor versions automatically; set `autoMinorVersionUpgrade=true`",
            at="autoMinorVersionUpgrade",
        )


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def multi_az(db: Resource, stack: Stack) -> Findings:
    """Databases stand in more than one Availability Zone.

    Why: An instance in one zone is down with its zone, for as long as a restore takes.
    Fix: Set `multiAz=true` on an instance; give an Aurora cluster two instances.
    Source: Amazon RDS User Guide, "Configuring and managing a Multi-AZ deployment"; AWS Config rules
    rds-multi-az-support and rds-cluster-multi-az-enabled.
    """
    if db.is_a(INSTANCE):
        if not db.has("replicateSourceDb") and not is_aurora(db.text("engine")):
            yield from _off(db, "multiAz", "stands in one zone; set `multiAz=true`")
        return
    # A Multi-AZ cluster of a plain engine always spans three zones.
    if not is_aurora(db.text("engine")):
        return
    found = instances_of(stack, db)
    if len(found.certain) < 2 and len(found) < 2:
        what = "has one instance" if found.certain else "has no instance"
        yield db.finding(f"{what} in this program: a second one lets it survive the loss of a zone")


@rule((INSTANCE, CLUSTER_INSTANCE), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def performance_insights(db: Resource, stack: Stack) -> Findings:
    """RDS instances have Performance Insights.

    Why: It shows which statement and which user load a database, after the fact.
    Fix: Set `performanceInsightsEnabled=true`, on the instance or on its cluster.
    Source: Amazon RDS User Guide, "Monitoring DB load with Performance Insights".
    """
    if not _insights(db, stack):
        yield db.finding("has no Performance Insights", at="performanceInsightsEnabled")


@rule((INSTANCE, CLUSTER_INSTANCE), kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def performance_insights_encrypted(db: Resource, stack: Stack) -> Findings:
    """Performance Insights data is encrypted under a named KMS key.

    Why: It holds the text of statements, with the data in them; the key can't be changed once it is on.
    Fix: Set `performanceInsightsKmsKeyId` where Performance Insights is enabled.
    Source: Amazon RDS User Guide, "Configuring access policies for Performance Insights".
    """
    if not _insights(db, stack) or db.has("performanceInsightsKmsKeyId"):
        return
    if any(cluster.has("performanceInsightsKmsKeyId") for cluster in _clusters(db, stack)):
        return
    yield db.finding("keeps Performance Insights data under no named KMS key", at="performanceInsightsKmsKeyId")


def _insights(db: Resource, stack: Stack) -> bool:
    own = db.flag("performanceInsightsEnabled")
    if own is not None:
        return own
    return any(cluster.flag("performanceInsightsEnabled") for cluster in _clusters(db, stack))


def _clusters(db: Resource, stack: Stack) -> Iterable[Resource]:
    return stack.referred_by(db, "clusterIdentifier", CLUSTER).certain if db.is_a(CLUSTER_INSTANCE) else ()
