"""AppSync."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

API = "aws:appsync/graphQLApi:GraphQLApi"

test_request_logging = table(
    "appsync-request-logging",
    passes("errors", R(API, "api", logConfig={"fieldLogLevel": "ERROR", "cloudwatchLogsRoleArn": UNKNOWN})),
    fails("absent", R(API, "api"), at="logConfig"),
    fails("none", R(API, "api", logConfig={"fieldLogLevel": "NONE"}), at="logConfig.fieldLogLevel", says="ERROR"),
    undecided("unknown", R(API, "api", logConfig={"fieldLogLevel": UNKNOWN}), at="logConfig.fieldLogLevel"),
)
test_tracing = table(
    "appsync-tracing",
    passes("traced", R(API, "api", xrayEnabled=True)),
    fails("off", R(API, "api", xrayEnabled=False), at="xrayEnabled"),
    fails("absent", R(API, "api"), at="xrayEnabled"),
    undecided("unknown", R(API, "api", xrayEnabled=UNKNOWN), at="xrayEnabled"),
)
