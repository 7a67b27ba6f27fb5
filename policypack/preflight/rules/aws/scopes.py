"""Types that exist once per account, region or organization."""

from __future__ import annotations

from ... import wire
from ...facts import scopes
from ...facts.scopes import Scope
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, deferred, rule
from ...stack import Stack
from ._program import project_of


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def singleton_defined_once(resource: Resource, stack: Stack) -> Findings:
    """What exists once per account, region or organization is defined once in the program.

    Why: AWS keeps one: the second definition is refused, or overwrites the first and both fight at every update.
    Fix: Keep one and share it; a setting for another Region or account needs its own provider.
    Source: the type's page in the pulumi-aws API reference; each service's quotas page.
    """
    scope = scopes.of(resource.type)
    if scope is None:
        return
    key = _key(resource, scope)
    rivals = [found for found in stack.once("scopes", _by_key).get(key, []) if key is not None]
    for first in rivals:
        if first is resource:
            return
        with deferred():
            if stack.same_scope(first, resource) if scope.level == "region" else stack.same_account(first, resource):
                certain = "" if scope.documented else "may "
                yield resource.finding(
                    f"'{first.name}' is the one per {scope.scope_text} already; a second create: "
                    f"{certain}{scope.second_create_text}",
                    severity=None if scope.second_create != "idempotent" else Severity.LOW,
                )
                return


def _by_key(stack: Stack) -> dict[tuple[str, ...] | None, list[Resource]]:
    index: dict[tuple[str, ...] | None, list[Resource]] = {}
    for resource in stack.resources:
        scope = scopes.of(resource.type)
        if scope is not None:
            index.setdefault(_key(resource, scope), []).append(resource)
    return index


def _key(resource: Resource, scope: Scope) -> tuple[str, ...] | None:
    values = [resource.raw(name) for name in scope.key]
    if any(wire.is_unknown(value) for value in values):
        return None
    return (resource.kind, *map(str, values))


@rule(
    "aws:*",
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={"baseline_projects": Parameter.of(["baseline"], "Pulumi projects that own account-wide settings.")},
)
def singleton_in_baseline_stack(resource: Resource, parameters: Parameters) -> Findings:
    """Settings of a whole account, region or organization belong to a baseline project.

    Why: An application's stack that owns one changes it for all others, and takes it away for all when it is destroyed.
    Fix: Own it in one baseline stack (list its project in the parameter "baseline_projects"); elsewhere pass what you
    need by configuration.
    Source: the type's page in the pulumi-aws API reference.
    """
    scope = scopes.of(resource.type)
    if scope is None or not scope.shared or project_of(resource) in parameters["baseline_projects"]:
        return
    certain = "" if scope.documented else "may be: "
    yield resource.finding(
        f"is one per {scope.scope_text}, shared with every other stack there; if this is a first "
        f"deployment, a second create is {certain}{scope.second_create_text}; on destroy: {scope.on_destroy_text}"
    )
