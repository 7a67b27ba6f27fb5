"""Backups of databases."""

from __future__ import annotations

from typing import Any, Final

from ...documents import window
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, Undecided, rule
from ...stack import Stack
from ._parts import CLUSTER, INSTANCE, is_copy, is_member, off

_SELECTION: Final = "aws:backup/selection:Selection"


@rule((INSTANCE, CLUSTER), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def tags_copied_to_snapshots(db: Resource) -> Findings:
    """Snapshots get the tags of their database.

    Why: Snapshots outlive their database; without its tags nobody knows whose data and what class of data they hold,
    and policies by tag do not reach them.
    Fix: Set `copyTagsToSnapshot=true`.
    Source: Amazon RDS User Guide, "Copying tags to DB snapshots"; AWS Security Hub control RDS.16 and RDS.17.
    """
    if not is_member(db):
        yield from off(db, "copyTagsToSnapshot", "does not copy its tags to snapshots; set `copyTagsToSnapshot=true`")


@tags_copied_to_snapshots.remediate
def _copy_tags(db: Resource) -> dict[str, Any]:
    return {"copyTagsToSnapshot": True}


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


_COPIES: Final = ("aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy")
_MOST_DAYS: Final = 35


@rule((INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def backup_retention_allowed(db: Resource) -> Findings:
    """Automated backups are kept at most 35 days, and those of a cluster at least one.

    Why: RDS refuses others ("InvalidParameterValue: Invalid backup retention period: … Retention period must be between
    0 and 35"). A cluster can't be without backups.
    Fix: Set `backupRetentionPeriod` to a value from 1 to 35; keep older copies with AWS Backup.
    Source: Amazon RDS API Reference, "CreateDBInstance" and "CreateDBCluster".
    """
    days = db.number("backupRetentionPeriod")
    least = 1 if db.is_a(CLUSTER) else 0
    if days is not None and not least <= days <= _MOST_DAYS:
        yield db.finding(
            f"backups can't be kept {days:g} days; RDS accepts {least} to {_MOST_DAYS}", at="backupRetentionPeriod"
        )


@rule((INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def windows_disjoint(db: Resource) -> Findings:
    """The backup and the maintenance window of a database are well-formed, long enough, and don't overlap.

    Why: RDS refuses others ("InvalidParameterValue: The backup window and maintenance window must not overlap").
    Fix: Move one of the two; both are in UTC and last 30 minutes at least.
    Source: Amazon RDS User Guide, "Backup window" and "The Amazon RDS maintenance window".
    """
    cluster = db.is_a(CLUSTER)
    backup_path = "preferredBackupWindow" if cluster else "backupWindow"
    maintenance_path = "preferredMaintenanceWindow" if cluster else "maintenanceWindow"
    backup, maintenance = db.known(backup_path), db.known(maintenance_path)
    for path, text, problem in (
        (backup_path, backup, window.backup_problem),
        (maintenance_path, maintenance, window.maintenance_problem),
    ):
        said = problem(text) if isinstance(text, str) and text else None
        if said:
            yield db.finding(f"window {said}", at=path)
    if isinstance(backup, str) and isinstance(maintenance, str):
        said = window.conflict(backup, maintenance)
        if said:
            yield db.finding(f"{said}; move one of the two", at=maintenance_path)
    for path in (backup_path, maintenance_path):
        if db.is_unknown(path):
            raise Undecided(path, db.urn)


@rule(_COPIES, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def snapshot_encrypted(copy: Resource) -> Findings:
    """The copy of a snapshot is encrypted.

    Why: A copy without a key of an unencrypted snapshot is readable to whoever can restore it.
    Fix: Set `kmsKeyId` to a key of the Region that the copy is in.
    Source: Amazon RDS User Guide, "Copying a DB snapshot"; AWS Config rule rds-snapshot-encrypted.
    """
    if not copy.has("kmsKeyId"):
        yield copy.finding("names no key, so the copy of a plain snapshot stays plain; set `kmsKeyId`", at="kmsKeyId")


@rule((*_COPIES, "aws:rds/snapshot:Snapshot"), kind=Kind.COMPLIANCE, severity=Severity.CRITICAL)
def snapshot_private(snapshot: Resource) -> Findings:
    """A snapshot is not shared with everyone.

    Why: Every AWS account can restore a public snapshot and read all that the database held.
    Fix: Remove "all" from `sharedAccounts`; name the accounts that need it.
    Source: Amazon RDS User Guide, "Sharing a DB snapshot"; AWS Config rule rds-snapshots-public-prohibited.
    """
    if "all" in snapshot.values("sharedAccounts"):
        yield snapshot.finding("is shared with every AWS account; remove all", at="sharedAccounts")
