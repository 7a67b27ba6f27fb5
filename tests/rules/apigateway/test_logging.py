"""Logs of API stages: the account's role, destinations, and that there are some."""

from __future__ import annotations

import json

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, fails, not_applicable, passes, table, undecided

API = R("aws:apigateway/restApi:RestApi", "api")
ROLE = R("aws:iam/role:Role", "role")
ACCOUNT = R("aws:apigateway/account:Account", "account", cloudwatchRoleArn=ROLE.arn)
GROUP = R("aws:cloudwatch/logGroup:LogGroup", "group", name="api-access")
COMPONENT = R("program:api:Api", "component")
FORMAT = json.dumps({"requestId": "$context.requestId", "status": "$context.status"})
LOGS = {"destinationArn": GROUP.arn, "format": FORMAT}


def stage(name: str = "stage", **properties: object) -> R:
    return R(
        "aws:apigateway/stage:Stage",
        name,
        **{"stageName": "dev", "restApi": API.id, **properties},
    )


def settings(
    name: str = "settings", *, to: object = "dev", path: str = "*/*", api: object = API.id, **options: object
) -> R:
    own = {key: options.pop(key) for key in list(options) if key not in ("depends_on", "provider", "parent")}
    return R(
        "aws:apigateway/methodSettings:MethodSettings",
        name,
        restApi=api,
        stageName=to,
        methodPath=path,
        settings=own,
        **options,
    )


WEST = P("west", region="us-west-2")
test_account_logging_role_set = table(
    "apigateway-account-logging-role-set",
    fails(
        "execution logs without the account's role",
        settings(loggingLevel="INFO", metricsEnabled=True),
        stage(),
        API,
        at="settings.loggingLevel",
        says=("apigateway.Account", "baselineOwnsRole"),
    ),
    passes(
        "metrics and throttling only",
        settings(metricsEnabled=True, throttlingBurstLimit=500, throttlingRateLimit=100),
        stage(),
        API,
    ),
    fails("data trace", settings(dataTraceEnabled=True, loggingLevel="OFF"), API, at="settings.loggingLevel"),
    fails(
        "data trace beside an unknown level",
        settings(dataTraceEnabled=True, loggingLevel=UNKNOWN),
        API,
        at="settings.loggingLevel",
    ),
    passes("logs are off", settings(loggingLevel="OFF", dataTraceEnabled=False), API),
    passes("the role is set first", settings(loggingLevel="ERROR", depends_on=[ACCOUNT]), ACCOUNT, ROLE, API),
    passes(
        "the stage waits, and the settings wait for the stage",
        settings(loggingLevel="ERROR", depends_on=[stage(depends_on=[ACCOUNT])]),
        stage(depends_on=[ACCOUNT]),
        ACCOUNT,
        ROLE,
        API,
    ),
    passes(
        "the account in a component",
        settings(loggingLevel="ERROR", depends_on=[R("aws:apigateway/account:Account", "account", parent=COMPONENT)]),
        R("aws:apigateway/account:Account", "account", parent=COMPONENT, cloudwatchRoleArn=ROLE.arn),
        COMPONENT,
        ROLE,
        API,
    ),
    fails(
        "the account is not awaited",
        settings(loggingLevel="ERROR"),
        ACCOUNT,
        ROLE,
        API,
        at="settings.loggingLevel",
        says="'account' to `dependsOn`",
    ),
    fails(
        "the account has no role",
        settings(loggingLevel="ERROR", depends_on=[R("aws:apigateway/account:Account", "account")]),
        R("aws:apigateway/account:Account", "account"),
        API,
        on="account",
        at="cloudwatchRoleArn",
    ),
    fails(
        "the account of another region",
        settings(loggingLevel="ERROR", depends_on=[ACCOUNT], provider=WEST),
        ACCOUNT,
        ROLE,
        API,
        at="settings.loggingLevel",
    ),
    passes("an account without a role, and no logs", R("aws:apigateway/account:Account", "account"), stage(), API),
    passes("the baseline owns the role", settings(loggingLevel="INFO"), API, parameters={"baselineOwnsRole": True}),
    fails(
        "access logs alone",
        stage(accessLogSettings=LOGS),
        GROUP,
        API,
        at="accessLogSettings",
        severity=Severity.LOW,
        says="access logs",
    ),
    fails(
        "access logs do not wait for the account", stage(accessLogSettings=LOGS), GROUP, ACCOUNT, ROLE, API, says="wait"
    ),
    fails(
        "both kinds of logs are one cause",
        settings(loggingLevel="INFO", dataTraceEnabled=True),
        stage(accessLogSettings=LOGS),
        GROUP,
        API,
        on="settings",
        at="settings.loggingLevel",
    ),
    passes(
        "access logs of an HTTP API",
        R("aws:apigatewayv2/stage:Stage", "stage", apiId="a1", name="$default", accessLogSettings=LOGS),
        GROUP,
    ),
    undecided("an unknown level", settings(loggingLevel=UNKNOWN), API, at="settings.loggingLevel"),
)


STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
BAD_STREAM = R(STREAM, "stream", name="access")
GOOD_STREAM = R(STREAM, "stream", name="amazon-apigateway-access")


def logging_to(destination: object, token: str = "aws:apigateway/stage:Stage") -> R:
    return R(token, "stage", accessLogSettings={"destinationArn": destination, "format": FORMAT})


AT = "accessLogSettings.destinationArn"
test_access_log_destination_valid = table(
    "apigateway-access-log-destination-valid",
    fails("a bucket", logging_to("arn:aws:s3:::access-logs"), at=AT, says="arn:aws:s3:::access-logs"),
    passes("a log group of the program", logging_to(GROUP.arn), GROUP),
    passes("a known log group", logging_to("arn:aws:logs:us-east-1:210987654321:log-group:api")),
    passes("the trailing wildcard", logging_to("arn:aws:logs:us-east-1:210987654321:log-group:api:*")),
    fails("no ARN", logging_to("api-access"), at=AT),
    fails("a stream with another name", logging_to(BAD_STREAM.arn), BAD_STREAM, at=AT, says="amazon-apigateway-"),
    passes("a stream with the right name", logging_to(GOOD_STREAM.arn), GOOD_STREAM),
    fails(
        "a known stream",
        logging_to("arn:aws:firehose:us-east-1:210987654321:deliverystream/access"),
        at="accessLogSettings.destinationArn",
    ),
    passes(
        "a known stream with the right name",
        logging_to("arn:aws:firehose:us-east-1:210987654321:deliverystream/amazon-apigateway-a"),
    ),
    fails("an HTTP API's stage", logging_to("arn:aws:s3:::logs", "aws:apigatewayv2/stage:Stage"), at=AT),
    passes("no access logs", stage(), API),
    undecided("an unknown destination", logging_to(UNKNOWN), at=AT),
)

test_stage_access_logging = table(
    "apigateway-stage-access-logging",
    fails("a log group that no stage points at", stage(), GROUP, API, at="accessLogSettings"),
    passes("destination and format", stage(accessLogSettings=LOGS), GROUP, API),
    fails("no format", stage(accessLogSettings={"destinationArn": GROUP.arn}), GROUP, API, at="accessLogSettings"),
    passes("unknown is there", stage(accessLogSettings={"destinationArn": UNKNOWN, "format": UNKNOWN}), API),
    fails("an HTTP API's stage", R("aws:apigatewayv2/stage:Stage", "stage", apiId="a1"), at="accessLogSettings"),
    undecided("all of it unknown", stage(accessLogSettings=UNKNOWN), API),
)


def formatted(text: object) -> R:
    return stage(accessLogSettings={"destinationArn": GROUP.arn, "format": text})


test_stage_structured_access_log = table(
    "apigateway-stage-structured-access-log",
    fails(
        "the common log format",
        formatted("$context.identity.sourceIp - $context.status"),
        GROUP,
        API,
        at="accessLogSettings.format",
    ),
    passes("JSON", formatted(FORMAT), GROUP, API),
    passes(
        "a number without quotes", formatted('{"status": $context.status, "at": "$context.requestTime"}'), GROUP, API
    ),
    fails("a JSON list", formatted("[]"), GROUP, API, at="accessLogSettings.format"),
    not_applicable("no access logs", stage(), API),
    undecided("an unknown format", formatted(UNKNOWN), GROUP, API, at="accessLogSettings.format"),
)

STAGE = stage()
test_stage_execution_logging = table(
    "apigateway-stage-execution-logging",
    fails("no method settings", STAGE, API, says="MethodSettings"),
    passes("level ERROR for all methods", STAGE, settings(to=STAGE.stageName, loggingLevel="ERROR"), API),
    passes("settings by equal names", STAGE, settings(loggingLevel="INFO"), API),
    passes("settings in a component", STAGE, settings(loggingLevel="INFO", parent=COMPONENT), COMPONENT, API),
    fails("level OFF", STAGE, settings(loggingLevel="OFF"), API, at="", says="no execution logs"),
    fails(
        "one method only", STAGE, settings(path="items/GET", loggingLevel="ERROR"), API, at="", says="no execution logs"
    ),
    fails(
        "settings of another stage",
        STAGE,
        settings(to="prod", loggingLevel="ERROR"),
        API,
        at="",
        says="no execution logs",
    ),
    fails(
        "settings of another API",
        STAGE,
        settings(api="a1b2c3", loggingLevel="ERROR"),
        API,
        at="",
        says="no execution logs",
    ),
    undecided("an unknown level", STAGE, settings(loggingLevel=UNKNOWN), API, at="settings.loggingLevel"),
    undecided("settings of an unknown API", STAGE, settings(api=UNKNOWN, loggingLevel="ERROR"), API),
)

test_stage_tracing = table(
    "apigateway-stage-tracing",
    fails("absent", STAGE, API, at="xrayTracingEnabled"),
    passes("on", stage(xrayTracingEnabled=True), API),
    passes("on, as a text", stage(xrayTracingEnabled="true"), API),
    fails("off", stage(xrayTracingEnabled=False), API, at="xrayTracingEnabled"),
    undecided("unknown", stage(xrayTracingEnabled=UNKNOWN), API, at="xrayTracingEnabled"),
)
