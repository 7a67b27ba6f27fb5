"""What frameworks ask of tables: encryption, recovery, backup, room to grow."""

from __future__ import annotations

from collections.abc import Iterator

from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_backup import SELECTION, covered_by_selection
from .._shared_graph import listed
from ._table import TABLE, Scaling, is_provisioned, scalings


@rule(
    TABLE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def kms_encrypted(table: Resource) -> Findings:
    """Tables are encrypted under a KMS key of the account rather than the key that AWS owns.

    Why: Nobody sees who uses the key that AWS owns, and nobody can take it away.
    Fix: Set `serverSideEncryption.enabled=true`, with `kmsKeyArn` for a key of your own.
    Source: Amazon DynamoDB Developer Guide, "DynamoDB encryption at rest"; AWS Config rule
    dynamodb-table-encrypted-kms.
    """
    if not table.flag("serverSideEncryption.enabled"):
        yield table.finding(
            "is encrypted under a key that AWS owns; set `serverSideEncryption.enabled`", at="serverSideEncryption"
        )


@rule(
    TABLE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def pitr(table: Resource) -> Findings:
    """Tables can be restored to any point in time of the last weeks.

    Why: One wrong write or delete is otherwise there for good.
    Fix: Set `pointInTimeRecovery.enabled=true`.
    Source: Amazon DynamoDB Developer Guide, "Point-in-time backups for DynamoDB"; AWS Config rule
    dynamodb-pitr-enabled.
    """
    if not table.flag("pointInTimeRecovery.enabled"):
        yield table.finding(
            "can't be restored to a point in time; set `pointInTimeRecovery.enabled`", at="pointInTimeRecovery"
        )


@rule(
    TABLE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def in_backup_plan(table: Resource, stack: Stack) -> Findings:
    """A backup selection of AWS Backup covers each table, by ARN, pattern or tag.

    Why: Point-in-time recovery reaches back 35 days, and ends with the table.
    Fix: Name the table's ARN in a `aws.backup.Selection`, or give it the tag that one selects by. Where plans of
    another program select by tag, this one can't tell.
    Source: AWS Backup Developer Guide, "Assign resources to a backup plan"; AWS Config rule dynamodb-in-backup-plan.
    """
    covered = covered_by_selection(stack, table, "dynamodb:table")
    if covered is None or (covered is False and not stack.of_type(SELECTION)):
        raise Undecided("tags", table.urn, "may be selected by a backup plan that is not seen here")
    if not covered:
        yield table.finding("is in no backup selection of this program, by ARN or by tag")


@rule(
    TABLE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def autoscaling(table: Resource, stack: Stack) -> Findings:
    """A table's capacity follows its load: on demand, or with scaling targets for the table and each global index.

    Why: Requests above a fixed capacity are refused, and those to an index hold up writes to the table.
    Fix: Set `billingMode="PAY_PER_REQUEST"`, or add `aws.appautoscaling.Target` resources for reads and writes.
    Source: Amazon DynamoDB Developer Guide, "Managing throughput capacity automatically with DynamoDB auto scaling";
    AWS Config rule dynamodb-autoscaling-enabled.
    """
    if not is_provisioned(table):
        return
    indexes = [index.text("name") or "" for index in table.each("globalSecondaryIndexes")]
    found: list[Scaling] = []
    possible: Undecided | None = None
    try:
        found.extend(scalings(stack, table))
    except Undecided as unknown:
        possible = unknown
    missing = list(_missing(found, indexes))
    if not missing:
        return
    if possible:
        raise possible
    yield table.finding(f"has provisioned capacity that does not scale: no target here for {listed(missing)}")


def _missing(found: list[Scaling], indexes: list[str]) -> Iterator[str]:
    for what in ("Read", "Write"):
        dimension = f"{what}CapacityUnits"
        if not any(one.dimension == f"dynamodb:table:{dimension}" for one in found):
            yield f"{what.lower()}s"
        of_indexes = [one for one in found if one.dimension == f"dynamodb:index:{dimension}"]
        open_ends = sum(one.index is None for one in of_indexes)
        lacking = [name for name in indexes if name not in {one.index for one in of_indexes}]
        # A target whose index is not known yet scales one of those that are left.
        if len(lacking) > open_ends:
            yield from (f"{what.lower()}s of index '{name}'" for name in lacking[open_ends:])
