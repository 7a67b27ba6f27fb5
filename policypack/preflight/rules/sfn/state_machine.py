"""State machines: definitions, logs, traces."""

from __future__ import annotations

from typing import Final

from ...documents import jsontext
from ...rule import Findings, Kind, Resource, Severity, rule
from .._shared_flags import asked
from ._definition import problems

STATE_MACHINE: Final = "aws:sfn/stateMachine:StateMachine"


@rule(STATE_MACHINE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def definition_valid(machine: Resource) -> Findings:
    r"""The definition of a state machine is valid Amazon States Language.

    Why: Step Functions refuses others ("InvalidDefinition: Invalid State Machine Definition:
    'MISSING_TRANSITION_TARGET: Missing \"Next\" target'").
    Fix: Correct the state that the message names.
    Source: AWS Step Functions Developer Guide, "Using Amazon States Language to define Step Functions workflows".
    """
    text = machine.text("definition")
    if text is None:
        return
    read = jsontext.parse(text)
    if read.error:
        yield machine.finding(f"the definition is not valid JSON: {read.error}", at="definition")
        return
    found = list(problems(read.value, express=machine.known("type") == "EXPRESS"))
    if found:
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        yield machine.finding(f"in the definition {'; '.join(found[:3])}{more}", at="definition")


@rule(STATE_MACHINE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def log_destination_valid(machine: Resource) -> Findings:
    """A state machine that logs names a log group, with ':*' after its ARN.

    Why: Step Functions refuses others ("InvalidLoggingConfiguration: Log destination is not a valid CloudWatch Logs
    resource").
    Fix: Set `logDestination` to pulumi.Output.concat(group.arn, ":*").
    Source: AWS Step Functions API Reference, "CloudWatchLogsLogGroup".
    """
    level = machine.text("loggingConfiguration.level")
    if level in (None, "", "OFF"):
        return
    path = "loggingConfiguration.logDestination"
    destination = machine.text(path)
    if not destination:
        yield machine.finding(f"the level is {level}, but there is no log group; set `logDestination`", at=path)
    elif not destination.endswith(":*"):
        yield machine.finding(f"'{destination}' does not end in ':*'; add it to the group's ARN", at=path)


@rule(
    STATE_MACHINE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def logging_all(machine: Resource) -> Findings:
    """The state machine logs all events.

    Why: Executions of express workflows are recorded nowhere else, and those of standard ones for 90 days.
    Fix: Set `loggingConfiguration` with level "ALL" and a `logDestination`.
    Source: AWS Step Functions Developer Guide, "Using CloudWatch Logs to log execution history in Step Functions"; AWS
    Config rule step-functions-state-machine-logging-enabled.
    """
    level = machine.text("loggingConfiguration.level")
    if level != "ALL" or not machine.has("loggingConfiguration.logDestination"):
        yield machine.finding(
            'does not log all events; set level "ALL" and `logDestination`', at="loggingConfiguration"
        )


@rule(
    STATE_MACHINE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def tracing(machine: Resource) -> Findings:
    """X-Ray traces the executions of the state machine.

    Why: A trace shows which of the services that a workflow calls is slow or fails.
    Fix: Set `tracingConfiguration.enabled=true`.
    Source: AWS Step Functions Developer Guide, "Trace Step Functions request data in AWS X-Ray".
    """
    yield from asked(machine, "tracingConfiguration.enabled", "is not traced; set `tracingConfiguration.enabled`")
