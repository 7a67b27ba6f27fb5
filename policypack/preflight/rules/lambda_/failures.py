"""Where events go that a function fails on."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from ._parts import FUNCTION, INVOKE_CONFIG, functions_at, stated

_DLQ: Final = "deadLetterConfig.targetArn"


@rule(
    FUNCTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def dead_letter_target(function: Resource) -> Findings:
    """A function has a dead-letter target.

    Why: An event whose asynchronous invocations all failed is dropped, and nobody hears of it.
    Fix: Set `deadLetterConfig.targetArn` to a queue or topic.
    Source: AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations" (dead-letter queues); AWS
    Config rule lambda-dlq-check.
    """
    yield from stated(function, _DLQ, "has no dead-letter target; set `deadLetterConfig.targetArn`")


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def failure_destination_set(function: Resource, stack: Stack) -> Findings:
    """Failed asynchronous invocations of a function are kept: by a failure destination or a dead-letter target.

    Why: An event whose invocations all failed is dropped, and nobody hears of it.
    Fix: Add a `aws.lambda.FunctionEventInvokeConfig` with `destinationConfig.onFailure`, or a `deadLetterConfig`.
    Source: AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations".
    """
    if function.has(_DLQ):
        return
    pending: Undecided | None = None
    for config in stack.of_type(INVOKE_CONFIG):
        path = "destinationConfig.onFailure.destination"
        if function in functions_at(stack, config, "functionName"):
            if config.has(path):
                return
        elif config.is_unknown("functionName") and not config.property_dependencies.get("functionName"):
            pending = pending or Undecided("functionName", config.urn)
    if pending:
        raise pending
    yield function.finding(
        "failed asynchronous invocations are dropped; add a FunctionEventInvokeConfig with a failure destination, or a "
        "`deadLetterConfig`"
    )
