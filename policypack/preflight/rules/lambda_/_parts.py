"""What points at a function: triggers, permissions, event sources; directly, through an alias, or by a known ARN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...documents import iam
from ...documents.answer import Answer
from ...resource import Resource
from ...rule import Findings, Undecided
from ...stack import Stack

FUNCTION: Final = "aws:lambda/function:Function"


ALIAS: Final = "aws:lambda/alias:Alias"


PERMISSION: Final = "aws:lambda/permission:Permission"


RESOURCE_POLICY: Final = "aws:lambda/resourcePolicy:ResourcePolicy"


MAPPING: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"


INVOKE_CONFIG: Final = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"


QUEUE: Final = "aws:sqs/queue:Queue"


TOPIC: Final = "aws:sns/topic:Topic"


_FUNCTION_ARN: Final = re.compile(r"arn:[\w-]+:lambda:(?P<region>[\w-]+):\d{12}:function:(?P<name>[\w-]+)")


def functions_at(stack: Stack, resource: Resource, path: str) -> list[Resource]:
    """Return the functions of the program that a property means itself, not what a resource in between is made of: a
    state machine that calls a function is no function.
    """
    found: dict[str, Resource] = {}
    for urn in resource.property_dependencies.get(path.partition(".")[0], ()):
        direct = stack.get(urn)
        if direct is not None and direct.is_a(FUNCTION):
            found[urn] = direct
        elif direct is not None and direct.is_a(ALIAS):
            for function in stack.referred_by(direct, "functionName", FUNCTION).certain:
                found[function.urn] = function
    for text in _known_texts(resource, path):
        arn = _FUNCTION_ARN.search(text)
        for function in stack.of_type(FUNCTION):
            names = stack.identities(function)
            if text in names or (arn and arn["name"] in names and function.known_region in (None, arn["region"])):
                found[function.urn] = function
    return list(found.values())


def _known_texts(resource: Resource, path: str) -> Iterator[str]:
    try:
        for value in resource.values(path):
            if isinstance(value, str):
                yield value
    except Undecided:
        return


def function_of(stack: Stack, resource: Resource, path: str = "functionName") -> Resource | None:
    """Return the one function of the program that a property means; None for one from elsewhere.

    Raises:
        Undecided: the property is not known yet and comes from nothing in the program.
    """
    found = functions_at(stack, resource, path)
    if found:
        return found[0]
    if resource.is_unknown(path) and not resource.property_dependencies.get(path.partition(".")[0]):
        raise Undecided(path, resource.urn)
    return None


def is_principal(permission: Resource, service: str) -> Answer:
    """Tell whether a permission admits a service (``s3.amazonaws.com``), regional names included; None if unknown."""
    if permission.is_unknown("principal"):
        return None
    principal = str(permission.known("principal") or "")
    head = service.partition(".")[0]
    return principal == "*" or (principal.split(".")[0] == head and ".amazonaws.com" in principal)


def permissions_for(stack: Stack, function: Resource, service: str) -> tuple[list[Resource], bool]:
    """Return what certainly lets a service call a function, and whether there may be more that does."""
    found: list[Resource] = []
    own = stack.referring_to(function, PERMISSION, via="function")
    possible = own.maybe_more
    listed = list(own.certain)
    for permission in stack.of_type(PERMISSION):
        if permission not in listed and function in functions_at(stack, permission, "function"):
            listed.append(permission)
    for permission in listed:
        answer = is_principal(permission, service)
        if answer:
            found.append(permission)
        possible = possible or answer is None
    for policy in stack.of_type(RESOURCE_POLICY):
        if function in functions_at(stack, policy, "resourceArn"):
            document = iam.parse(policy.raw("policy"))
            answer = document.allows("lambda:InvokeFunction", principal=iam.service(service))
            if answer:
                found.append(policy)
            possible = possible or answer is None
    return found, possible


def stated(function: Resource, path: str, message: str) -> Findings:
    if not function.has(path):
        yield function.finding(message, at=path)
