"""Event selectors of trails."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, concat, fails, not_applicable, passes, table, undecided

BUCKET = R("aws:s3/bucket:Bucket", "bucket")


def trail(**properties: Any) -> R:
    return R("aws:cloudtrail/trail:Trail", "trail", s3BucketName="logs", **properties)


def recording(kind: Any, *values: Any, **more: Any) -> R:
    return trail(eventSelectors=[{"dataResources": [{"type": kind, "values": list(values)}], **more}])


OBJECT, FUNCTION, TABLE = "AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"
test_data_resource_type_supported = table(
    "cloudtrail-data-resource-type-supported",
    fails(
        "a database cluster",
        recording("AWS::RDS::DBCluster", "arn:aws:rds:us-east-1:210987654321:cluster:data"),
        at="eventSelectors[0].dataResources[0].type",
        says=("AWS::RDS::DBCluster", "AWS::S3::Object"),
    ),
    passes("objects", recording(OBJECT, "arn:aws:s3")),
    passes("functions", recording(FUNCTION, "arn:aws:lambda")),
    passes("tables", recording(TABLE, "arn:aws:dynamodb")),
    passes("management events only", trail(eventSelectors=[{"includeManagementEvents": True}])),
    passes("no selectors", trail()),
    fails(
        "the second of two",
        trail(eventSelectors=[{"dataResources": [{"type": UNKNOWN}, {"type": "AWS::SNS::Topic"}]}]),
        at="eventSelectors[0].dataResources[1].type",
        also_undecided=True,
    ),
    undecided("unknown", recording(UNKNOWN, "arn:aws:s3"), at="eventSelectors[0].dataResources[0].type"),
)

VALUE = "eventSelectors[0].dataResources[0].values[0]"
test_data_resource_values_valid = table(
    "cloudtrail-data-resource-values-valid",
    fails("all objects of all buckets", recording(OBJECT, "arn:aws:s3:::*/*"), at=VALUE, says="'arn:aws:s3'"),
    passes("all buckets", recording(OBJECT, "arn:aws:s3")),
    passes("all buckets, the older form", recording(OBJECT, "arn:aws:s3:::")),
    fails("a bucket without the slash", recording(OBJECT, "arn:aws:s3:::data"), says="'arn:aws:s3:::data/'"),
    passes("a bucket with the slash", recording(OBJECT, "arn:aws:s3:::data/")),
    passes("a prefix", recording(OBJECT, "arn:aws:s3:::data/in/")),
    passes("a star after the slash", recording(OBJECT, "arn:aws:s3:::data/*")),
    fails("a bucket's name", recording(OBJECT, "data/"), at=VALUE),
    passes("another partition", recording(OBJECT, "arn:aws-us-gov:s3:::data/")),
    passes("a bucket of the program", recording(OBJECT, concat(BUCKET.arn, "/")), BUCKET, only="up"),
    undecided("a bucket of the program, unknown yet", recording(OBJECT, concat(BUCKET.arn, "/")), BUCKET, at=VALUE),
    fails(
        "an unknown value beside a wrong one",
        recording(OBJECT, UNKNOWN, "arn:aws:s3:::data"),
        at="eventSelectors[0].dataResources[0].values[1]",
        also_undecided=True,
    ),
    passes("all functions", recording(FUNCTION, "arn:aws:lambda")),
    passes("a function", recording(FUNCTION, "arn:aws:lambda:us-east-1:210987654321:function:handler")),
    fails(
        "functions with a wildcard",
        recording(FUNCTION, "arn:aws:lambda:*:*:function:*"),
        at=VALUE,
        says="arn:aws:lambda",
    ),
    passes("a table", recording(TABLE, "arn:aws:dynamodb:us-east-1:210987654321:table/orders")),
    fails("a table's name", recording(TABLE, "orders"), says="arn:aws:dynamodb"),
    passes("a type that the other rule names", recording("AWS::RDS::DBCluster", "data")),
    undecided("an unknown type", recording(UNKNOWN, "data")),
)


def advanced(*selectors: dict[str, list[Any]]) -> R:
    return trail(
        advancedEventSelectors=[
            {"fieldSelectors": [{"field": field, "equals": values} for field, values in one.items()]}
            for one in selectors
        ]
    )


test_advanced_selector_complete = table(
    "cloudtrail-advanced-selector-complete",
    fails("no category", advanced({"resources.type": [OBJECT]}), at="advancedEventSelectors[0].fieldSelectors"),
    passes("data of objects", advanced({"eventCategory": ["Data"], "resources.type": [OBJECT]})),
    fails("data of nothing", advanced({"eventCategory": ["Data"]}), says="resources.type"),
    passes("management events", advanced({"eventCategory": ["Management"]})),
    fails(
        "both kinds of selectors",
        trail(
            eventSelectors=[{"includeManagementEvents": True}],
            advancedEventSelectors=[{"fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}],
        ),
        at="eventSelectors",
    ),
    passes("none", trail()),
    undecided("an unknown field", advanced({"eventCategory": ["Data"], UNKNOWN: [OBJECT]}), only=None),
    undecided("unknown selectors", trail(advancedEventSelectors=UNKNOWN), at="advancedEventSelectors"),
)

test_s3_data_events = table(
    "cloudtrail-s3-data-events",
    fails("management events only", trail(), at="eventSelectors"),
    passes("all objects", recording(OBJECT, "arn:aws:s3", readWriteType="All")),
    passes("all, by default", recording(OBJECT, "arn:aws:s3")),
    fails("writing only", recording(OBJECT, "arn:aws:s3", readWriteType="WriteOnly"), at="eventSelectors"),
    fails("functions", recording(FUNCTION, "arn:aws:lambda"), at="eventSelectors"),
    passes("an advanced selector", advanced({"eventCategory": ["Data"], "resources.type": [OBJECT]})),
    fails(
        "an advanced selector for reading",
        advanced({"eventCategory": ["Data"], "resources.type": [OBJECT], "readOnly": ["true"]}),
        at="eventSelectors",
    ),
    passes(
        "an unknown selector beside",
        trail(
            eventSelectors=[{"readWriteType": UNKNOWN}, {"dataResources": [{"type": OBJECT, "values": ["arn:aws:s3"]}]}]
        ),
    ),
    undecided("unknown", recording(UNKNOWN, "arn:aws:s3")),
)

test_insights = table(
    "cloudtrail-insights",
    fails("none", trail(), at="insightSelectors"),
    passes("call rates", trail(insightSelectors=[{"insightType": "ApiCallRateInsight"}])),
    passes("unknown is there", trail(insightSelectors=UNKNOWN)),
    not_applicable("switched off", trail(enableLogging=False)),
)
