"""Event selectors of trails: that CloudTrail accepts them, and that they record what is asked for."""

from __future__ import annotations

from typing import Any, Final

from ...documents.wildcard import has_wildcard
from ...facts import cloudtrail as facts
from ...rule import Findings, Kind, NotApplicable, Resource, Severity, Undecided, View, deferred, rule
from ...view import Items

TRAIL: Final = "aws:cloudtrail/trail:Trail"

BASIC_TYPES: Final = tuple(sorted(facts.BASIC_DATA_RESOURCE_TYPES))


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def data_resource_type_supported(trail: Resource) -> Findings:
    """A basic event selector names data of S3 objects, Lambda functions or DynamoDB tables only.

    Why: CloudTrail knows no other type in basic selectors and refuses the trail ("InvalidEventSelectorsException: The
    value … is not valid for DataResources.Type"). Control-plane calls of other services, such as RDS, are management
    events, which every trail records anyway.
    Fix: Drop the entry, or use `advancedEventSelectors` with the field resources.type, which knows many more types.
    Source: AWS CloudTrail User Guide, "Logging data events"; API reference, "DataResource".
    """
    for entry in trail.each("eventSelectors.dataResources"):
        with deferred():
            kind = entry.text("type")
            if kind is not None and kind not in BASIC_TYPES:
                yield entry.finding(
                    f"basic selectors have no data events of {kind}, only of {', '.join(BASIC_TYPES)}; drop it or "
                    "use `advancedEventSelectors`",
                    at="type",
                )


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def data_resource_values_valid(trail: Resource) -> Findings:
    """The values of a basic event selector are ARNs in the form that CloudTrail accepts for their type.

    Why: CloudTrail matches values as prefixes and refuses others ("InvalidEventSelectorsException: Value … for
    DataResources.Values is invalid"). A bucket's ARN needs a slash after the name; wildcards in the bucket's name are
    not understood.
    Fix: "arn:aws:s3" for all buckets, f"{bucket.arn}/" for one; "arn:aws:lambda" or a function's ARN;
    "arn:aws:dynamodb" or a table's ARN.
    Source: AWS CloudTrail User Guide, "Logging data events"; API reference, "DataResource".
    """
    for entry in trail.each("eventSelectors.dataResources"):
        with deferred():
            kind = entry.text("type")
            if kind not in BASIC_TYPES:
                continue
            values = entry["values"]
            for index in range(len(values) if isinstance(values, Items) else 0):
                with deferred():
                    yield from _value_findings(entry, str(kind), index)


def _value_findings(entry: View, kind: str, index: int) -> Findings:
    at = f"values[{index}]"
    value = entry.text(at) or ""
    if facts.data_resource_value_allowed(kind, value):
        return
    if kind != "AWS::S3::Object":
        service = "lambda" if kind.startswith("AWS::Lambda") else "dynamodb"
        yield entry.finding(f"'{value}' is not valid for {kind}; use 'arn:aws:{service}' for all, or one ARN", at=at)
    elif not value.startswith("arn:"):
        yield entry.finding(
            f"'{value}' is not an ARN; use 'arn:aws:s3' for all buckets, or a bucket's ARN with a slash", at=at
        )
    else:
        bucket, slash, _ = value.rpartition(":")[2].partition("/")
        if has_wildcard(bucket):
            yield entry.finding(f"'{value}' has a wildcard for the bucket; use 'arn:aws:s3' for all buckets", at=at)
        elif not slash:
            yield entry.finding(f"'{value}' lacks the slash after the bucket's name; use '{value}/'", at=at)


@rule(TRAIL, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def advanced_selector_complete(trail: Resource) -> Findings:
    """An advanced event selector says which category it records, and for data events of which type; basic ones are not
    given beside it.

    Why: CloudTrail refuses selectors without them ("InvalidEventSelectorsException"), and the provider takes one kind
    of selector only.
    Fix: Add field selectors for "eventCategory", and for Data events also for "resources.type".
    Source: AWS CloudTrail API Reference, "AdvancedEventSelector", "AdvancedFieldSelector".
    """
    if trail.has("eventSelectors") and trail.has("advancedEventSelectors"):
        yield trail.finding(
            "`eventSelectors` and `advancedEventSelectors` exclude each other; keep one", at="eventSelectors"
        )
    for entry in trail.each("advancedEventSelectors"):
        with deferred():
            fields = _fields(entry)
            if "eventCategory" not in fields:
                yield entry.finding('the selector has no field "eventCategory"; add it', at="fieldSelectors")
            elif "Data" in fields["eventCategory"] and "resources.type" not in fields:
                yield entry.finding(
                    'the selector records data events but has no field "resources.type"; add it', at="fieldSelectors"
                )


def _fields(entry: View) -> dict[str, list[Any]]:
    """The fields of an advanced selector with the values that they may equal."""
    return {str(one.text("field")): list(one.values("equals")) for one in entry.each("fieldSelectors")}


@rule(
    TRAIL,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def s3_data_events(trail: Resource) -> Findings:
    """A trail records the reading and writing of S3 objects.

    Why: Without data events nobody can tell who read or deleted an object; management events only show changes of
    buckets.
    Fix: Add an event selector with `readWriteType="All"` and `dataResources` of type AWS::S3::Object ("arn:aws:s3" for
    all buckets). Data events cost about 0.10 USD for 100,000.
    Source: AWS CloudTrail User Guide, "Logging data events"; AWS Config rule cloudtrail-s3-dataevents-enabled.
    """
    pending: Undecided | None = None
    for entry in _entries(trail):
        try:
            if _records_objects(entry):
                return
        except Undecided as unknown:
            pending = pending or unknown
    if pending:
        raise pending
    yield trail.finding(
        "the trail records no read and write events of S3 objects; add an event selector for them", at="eventSelectors"
    )


def _entries(trail: Resource) -> list[View]:
    return [*trail.each("eventSelectors"), *trail.each("advancedEventSelectors")]


def _records_objects(entry: View) -> bool:
    if entry.path.startswith("eventSelectors"):
        return (entry.text("readWriteType") or "All") == "All" and any(
            one.text("type") == "AWS::S3::Object" for one in entry.each("dataResources")
        )
    fields = _fields(entry)
    return "AWS::S3::Object" in fields.get("resources.type", []) and "readOnly" not in fields


@rule(
    TRAIL,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def insights(trail: Resource) -> Findings:
    """A trail collects insights: unusual rates of calls or errors.

    Why: A rate of calls or errors that is out of the ordinary is often the first sign of misuse.
    Fix: Add `insightSelectors` with ApiCallRateInsight and ApiErrorRateInsight.
    Source: AWS CloudTrail User Guide, "Working with CloudTrail Insights".
    """
    if trail.flag("enableLogging") is False:
        raise NotApplicable("the trail is switched off")
    if not trail.has("insightSelectors"):
        yield trail.finding("the trail collects no insights; add `insightSelectors`", at="insightSelectors")
