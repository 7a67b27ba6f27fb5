"""Logs of API stages: the account's role that they need, where they go, and that there are some."""

from __future__ import annotations

import re
from typing import Final

from ...documents import jsontext
from ...documents.arn import Arn
from ...rule import Certainty, Findings, Kind, NotApplicable, Parameter, Parameters, Resource, Severity, rule
from ...stack import Stack
from .._shared_graph import same_scope, settled
from ._parts import ACCOUNT, LOG_LEVELS, METHOD_SETTINGS, STAGE, STAGE_V2, StageSettings, writes_execution_logs

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
FIREHOSE: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"


@rule(
    (METHOD_SETTINGS, STAGE, ACCOUNT),
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
    parameters={
        "baselineOwnsRole": Parameter.of(
            False,
            "The account baseline owns it: another stack has set the account's CloudWatch role in every Region used.",
        )
    },
)
def account_logging_role_set(user: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """A REST API that writes logs does so in an account whose CloudWatch role for API Gateway is set first.

    Why: API Gateway writes execution logs, data traces and REST access logs through one role per account and region.
    Without it the update fails: "BadRequestException: CloudWatch Logs role ARN must be set in account settings to
    enable logging".
    Fix: Create `aws.apigateway.Account` with a role that trusts apigateway.amazonaws.com in the account's baseline
    stack, and set this rule's parameter "baselineOwnsRole"; in a program that owns the account, create it there and
    depend on it. Metrics and throttling work without the role.
    Source: Amazon API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs in API Gateway".
    """
    if user.is_a(ACCOUNT):
        users = [*stack.of_type(METHOD_SETTINGS), *stack.of_type(STAGE)]
        if not user.has("cloudwatchRoleArn") and any(
            _writes_logs(one) and same_scope(stack, one, user) for one in users
        ):
            yield user.finding(
                "the account has no CloudWatch role for API Gateway though stages of this program write logs; set "
                "`cloudwatchRoleArn` to a role that trusts apigateway.amazonaws.com",
                at="cloudwatchRoleArn",
                certainty=Certainty.OUTSIDE,
            )
        return
    at = "accessLogSettings" if user.is_a(STAGE) else "settings.loggingLevel"
    if not settled(_writes_logs(user), user, at):
        return
    answers = [(account, same_scope(stack, user, account)) for account in stack.of_type(ACCOUNT)]
    accounts = [account for account, answer in answers if answer]
    if accounts:
        if not any(stack.waits_for(user, account) for account in accounts):
            yield user.finding(
                f"logs are turned on without waiting for Account '{accounts[0].name}', which sets the CloudWatch "
                f"role; add '{accounts[0].name}' to `dependsOn`",
                at=at,
                certainty=Certainty.RACE,
            )
        return
    settled(False if all(answer is False for _, answer in answers) else None, user, "region")
    if parameters["baselineOwnsRole"] or (user.is_a(STAGE) and _settings_write_logs(stack, user)):
        return
    what = "access logs are" if user.is_a(STAGE) else "execution logs are"
    yield user.finding(
        f"{what} turned on, but no `aws.apigateway.Account` with a CloudWatch role is created here; "
        "turn them off, or set "
        'this rule\'s parameter "baselineOwnsRole" if the account baseline has set the role',
        at=at,
        severity=Severity.LOW if user.is_a(STAGE) else None,
        certainty=Certainty.OUTSIDE,
    )


def _writes_logs(user: Resource) -> bool | None:
    return user.has("accessLogSettings") if user.is_a(STAGE) else writes_execution_logs(user)


def _settings_write_logs(stack: Stack, stage: Resource) -> bool:
    """Whether method settings in the same place have the finding already: one cause, one finding."""
    return any(
        writes_execution_logs(settings) and same_scope(stack, settings, stage)
        for settings in stack.of_type(METHOD_SETTINGS)
    )


@rule((STAGE, STAGE_V2), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def access_log_destination_valid(stage: Resource, stack: Stack) -> Findings:
    """Access logs of an API stage go to a log group, or to a Firehose stream named amazon-apigateway-*.

    Why: API Gateway refuses other destinations ("BadRequestException: Invalid ARN specified in the request. ARNs must
    start with..."), and finds a stream by its name's beginning.
    Fix: Pass `logGroup.arn`, or name the stream amazon-apigateway-….
    Source: Amazon API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs", "Log API calls to Amazon Data
    Firehose".
    """
    at = "accessLogSettings.destinationArn"
    for partner in stack.referred_by(stage, at, LOG_GROUP, FIREHOSE).certain:
        if partner.is_a(LOG_GROUP):
            return
        name = partner.text("name")
        if name is not None and not name.startswith(_STREAM):
            yield stage.finding(f"Firehose stream '{name}' can't receive access logs; name it {_STREAM}…", at=at)
        return
    text = stage.text(at)
    arn = Arn.parse(text)
    if text is None or (arn and arn.service == "logs" and arn.resource.startswith("log-group:")):
        return
    if arn is None or arn.service not in ("logs", "firehose"):
        yield stage.finding(f"'{text}' is not the ARN of a log group or a Firehose stream", at=at)
    elif arn.service == "logs" or not arn.resource_id.startswith(_STREAM):
        yield stage.finding(f"'{text}' can't receive access logs; use a log group, or a stream named {_STREAM}…", at=at)


_STREAM: Final = "amazon-apigateway-"


@rule(
    (STAGE, STAGE_V2),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def stage_access_logging(stage: Resource) -> Findings:
    """An API stage writes access logs: it names a destination and a format.

    Why: Without access logs nobody can tell who called the API and with what result. A log group made for the API
    writes nothing until a stage points at it.
    Fix: Set `accessLogSettings` with `destinationArn`=`logGroup.arn` and a JSON format.
    Source: Amazon API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs", "Configure logging for HTTP
    APIs"; AWS Config rule api-gwv2-access-logs-enabled.
    """
    for path in ("destinationArn", "format"):
        if not stage.has(f"accessLogSettings.{path}"):
            yield stage.finding(
                "the stage writes no access logs; set `accessLogSettings.destinationArn` and "
                "`accessLogSettings.format`",
                at="accessLogSettings",
            )
            return


@rule((STAGE, STAGE_V2), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def stage_structured_access_log(stage: Resource) -> Findings:
    """The access-log format of an API stage is a JSON object.

    Why: Lines that are JSON objects can be searched by field in CloudWatch Logs Insights; free text must be taken
    apart.
    Fix: Write the format with json.dumps: {"requestId": "$context.requestId", "status": "$context.status", …}.
    Source: Amazon API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs".
    """
    if not stage.has("accessLogSettings.format"):
        raise NotApplicable("the stage has no access-log format")
    text = stage.text("accessLogSettings.format") or ""
    # A variable may stand for a number without quotes.
    value = jsontext.parse(re.sub(r"\$context(?:\.[A-Za-z0-9_-]+)+", "0", text)).value
    if not isinstance(value, dict):
        yield stage.finding("the access log format is not a JSON object", at="accessLogSettings.format")


@rule(
    STAGE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def stage_execution_logging(stage: Resource, stack: Stack) -> Findings:
    """A REST stage logs the execution of all its methods, at level ERROR or INFO.

    Why: Execution logs show why a request failed inside the API: authorizers, mappings, integrations.
    Fix: Create `aws.apigateway.MethodSettings` for the stage with `methodPath="*/*"` and
    `settings.loggingLevel="ERROR"` (or "INFO").
    Source: Amazon API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs"; AWS Config rule
    api-gw-execution-logging-enabled.
    """
    settings = StageSettings(stack, stage)
    levels = [(found, found.is_unknown("settings.loggingLevel")) for found in settings.whole_stage()]
    if any(str(found.known("settings.loggingLevel")).upper() in LOG_LEVELS for found, _ in levels):
        return
    unknown = next((found for found, is_unknown in levels if is_unknown), None)
    if unknown is not None:
        settled(None, unknown, "settings.loggingLevel")
    settled(None if settings.is_open else False, stage, "stageName", "may have method settings that are not known yet")
    yield stage.finding(
        "the stage writes no execution logs; add MethodSettings with `methodPath` '*/*' and `settings.loggingLevel` "
        "ERROR or INFO"
    )


@rule(
    STAGE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def stage_tracing(stage: Resource) -> Findings:
    """A REST stage has X-Ray tracing on.

    Why: Traces follow a request through the API and what is behind it, and show where time and errors come from.
    Fix: Set `xrayTracingEnabled=true`. X-Ray bills by trace: about 5 USD for each million recorded.
    Source: Amazon API Gateway Developer Guide, "Trace user requests to REST APIs using X-Ray"; AWS Config rule
    api-gw-xray-enabled.
    """
    if not stage.flag("xrayTracingEnabled"):
        yield stage.finding(
            "X-Ray tracing is off for the stage; set `xrayTracingEnabled=true`", at="xrayTracingEnabled"
        )
