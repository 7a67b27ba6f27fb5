"""Keys, capacity and replicas of tables, as DynamoDB accepts them."""

from __future__ import annotations

from typing import Final

from ...facts import regions
from ...resource import Resource
from ...rule import Findings, Kind, Severity, View, deferred, rule
from ...stack import Stack
from .._shared_graph import listed
from ._table import TABLE, is_provisioned, scalings

_RESTORED: Final = ("restoreSourceName", "restoreSourceTableArn", "restoreBackupArn")


def _is_restored(table: Resource) -> bool:
    return any(table.has(source) for source in _RESTORED)


@rule(TABLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def keys_defined(table: Resource) -> Findings:
    """The attributes of a table are exactly the keys of the table and its indexes.

    Why: The provider refuses an attribute that no key uses ("all attributes must be indexed. Unused attributes"), and
    DynamoDB a key without an attribute ("ValidationException: One or more parameter values were invalid: Some index key
    attributes are not defined in AttributeDefinitions").
    Fix: Define each key once in attributes, with its type, and nothing else: other attributes need no definition.
    Source: Amazon DynamoDB API Reference, "CreateTable".
    """
    if _is_restored(table):
        return
    defined = {str(name) for name in table.values("attributes.name")}
    used = {
        str(name)
        for path in (
            "hashKey",
            "rangeKey",
            "globalSecondaryIndexes.hashKey",
            "globalSecondaryIndexes.rangeKey",
            "globalSecondaryIndexes.keySchemas.attributeName",
            "localSecondaryIndexes.rangeKey",
        )
        for name in table.values(path)
        if name
    }
    missing, unused = sorted(used - defined), sorted(defined - used)
    if missing:
        yield table.finding(
            f"the key {listed(missing)} is not among the attributes; define it with its type", at="attributes"
        )
    elif unused:
        yield table.finding(
            f"the attribute {listed(unused)} is not a key of the table or of an index; remove it", at="attributes"
        )


@rule(TABLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def capacity_matches_billing(table: Resource) -> Findings:
    """A table with provisioned capacity says how much, for itself and for each global index.

    Why: Provisioned is what a table is unless it says otherwise, and a capacity left out is sent as 0
    ("ValidationException: One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both
    be specified when BillingMode is PROVISIONED").
    Fix: Set `billingMode="PAY_PER_REQUEST"`, or `readCapacity` and `writeCapacity` on the table and on each index.
    Source: Amazon DynamoDB API Reference, "CreateTable", "ProvisionedThroughput".
    """
    if _is_restored(table) or not is_provisioned(table):
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


@rule(TABLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def stream_view_set(table: Resource) -> Findings:
    """A stream says what its records show, and expiry which attribute holds the time.

    Why: The provider or DynamoDB refuses them otherwise ("stream_view_type is required when stream_enabled = true",
    "ValidationException: TimeToLiveSpecification.AttributeName").
    Fix: Set `streamViewType`, such as NEW_AND_OLD_IMAGES; set `ttl.attributeName`.
    Source: Amazon DynamoDB API Reference, "StreamSpecification" and "TimeToLiveSpecification".
    """
    with deferred():
        if table.flag("streamEnabled") and not table.has("streamViewType"):
            yield table.finding("the stream has no view type; set `streamViewType`", at="streamViewType")
    if table.flag("ttl.enabled") and not table.has("ttl.attributeName"):
        yield table.finding("the expiry names no attribute; set `ttl.attributeName`", at="ttl.attributeName")


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
