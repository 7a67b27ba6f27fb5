"""What calls a function is permitted to, and in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...facts.lambda_ import PERMISSION_SOURCE_SERVICES, TRIGGERS, Trigger
from ...resource import Resource, canonical
from ...rule import Certainty, Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_graph import listed
from ._parts import PERMISSION, functions_at, permissions_for

_ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"
"""Has rules of its own."""
_BY_TYPE: dict[str, dict[str, Trigger]] = {}
for (_token, _path), _trigger in TRIGGERS.items():
    if _token != _ROTATION:
        _BY_TYPE.setdefault(canonical(_token), {})[_path] = _trigger
_CHECKED: Final = tuple(
    kind for kind, paths in _BY_TYPE.items() if any(trigger.refuses_at_creation for trigger in paths.values())
)
_ROLES: Final = (
    "credentials",
    "credentialsArn",
    "authorizerCredentials",
    "authorizerCredentialsArn",
    "roleArn",
)
"""With a role the service calls the function by it and needs no permission."""
_FILTER: Final = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"


def _targets(stack: Stack, resource: Resource) -> Iterator[tuple[str, Trigger, Resource]]:
    """The properties of a trigger that mean functions of the program, one per function."""
    if any(resource.has(path) for path in _ROLES):
        return
    if resource.is_a("aws:sns/topicSubscription:TopicSubscription") and resource.known("protocol") != "lambda":
        return
    seen: set[str] = set()
    for path, trigger in _BY_TYPE[resource.kind].items():
        if not _is_set(resource, path):
            continue
        for function in functions_at(stack, resource, path):
            if function.urn not in seen:
                seen.add(function.urn)
                yield path, trigger, function


def _is_set(resource: Resource, path: str) -> bool:
    """Whether something stands at a path, known or not, in any entry of the lists on the way."""
    try:
        return any(True for _ in resource.values(path))
    except Undecided:
        return True


@rule(tuple(_BY_TYPE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def trigger_permitted(resource: Resource, stack: Stack) -> Findings:
    """What triggers a function has a permission to call it.

    Why: S3, CloudWatch Logs and load balancers try the call and refuse the trigger ("InvalidArgument: Unable to
    validate the following destination configurations", "Could not execute the lambda function. Make sure you have given
    CloudWatch Logs permission to execute your function."); API Gateway, EventBridge, SNS, Cognito and IoT deploy, and
    drop every call.
    Fix: Add a `aws.lambda.Permission` with the service as principal and the trigger as `sourceArn`.
    Source: AWS Lambda Developer Guide, "Using resource-based policies for Lambda"; "Invoking Lambda with events from
    other AWS services".
    """
    pending: Undecided | None = None
    for path, trigger, function in _targets(stack, resource):
        found, possible = permissions_for(stack, function, trigger.principal)
        if found:
            continue
        if possible:
            pending = Undecided("principal", function.urn, "a permission of the function is not known yet")
            continue
        yield resource.finding(
            f"function '{function.name}' has no permission for {trigger.principal}; add a `aws.lambda.Permission` "
            "with that principal",
            at=path,
            severity=None if trigger.refuses_at_creation else Severity.HIGH,
        )
    if pending:
        raise pending


@rule(_CHECKED, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def permission_before_trigger(resource: Resource, stack: Stack) -> Findings:
    """A trigger that is checked when it is made waits for the permission to call the function.

    Why: S3 and load balancers try the call ("InvalidArgument: Unable to validate the following destination
    configurations") and the permission, which nothing refers to, is made at the same time. The provider tries a
    subscription filter again for some minutes, so that this is a warning there.
    Fix: Add the permission to `dependsOn` of the trigger.
    Source: Amazon S3 User Guide, "Granting permissions to publish event notification messages to a destination";
    Elastic Load Balancing, "Lambda functions as targets".
    """
    for path, trigger, function in _targets(stack, resource):
        found, _ = permissions_for(stack, function, trigger.principal)
        if trigger.refuses_at_creation and found and not any(stack.waits_for(resource, one) for one in found):
            yield resource.finding(
                f"the trigger does not wait for '{found[0].name}', which permits it to call function "
                f"'{function.name}'; add '{found[0].name}' to `dependsOn`",
                at=path,
                severity=Severity.LOW if resource.is_a(_FILTER) else None,
                certainty=Certainty.RACE,
            )


@rule(PERMISSION, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def permission_source_fits(permission: Resource) -> Findings:
    """The source ARN of a permission is one of the service that it admits.

    Why: The permission is made and never matches: calls of the service are refused, mostly without a trace.
    Fix: Use the principal of the service that the ARN belongs to, or that service's ARN.
    Source: AWS Lambda API Reference, "AddPermission" (SourceArn).
    """
    principal, source = permission.text("principal"), permission.text("sourceArn")
    if not principal or not source or not source.startswith("arn:"):
        return
    services = PERMISSION_SOURCE_SERVICES.get(principal)
    service = source.split(":")[2] if source.count(":") >= 5 else ""
    if services and service and "*" not in service and service not in services:
        yield permission.finding(
            f"the source is an ARN of {service} and the principal is {principal}, which calls from "
            f"{listed(sorted(services))}; match the two",
            at="sourceArn",
        )
