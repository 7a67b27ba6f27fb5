"""Rules for Systems Manager: parameters and documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ..documents import jsontext
from ..documents.arn import Arn
from ..facts import ssm
from ..rule import Certainty, Findings, Kind, Resource, Severity, Undecided, rule
from ..stack import Stack
from ..wire import is_unknown

PARAMETER: Final = "aws:ssm/parameter:Parameter"
DOCUMENT: Final = "aws:ssm/document:Document"
TASK_DEFINITION: Final = "aws:ecs/taskDefinition:TaskDefinition"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
DATABASES: Final = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")

_CLOUDFORMATION: Final = re.compile(r"\{\{\s*resolve:ssm(?:-secure)?:([^}\s]+?)\s*\}\}")
_RESOLVED: Final = "resolve:ssm:"


@rule((TASK_DEFINITION, LAUNCH_TEMPLATE, *DATABASES), kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def parameter_exists(user: Resource, stack: Stack) -> Findings:
    """A parameter that a task definition or launch template names is made by the program, public, or declared to exist.

    Why: A task whose parameter is missing does not start ("ResourceInitializationError: unable to pull secrets or
    registry auth … invalid ssm parameters"), an instance is not launched. '{{resolve:ssm:…}}' is CloudFormation's
    syntax: Pulumi passes the text on as it is.
    Fix: Create `aws.ssm.Parameter` and pass its name, read an existing one with ssm.get_parameter, or declare it under
    prerequisites.
    Source: Amazon ECS Developer Guide, "Pass Systems Manager parameters through Amazon ECS environment variables";
    Amazon EC2 User Guide, "Use a Systems Manager parameter instead of an AMI ID".
    """
    for at, text in _texts(dict(user.inputs), ""):
        found = _CLOUDFORMATION.search(text)
        if found:
            yield user.finding(
                f"'{{{{resolve:ssm:{found[1]}}}}}' is CloudFormation syntax that Pulumi passes on "
                "unresolved; look the parameter up with `aws:ssm/getParameter:getParameter`",
                at=at,
                severity=Severity.HIGH,
            )
            return
    at, names = _named(user)
    made = [parameter.raw("name") for parameter in stack.of_type(PARAMETER)]
    for name in names:
        if name in made or ssm.is_public(name) or stack.is_declared(name):
            continue
        if any(is_unknown(other) for other in made):
            raise Undecided("name", user.urn, "of a parameter of the program is not known yet")
        yield user.finding(
            f"parameter '{name}' is not created here; create it, look it up with "
            "`aws:ssm/getParameter:getParameter`, or declare it under 'prerequisites'",
            at=at,
            certainty=Certainty.OUTSIDE,
        )


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All texts inside a value with the paths of the properties that hold them."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")


def _named(user: Resource) -> tuple[str, list[str]]:
    """The property that names parameters, and the names, each once."""
    if user.is_a(LAUNCH_TEMPLATE):
        text = user.text("imageId") or ""
        return "imageId", [_plain(text[len(_RESOLVED) :])] if text.startswith(_RESOLVED) else []
    if not user.is_a(TASK_DEFINITION):
        return "", []
    containers = jsontext.parse(user.text("containerDefinitions") or "[]").value
    found: dict[str, None] = {}
    for container in containers if isinstance(containers, list) else []:
        secrets = container.get("secrets") if isinstance(container, dict) else None
        for secret in secrets if isinstance(secrets, list) else []:
            source = secret.get("valueFrom") if isinstance(secret, dict) else None
            if isinstance(source, str) and (not source.startswith("arn:") or ":ssm:" in source):
                found[_plain(source)] = None
    return "containerDefinitions", list(found)


def _plain(reference: str) -> str:
    """The name in a reference: without ARN, version or label."""
    arn = Arn.parse(reference)
    if arn is None:
        return reference.partition(":")[0]
    name = arn.resource_id.partition(":")[0]
    # A name without a slash has none in front of it in the ARN either.
    return f"/{name}" if "/" in name else name


@rule(PARAMETER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def parameter_name_valid(parameter: Resource) -> Findings:
    """A parameter has a name that Parameter Store takes.

    Why: Others are refused ("ValidationException: Parameter name must not be prefixed with "aws" or "ssm"", "Parameter
    name must be a fully qualified name").
    Fix: Rename it: letters, digits and _ . - /, a slash in front if there is one inside, 15 levels at most.
    Source: AWS Systems Manager API Reference, "PutParameter".
    """
    name = parameter.text("name")
    problem = ssm.name_problem(name) if name is not None else None
    if problem:
        yield parameter.finding(f"the name '{name}' {problem}; rename it", at="name")


_BYTES: Final = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}
"""API PutParameter, read 2026-11."""


@rule(PARAMETER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def parameter_value_fits_tier(parameter: Resource) -> Findings:
    """A parameter's value is not empty and fits its tier, and only a SecureString has a key.

    Why: Parameter Store refuses others ("ValidationException: Standard tier parameters support a maximum parameter
    value of 4096 characters", "KeyId is required for SecureString type parameter only").
    Fix: Use tier Advanced (8 KB), or keep the value elsewhere; remove `keyId` for plain parameters.
    Source: AWS Systems Manager API Reference, "PutParameter"; User Guide, "Managing parameter tiers".
    """
    kind = parameter.text("type")
    if parameter.has("keyId") and kind is not None and kind != "SecureString":
        yield parameter.finding(
            f"a parameter of type {kind} does not support a key; remove `keyId`, or use SecureString", at="keyId"
        )
    at = "insecureValue" if parameter.has("insecureValue") else "value"
    value = parameter.text(at)
    if value is None:
        return
    tier = parameter.text("tier") or "Standard"
    size = len(value.encode("utf-8", "surrogatepass"))
    if not size:
        yield parameter.finding("the value is empty, which Parameter Store refuses", at=at)
    elif size > _BYTES.get(tier, size):
        yield parameter.finding(f"the value has {size} bytes; tier {tier} accepts {_BYTES[tier]}", at=at)


@rule(
    DOCUMENT,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def document_private(document: Resource) -> Findings:
    """A document is not shared with all accounts.

    Why: Documents show how systems are run, and often names and addresses; shared with all, everyone can read them.
    Fix: Name the accounts in permissions, or remove it.
    Source: AWS Systems Manager User Guide, "Sharing SSM documents"; AWS Config rule ssm-document-not-public.
    """
    for at in ("permissions.account_ids", "permissions.accountIds"):
        if (document.text(at) or "").lower() == "all":
            yield document.finding("the document is shared with all accounts; name accounts instead", at=at)
