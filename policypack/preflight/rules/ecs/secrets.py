"""Secrets of containers: whether they exist, hold the key, may be read, and are not written as variables."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ...documents.answer import Answer
from ...documents.arn import Arn
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Parameter, Parameters, Severity, Undecided, deferred, rule
from ...stack import Stack
from .._shared_credentials import credential_in
from .._shared_graph import listed, settled
from .._shared_roles import ROLE, role_document
from ._containers import DEFINITIONS, TASK, containers, objects, secret_references, shown

SECRET: Final = "aws:secretsmanager/secret:Secret"


SECRET_VERSION: Final = "aws:secretsmanager/secretVersion:SecretVersion"


DATABASES: Final = ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster")


_RANDOM_END: Final = re.compile(r"-[A-Za-z0-9]{6}$")


_MANAGED_KEYS: Final = ("username", "password")


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def execution_role_permitted(task: Resource, stack: Stack) -> Findings:
    """The execution role of a task may read the secrets that its containers name.

    Why: ECS reads them by the execution role before a container starts. The managed policy
    AmazonECSTaskExecutionRolePolicy does not allow it; tasks stop with "ResourceInitializationError: unable to pull
    secrets or registry auth: … AccessDeniedException".
    Fix: Give the execution role a policy that allows secretsmanager:GetSecretValue (or ssm:GetParameters) on them, and
    kms:Decrypt on a key of your own.
    Source: Amazon ECS Developer Guide, "Amazon ECS task execution IAM role" (Secrets Manager or Systems Manager
    permissions).
    """
    roles = stack.referred_by(task, "executionRoleArn", ROLE).certain
    if not roles:
        return
    needs = {_need(source) for _, _, source in secret_references(task)}
    document = role_document(stack, roles[0])
    missing: dict[str, list[str]] = {}
    open_end = False
    for action, pattern, name in sorted(needs):
        answer = document.allows(action, within=pattern)
        if answer is False:
            missing.setdefault(action, []).append(name)
        open_end = open_end or answer is None
    for action, names in missing.items():
        yield task.finding(
            f"execution role '{roles[0].name}' does not allow {action} on {listed(names)}; add the statement",
            at="executionRoleArn",
        )
    if not missing:
        settled(None if open_end else False, roles[0], "policy")


def _need(source: str) -> tuple[str, str, str]:
    """The action that reads a ``valueFrom``, a pattern of what it reads, and a name for messages."""
    arn = Arn.parse(source)
    if arn is not None and arn.service == "secretsmanager":
        base = ":".join(source.split(":")[:7])
        return "secretsmanager:GetSecretValue", base, base.rpartition(":")[2]
    if arn is not None:
        return "ssm:GetParameters", source, arn.resource
    return "ssm:GetParameters", f"arn:*:ssm:*:*:parameter/{source.lstrip('/')}", source


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def secret_exists(task: Resource, stack: Stack) -> Findings:
    """A secret that a container names by a literal ARN is one that the program creates, or is declared to exist.

    Why: A secret that nobody has made stops every task ("ResourceInitializationError: unable to pull secrets or
    registry auth: … ResourceNotFoundException: Secrets Manager can't find the specified secret").
    Fix: Create the secret in the program and pass its ARN, let RDS manage it, or declare it under "prerequisites".
    Source: Amazon ECS Developer Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables".
    """
    named: dict[str, str] = {}
    for _, _, source in secret_references(task):
        arn = Arn.parse(source)
        if arn is None or arn.service != "secretsmanager" or task.known_region not in (None, arn.region):
            continue
        base = ":".join(source.split(":")[:7])
        name = base.rpartition(":")[2]
        if not name.startswith("rds!") and not stack.is_declared(base, name, _RANDOM_END.sub("", name)):
            named.setdefault(base, name)
    for base, name in named.items():
        with deferred():
            if not _is_made(stack, base, name):
                yield task.finding(
                    f"secret '{_RANDOM_END.sub('', name)}' is not created here; create it, or declare it under "
                    "'prerequisites' if it exists",
                    at=DEFINITIONS,
                    certainty=Certainty.OUTSIDE,
                )


def _is_made(stack: Stack, base: str, name: str) -> bool:
    pending: Undecided | None = None
    for secret in stack.of_type(SECRET):
        known = stack.identities(secret)
        if base in known or name in known or _RANDOM_END.sub("", name) in known:
            return True
        if any(base.startswith(f"{text}-") for text in known if text.startswith("arn:")):
            return True
        if secret.is_unknown("name") and secret.known_output("name") is None:
            pending = pending or Undecided("name", secret.urn)
    if pending:
        raise pending
    return False


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def secret_key_exists(task: Resource, stack: Stack) -> Findings:
    """A key of a secret that a container names is in the secret.

    Why: Tasks stop when it is not ("ResourceInitializationError: … retrieved secret from Secrets Manager did not
    contain json key host"). A secret that RDS manages holds username and password only.
    Fix: Name an existing key; pass host, port and database name as plain variables.
    Source: Amazon ECS Developer Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables"; Amazon
    RDS User Guide, "Password management with Amazon RDS and AWS Secrets Manager".
    """
    for container, name, source in secret_references(task):
        parts = source.split(":")
        if len(parts) < 8 or parts[2] != "secretsmanager" or not parts[7]:
            continue
        base, key = ":".join(parts[:7]), parts[7]
        with deferred():
            if _database(stack, base) is not None:
                if key not in _MANAGED_KEYS:
                    yield task.finding(
                        f"{shown(container)} takes {name} from key '{key}' of a secret that RDS manages, which holds "
                        "username and password only; pass it as a plain variable",
                        at=DEFINITIONS,
                    )
                continue
            for secret in (found for found in stack.of_type(SECRET) if base in stack.identities(found)):
                if _has_key(stack, secret, key) is False:
                    yield task.finding(
                        f"{shown(container)} takes {name} from key '{key}', which is not in secret '{secret.name}'; "
                        "name a key that it holds, or add this one",
                        at=DEFINITIONS,
                    )


def _database(stack: Stack, base: str) -> Resource | None:
    for database in stack.of_type(*DATABASES):
        managed = database.known_output("masterUserSecrets[0].secretArn")
        if managed == base and database.known("manageMasterUserPassword"):
            return database
    return None


def _has_key(stack: Stack, secret: Resource, key: str) -> Answer:
    versions = stack.referring_to(secret, SECRET_VERSION, via="secretId").certain
    if not versions:
        return None
    for version in versions:
        if not version.has("secretString"):
            return None
        if key in _keys(version.text("secretString") or ""):
            return True
    return False


def _keys(text: str) -> frozenset[str]:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return frozenset()
    return frozenset(value) if isinstance(value, dict) else frozenset()


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def environment_holds_no_secrets(task: Resource) -> Findings:
    """No variable of a container holds a credential as plain text.

    Why: Variables are shown to anyone who may describe the task definition, in the console, and in the state; every
    revision keeps them. Endpoints, and names and ARNs of secrets, are not judged.
    Fix: Put the value into Secrets Manager or Parameter Store, and name it under 'secrets' of the container.
    Source: Amazon ECS Developer Guide, "Pass sensitive data to an Amazon ECS container"; AWS Config rule
    ecs-no-environment-secrets.
    """
    for container in containers(task):
        for variable in objects(container, "environment"):
            name, value = str(variable.get("name") or ""), variable.get("value")
            problem = credential_in(name, value) if isinstance(value, str) else None
            if problem:
                yield task.finding(
                    f"{shown(container)}: variable '{name}' holds {problem}; take it from a secret instead",
                    at=DEFINITIONS,
                )


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={"strict": Parameter.of(False, "Whether literal variables are findings at all.")},
)
def environment_from_files(task: Resource, parameters: Parameters) -> Findings:
    """Containers take their settings from secrets or environment files, not from literal variables (where asked).

    Why: Literal variables are shown to anyone who may describe the task definition.
    Fix: Use `environmentFiles` or secrets; the rule is off unless its parameter strict is true.
    Source: Amazon ECS Developer Guide, "Pass environment variables to an Amazon ECS container".
    """
    if not parameters["strict"]:
        return
    for container in containers(task):
        if container.get("environment"):
            yield task.finding(f"{shown(container)} has literal variables; use `environmentFiles`", at=DEFINITIONS)
