"""Physical names: unique in their scope, free for a second stack, after the house's pattern."""

from __future__ import annotations

import re
from typing import Final

from ... import wire
from ...facts import names
from ...facts.names import PhysicalName
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, deferred, rule
from ...stack import Stack
from ._program import environments, stack_of, words

_AUTO_SUFFIX: Final = re.compile(r"-[0-9a-f]{7}(\.fifo)?$")
# RDS identifiers get the random part without a hyphen, Athena's and Glue's names get it after an underscore.
_MADE: Final = re.compile(r"[-_]?[0-9a-f]{7}|_[a-z]{8}")
_RANDOM: Final = re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-f]*\d)[0-9a-f]{6,}(?![0-9A-Za-z])|\d{6,}")

# Elsewhere AWS keeps two of a name (APIs, user pools), or numbers them (task definitions).
_COLLIDES: Final = ("refused", "overwrites")


def _given_name(resource: Resource, named: PhysicalName) -> str | None:
    """The known name that the program gave, None when there is none or Pulumi made it."""
    name = resource.text(named.property)
    return None if not name or _made_by_pulumi(name, resource.name) else name


def _made_by_pulumi(name: str, resource_name: str) -> bool:
    """Whether this is the resource's name with a random suffix, lowercased where the service wants that."""
    stem = name.removesuffix(".fifo").lower()
    own = resource_name.lower()
    return stem.startswith(own) and bool(_MADE.fullmatch(stem[len(own) :]))


def _without_suffix(name: str) -> str:
    """The name without the random suffix that Pulumi adds to a resource's name."""
    return _AUTO_SUFFIX.sub("", name)


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def names_per_environment(resource: Resource) -> Findings:
    """A physical name that the program sets differs from stack to stack.

    Why: A second stack, or a parallel run, in the same account asks for the same name: AWS refuses it ("already
    exists"), or takes the first stack's resource over.
    Fix: Leave the name out (Pulumi adds a random suffix), or put the stack's name into it:
    f"orders-{pulumi.get_stack()}".
    Source: Pulumi documentation, "Autonaming".
    """
    named = names.of(resource.type)
    if named is None or named.parents or named.second_create not in _COLLIDES:
        return
    name = _given_name(resource, named)
    if name is None or names.is_prescribed(name) or "." in name.removesuffix(".fifo"):
        return
    stack = stack_of(resource)
    own = set(words(stack))
    if stack.lower() in name.lower() or own & set(words(name)) or environments(stack) & environments(name):
        return
    if _RANDOM.search(name):
        return
    yield resource.finding(
        f"the name '{name}' is the same in every stack; remove it or add '{stack}' to it", at=named.property
    )


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def names_unique(resource: Resource, stack: Stack) -> Findings:
    """No two resources of a type have the same physical name where AWS wants it once.

    Why: The second one is refused ("EntityAlreadyExists", "BucketAlreadyOwnedByYou"), or overwrites the first without a
    word and both resources fight over it.
    Fix: Give one of them another name, or leave both names to Pulumi.
    Source: each service's API reference, Create operation ("must be unique").
    """
    named = names.of(resource.type)
    if named is None or named.second_create not in _COLLIDES:
        return
    key = _place(resource, named)
    if key is None:
        return
    rivals = stack.once("names", _by_place).get(key, [])
    first = rivals[0] if rivals else resource
    if first is resource:
        return
    with deferred():
        if named.scope != "global" and not stack.same_scope(first, resource):
            return
        effect = (
            "AWS refuses the second" if named.second_create == "refused" else "the second silently overwrites the first"
        )
        yield resource.finding(
            f"has the name '{resource.known(named.property)}' of '{first.name}': {effect}", at=named.property
        )


def _by_place(stack: Stack) -> dict[tuple[str, ...], list[Resource]]:
    index: dict[tuple[str, ...], list[Resource]] = {}
    for resource in stack.resources:
        named = names.of(resource.type)
        if named is not None:
            key = _place(resource, named)
            if key is not None:
                index.setdefault(key, []).append(resource)
    return index


def _place(resource: Resource, named: PhysicalName) -> tuple[str, ...] | None:
    """What must not occur twice; None where a part of it is not known."""
    name = resource.known(named.property)
    if not isinstance(name, str) or not name:
        return None
    above = [resource.raw(parent) for parent in named.parents]
    if any(wire.is_unknown(found) for found in above):
        return None
    provider = resource.provider.urn if resource.provider is not None else ""
    where = "" if named.scope == "global" else provider
    region = (resource.known_region or "") if named.scope == "region" else ""
    return (resource.kind, named.property, named.key(name), where, region, *map(str, above))


@rule(
    "aws:*",
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={
        "patterns": Parameter(
            {"type": "object", "additionalProperties": {"type": "string", "format": "regex"}},
            {},
            "Regular expressions for whole names by type token, '*' for all other types; none: the rule is off.",
        )
    },
)
def names_follow_convention(resource: Resource, parameters: Parameters) -> Findings:
    """Physical names follow the organization's pattern.

    Why: Names by one pattern tell owner, purpose and environment in bills, alarms and policies.
    Fix: Name the resource after the pattern that the message shows, best in one function of the program.
    Source: AWS whitepaper "Best Practices for Tagging AWS Resources"; the pattern is your own.
    """
    patterns = parameters["patterns"]
    pattern = patterns.get(resource.type, patterns.get("*"))
    named = names.of(resource.type) if pattern else None
    if named is None:
        return
    name = resource.text(named.property)
    if not name or names.is_prescribed(name):
        return
    if not re.fullmatch(pattern, _without_suffix(name)) and not re.fullmatch(pattern, name):
        yield resource.finding(f"the name '{name}' does not follow {pattern}", at=named.property)
