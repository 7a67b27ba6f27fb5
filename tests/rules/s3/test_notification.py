"""The filters of a bucket's notifications."""

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
FUNCTION = "arn:aws:lambda:us-east-1:210987654321:function:f"


def entry(*events: str, prefix: Any = None, suffix: Any = None) -> dict[str, Any]:
    filters = {"filterPrefix": prefix, "filterSuffix": suffix}
    return {"events": list(events), **{key: value for key, value in filters.items() if value is not None}}


def notification(*functions: dict[str, Any], **more: Any) -> R:
    return R(NOTIFICATION, "n", bucket="b", lambdaFunctions=list(functions), **more)


CREATED, PUT, REMOVED = "s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectRemoved:*"

test_notification_events_distinct = table(
    "s3-notification-events-distinct",
    passes("other prefixes", notification(entry(CREATED, prefix="in/"), entry(PUT, prefix="out/"))),
    passes("other suffixes", notification(entry(CREATED, suffix=".jpg"), entry(CREATED, suffix=".png"))),
    passes("other events", notification(entry(CREATED), entry(REMOVED))),
    passes("absent", R(NOTIFICATION, "n", bucket="b", eventbridge=True)),
    fails("a prefix inside another", notification(entry(CREATED, prefix="in/"), entry(PUT, prefix="in/x")),
          at="lambdaFunctions[1].events", says=(PUT, "`lambdaFunctions[0]`")),
    fails("no filter beside one", notification(entry(CREATED), entry(CREATED, suffix=".png")),
          at="lambdaFunctions[1].events", says=CREATED),
    fails("a queue beside a function", notification(entry(CREATED), queues=[entry(PUT)]), at="queues[0].events", says=PUT),
    undecided("an unknown prefix", notification(entry(CREATED, prefix="in/"), entry(PUT, prefix=UNKNOWN)),
              at="lambdaFunctions[1].filterPrefix"),
)  # fmt: skip
