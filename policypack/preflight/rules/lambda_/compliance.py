"""What frameworks ask of functions and their permissions."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...facts import lambda_ as facts
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, Undecided, rule
from ...stack import Stack
from ._parts import FUNCTION, INVOKE_CONFIG, PERMISSION, RESOURCE_POLICY, functions_at

_NARROWING: Final = ("sourceArn", "sourceAccount", "principalOrgId")
_DLQ: Final = "deadLetterConfig.targetArn"


def _stated(function: Resource, path: str, message: str) -> Findings:
    if not function.has(path):
        yield function.finding(message, at=path)


@rule(
    (PERMISSION, RESOURCE_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def access_limited(resource: Resource) -> Findings:
    """No permission of a function admits everyone without a narrowing condition.

    Why: Anyone in the world with an AWS account, or with the function's URL, can call the function, on your bill and
    with your role.
    Fix: Name the principal, or narrow it by `sourceArn`, `sourceAccount` or `principalOrgId`.
    Source: AWS Lambda Developer Guide, "Viewing resource-based IAM policies in Lambda"; AWS Config rule
    lambda-function-public-access-prohibited.
    """
    if resource.is_a(RESOURCE_POLICY):
        document = iam.parse(resource.raw("policy"))
        judged = iam.public_statements(document)
        for statement in judged.statements:
            yield resource.finding(
                f"the policy admits everyone ({statement.label}); name principals, or add a condition", at="policy"
            )
        if not judged.statements and (judged.undecided or not document.is_known):
            raise Undecided("policy", resource.urn)
        return
    if resource.text("principal") == "*" and not any(resource.has(path) for path in _NARROWING):
        yield resource.finding(
            "the permission admits everyone; name the principal, or set `sourceArn`, "
            "`sourceAccount` or `principalOrgId`",
            at="principal",
        )


@rule(PERMISSION, kind=Kind.COMPLIANCE, severity=Severity.CRITICAL)
def permission_source_named(permission: Resource) -> Findings:
    """A permission for an AWS service names the source, or the account that it is in.

    Why: Otherwise the service calls the function for whoever asks it to, from any account (the confused deputy).
    Fix: Set `sourceArn` to the bucket, rule, topic or API that triggers the function, or `sourceAccount`.
    Source: AWS Lambda Developer Guide, "Granting Lambda function access to AWS services"; IAM User Guide, "The confused
    deputy problem".
    """
    principal = permission.text("principal") or ""
    is_service = principal.endswith((".amazonaws.com", ".amazonaws.com.cn"))
    if is_service and not permission.has("sourceArn") and not permission.has("sourceAccount"):
        yield permission.finding(
            f"the permission admits {principal} from any account; set `sourceArn` (or `sourceAccount`)", at="sourceArn"
        )


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
    yield from _stated(function, _DLQ, "has no dead-letter target; set `deadLetterConfig.targetArn`")


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


@rule(
    FUNCTION,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def in_vpc(function: Resource) -> Findings:
    """A function is attached to subnets and security groups.

    Why: In a VPC its traffic can be limited and logged, and reaches private resources without the internet.
    Fix: Set `vpcConfig` with `subnetIds` and `securityGroupIds`.
    Source: AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"; AWS Config rule
    lambda-inside-vpc.
    """
    missing = [path for path in ("vpcConfig.subnetIds", "vpcConfig.securityGroupIds") if not function.has(path)]
    if missing:
        yield function.finding("the function is not in a VPC; set `vpcConfig` with subnets and groups", at=missing[0])


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
    yield from _stated(function, "loggingConfig", "has no logging configuration; set `loggingConfig`")


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def memory_stated(function: Resource) -> Findings:
    """A function states its memory.

    Why: The default of 128 MB, and the share of a CPU that goes with it, is rarely what was meant.
    Fix: Set `memorySize`.
    Source: AWS Lambda Developer Guide, "Configure Lambda function memory".
    """
    yield from _stated(function, "memorySize", "has no memory size (default: 128 MB); set `memorySize`")


@rule(FUNCTION, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def timeout_stated(function: Resource) -> Findings:
    """A function states its timeout.

    Why: The default of 3 seconds ends calls of other services before they answer.
    Fix: Set timeout, in seconds.
    Source: AWS Lambda Developer Guide, "Configure Lambda function timeout".
    """
    yield from _stated(function, "timeout", "has no timeout (default: 3 s); set `timeout`")


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


@rule(
    "aws:lambda/functionUrl:FunctionUrl",
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def url_auth(url: Resource) -> Findings:
    """A function URL asks for IAM authorization.

    Why: With NONE anyone who knows the address calls the function.
    Fix: Set `authorizationType` to AWS_IAM; where browsers must reach it, put CloudFront with an origin access control
    before it.
    Source: AWS Lambda Developer Guide, "Control access to Lambda function URLs".
    """
    if url.text("authorizationType") != "AWS_IAM":
        yield url.finding(
            "anyone can call the function by its URL; set `authorizationType` to AWS_IAM",
            at="authorizationType",
        )


@rule(PERMISSION, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def permission_action_limited(permission: Resource) -> Findings:
    """A permission allows only to invoke the function.

    Why: The action "lambda:*" lets the other side change the code and the configuration of the function too.
    Fix: Set action to lambda:InvokeFunction (or lambda:InvokeFunctionUrl).
    Source: AWS Lambda Developer Guide, "Viewing resource-based IAM policies in Lambda".
    """
    action = permission.text("action") or ""
    if not action.startswith("lambda:Invoke"):
        yield permission.finding(f"the permission allows {action}; limit it to lambda:InvokeFunction", at="action")
