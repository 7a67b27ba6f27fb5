"""Encryption and recovery of tables."""

from __future__ import annotations

from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_backup import SELECTION, covered_by_selection
from ._table import TABLE


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
