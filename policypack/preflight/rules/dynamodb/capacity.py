"""Capacity of tables: what their billing accepts, and room to grow."""

from __future__ import annotations

from collections.abc import Iterator

from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, View, rule
from ...stack import Stack
from .._shared_graph import listed
from ._table import TABLE, Scaling, is_provisioned, is_restored, scalings


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


@rule(TABLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def capacity_matches_billing(table: Resource) -> Findings:
    """A table with provisioned capacity says how much, for itself and for each global index.

    Why: Provisioned is what a table is unless it says otherwise, and a capacity left out is sent as 0
    ("ValidationException: One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both
    be specified when BillingMode is PROVISIONED").
    Fix: Set `billingMode="PAY_PER_REQUEST"`, or `readCapacity` and `writeCapacity` on the table and on each index.
    Source: Amazon DynamoDB API Reference, "CreateTable", "ProvisionedThroughput".
    """
    if is_restored(table) or not is_provisioned(table):
        return
    places: list[View] = [table, *table.each("globalSecondaryIndexes")]
    for place in places:
        if place.has("readCapacity") and place.has("writeCapacity"):
            continue
        what = "the table" if place is table else f"index '{place.known('name') or ''}'"
        path = "writeCapacity" if place.has("readCapacity") else "readCapacity"
        yield place.finding(
            f"{what} has provisioned capacity but no `{path}`; set it, or `billingMode` to PAY_PER_REQUEST", at=path
        )
        return
