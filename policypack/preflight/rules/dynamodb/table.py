"""Keys and streams of tables, as DynamoDB accepts them."""

from __future__ import annotations

from ...resource import Resource
from ...rule import Findings, Kind, Severity, deferred, rule
from .._shared_graph import listed
from ._table import TABLE, is_restored


@rule(TABLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def keys_defined(table: Resource) -> Findings:
    """The attributes of a table are exactly the keys of the table and its indexes.

    Why: The provider refuses an attribute that no key uses ("all attributes must be indexed. Unused attributes"), and
    DynamoDB a key without an attribute ("ValidationException: One or more parameter values were invalid: Some index key
    attributes are not defined in AttributeDefinitions").
    Fix: Define each key once in attributes, with its type, and nothing else: other attributes need no definition.
    Source: Amazon DynamoDB API Reference, "CreateTable".
    """
    if is_restored(table):
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
