"""Settings that functions state: memory, time, logs, concurrency, runtime."""

from __future__ import annotations

from ...facts import lambda_ as facts
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, rule
from ._parts import FUNCTION, stated


@rule(
    FUNCTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def reserved_concurrency(function: Resource) -> Findings:
    """A function has a reserved concurrency above zero.

    Why: Without it one function can use up the concurrency of the account, and stop all others.
    Fix: Set `reservedConcurrentExecutions`; the account keeps at least 100 unreserved.
    Source: AWS Lambda Developer Guide, "Configuring reserved concurrency for a function"; AWS Config rule
    lambda-concurrency-check.
    """
    reserved = function.number("reservedConcurrentExecutions")
    if reserved is None or reserved <= 0:
        has = "none (0: it can't run)" if reserved == 0 else "none"
        yield function.finding(
            f"the function reserves {has} of the account's concurrency; set `reservedConcurrentExecutions`",
            at="reservedConcurrentExecutions",
        )


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def tracing(function: Resource) -> Findings:
    """A function is traced by X-Ray.

    Why: Without traces it is guesswork which call of which service was slow or failed.
    Fix: Set `tracingConfig.mode` to Active, and attach AWSXRayDaemonWriteAccess to the role.
    Source: AWS Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray".
    """
    mode = function.text("tracingConfig.mode")
    if mode != "Active":
        yield function.finding(f"tracing is {mode or 'not set'}; set it to Active", at="tracingConfig.mode")


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def logging_stated(function: Resource) -> Findings:
    """A function states its logging configuration.

    Why: Without it Lambda makes the log group, with no key and no retention, and logs plain text at all levels.
    Fix: Set `loggingConfig` with `logFormat` JSON and a `logGroup` of the program.
    Source: AWS Lambda Developer Guide, "Configuring advanced logging controls for Lambda functions".
    """
    yield from stated(function, "loggingConfig", "has no logging configuration; set `loggingConfig`")


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def memory_stated(function: Resource) -> Findings:
    """A function states its memory.

    Why: The default of 128 MB, and the share of a CPU that goes with it, is rarely what was meant.
    Fix: Set `memorySize`.
    Source: AWS Lambda Developer Guide, "Configure Lambda function memory".
    """
    yield from stated(function, "memorySize", "has no memory size (default: 128 MB); set `memorySize`")


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def timeout_stated(function: Resource) -> Findings:
    """A function states its timeout.

    Why: The default of 3 seconds ends calls of other services before they answer.
    Fix: Set timeout, in seconds.
    Source: AWS Lambda Developer Guide, "Configure Lambda function timeout".
    """
    yield from stated(function, "timeout", "has no timeout (default: 3 s); set `timeout`")


@rule(
    FUNCTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"newest": Parameter.of(False, "Whether only the newest runtime of a family will do.")},
)
def runtime_current(function: Resource, parameters: Parameters) -> Findings:
    """A zip function uses a runtime that is not deprecated (where asked: the newest of its family).

    Why: A deprecated runtime gets no security patches, and its functions can't be updated some months later.
    Fix: Move to a supported runtime, which the message names. Runtimes with which nothing new can be made are
    lambda-runtime-creatable.
    Source: AWS Lambda Developer Guide, "Lambda runtimes"; AWS Config rule lambda-function-settings-check.
    """
    name = function.text("runtime")
    if not name or function.text("packageType") == "Image":
        return
    runtime = facts.runtime(name)
    supported = facts.supported_runtimes(name.rstrip("0123456789.x"))
    newest = runtime.successor or (supported[-1] if supported else "a supported runtime")
    if runtime.status is facts.RuntimeStatus.DEPRECATED:
        yield function.finding(f"{name} is deprecated since {runtime.deprecated}; use {newest}", at="runtime")
    elif parameters["newest"] and name in supported[:-1]:
        yield function.finding(f"{name} is not the newest of its family; use {supported[-1]}", at="runtime")
