"""Replicas of tables in other Regions."""

from __future__ import annotations

from ...facts import regions
from ...resource import Resource
from ...rule import Findings, Kind, Severity, View, deferred, rule
from ...stack import Stack
from ._table import TABLE, is_provisioned, scalings


@rule(TABLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def replicas_ready(table: Resource, stack: Stack) -> Findings:
    """A table with replicas has what a global table needs: a stream, scaled capacity, other Regions, keys everywhere.

    Why: DynamoDB refuses the replicas when the table is there already ("ValidationException: Table write capacity
    should either be Pay-Per-Request or AutoScaled", "Replica specified in the Replica Update or Replica Delete action
    of the request was not found"). Without the stream, a later update fails ("Disabling Stream is not allowed for a
    Global Table replica").
    Fix: Set `streamEnabled=true` with `streamViewType="NEW_AND_OLD_IMAGES"` and `billingMode="PAY_PER_REQUEST"`; name
    only other Regions; give each replica a key of its Region when the table has one.
    Source: Amazon DynamoDB Developer Guide, "Global tables: Requirements" and "Global tables security".
    """
    if not table.has("replicas"):
        return
    with deferred():
        yield from _stream(table)
    with deferred():
        if is_provisioned(table) and not any(
            found.dimension == "dynamodb:table:WriteCapacityUnits" for found in scalings(stack, table)
        ):
            yield table.finding(
                "a table with replicas needs write capacity on demand or scaled; set `billingMode` to PAY_PER_REQUEST",
                at="billingMode",
            )
    keyed = table.has("serverSideEncryption.kmsKeyArn")
    for replica in table.each("replicas"):
        if keyed and not replica.has("kmsKeyArn"):
            yield replica.finding(
                "the table has a KMS key of its own and this replica has none; give it a key of its Region",
                at="kmsKeyArn",
            )
        with deferred():
            yield from _region(table, replica)


def _stream(table: Resource) -> Findings:
    if not table.flag("streamEnabled"):
        if not any(replica.text("consistencyMode") == "STRONG" for replica in table.each("replicas")):
            yield table.finding(
                "a table with replicas needs its stream; set `streamEnabled`, and `streamViewType` "
                "to NEW_AND_OLD_IMAGES",
                at="streamEnabled",
            )
        return
    view = table.text("streamViewType")
    if view and view != "NEW_AND_OLD_IMAGES":
        yield table.finding(
            f"the stream of a table with replicas shows NEW_AND_OLD_IMAGES, not {view}", at="streamViewType"
        )


def _region(table: Resource, replica: View) -> Findings:
    region = replica.text("regionName")
    if region is None:
        return
    own = table.known_region
    if region == own:
        yield replica.finding(f"{region} is the table's own region; name only others", at="regionName")
    elif not regions.exists(region):
        yield replica.finding(
            f"'{region}' is not an AWS Region (list of {regions.dated()}); correct its name", at="regionName"
        )
    elif own and regions.partition(own) != regions.partition(region):
        yield replica.finding(f"{region} is in another partition than {own}; replicas stay within one", at="regionName")
