"""Stack references: to a stack that is there, to outputs that are there and fresh, and back to what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from preflight.finding import Certainty, Severity, Undecided
from preflight.fleet.across.model import Across, Fleet, Holding, Open, StackRow
from preflight.fleet.across.rule import fleet_rule
from preflight.fleet.facts import digest_of
from preflight.fleet.state import REFERENCE, ROOT


def _references(fleet: Fleet) -> list[Holding]:
    """Stack references are read, not managed: they are ``external``."""
    return fleet.where("kind = ? AND status <> 'deleted'", [REFERENCE])


def _resolved(fleet: Fleet) -> Iterator[tuple[Holding, str, list[StackRow]] | Open]:
    for reference in _references(fleet):
        try:
            name = str(reference["name"] or reference.id)
        except Undecided as unknown:
            yield reference.undecided(unknown.path)
            continue
        yield reference, name, fleet.called(name)


def _outputs_seen(fleet: Fleet) -> Iterator[tuple[Holding, str, StackRow, dict[str, Any]] | Open]:
    """The references to one stack that is there, with the outputs that they have seen of it, by name."""
    for found in _resolved(fleet):
        if isinstance(found, Open):
            yield found
            continue
        reference, name, stacks = found
        seen = reference.known("outputs")
        if len(stacks) == 1 and isinstance(seen, dict):
            yield reference, name, stacks[0], seen


def _quoted(names: list[str]) -> str:
    """The first of some outputs' names, and how many more there are."""
    shown = ", ".join(f"'{name}'" for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


@fleet_rule(REFERENCE, severity=Severity.HIGH, certainty=Certainty.OUTSIDE)
def stack_reference_exists(fleet: Fleet) -> Iterator[Across | Open]:
    """A stack reference names a stack that exists.

    Why: The next update of the program stops at the reference ("unknown stack").
    Fix: Correct the name, or deploy the other stack first. Audit all backends together if the stack is in another one.
    Source: Pulumi, "Stack references".
    """
    for found in _resolved(fleet):
        if isinstance(found, Open):
            yield found
            continue
        reference, name, stacks = found
        if stacks:
            continue
        if not fleet.complete:
            yield reference.undecided("name", "names a stack that may be one of those that can't be read")
        else:
            yield reference.finding(f"there is no stack '{name}' in the audited sources; correct the name", at="name")


@fleet_rule(REFERENCE, severity=Severity.HIGH)
def stack_reference_outputs_kept(fleet: Fleet) -> Iterator[Across | Open]:
    """The outputs that a stack reference has seen are still exported.

    Why: A program that reads an output which was removed fails at its next update ("required output does not exist"),
    or goes on with no value.
    Fix: Export the output again, or change the program that reads it and deploy it.
    Source: Pulumi, "Stack references" (`requireOutput`).
    """
    for found in _outputs_seen(fleet):
        if isinstance(found, Open):
            yield found
            continue
        reference, name, stack, seen = found
        gone = sorted(set(seen) - set(stack.exports))
        if gone:
            yield reference.finding(
                f"stack '{name}' no longer exports {_quoted(gone)}, which it did when this stack was deployed; "
                "export it again, or deploy this stack without it",
                at="outputs",
            )


@fleet_rule(REFERENCE, severity=Severity.MEDIUM, certainty=Certainty.OUTSIDE)
def stack_reference_current(fleet: Fleet) -> Iterator[Across | Open]:
    """A stack was deployed with the values that the stacks it refers to export now.

    Why: What the other stack has replaced (a subnet, a key) is still used here until this stack is deployed again.
    Fix: Deploy this stack again.
    Source: Pulumi, "Stack references" (values are read when the program runs).
    """
    for found in _outputs_seen(fleet):
        if isinstance(found, Open):
            yield found
            continue
        reference, name, stack, seen = found
        now = {key: digest_of(value) for key, value in stack.exports.items() if value is not None}
        changed = sorted(key for key, digest in now.items() if digest and seen.get(key) and seen[key] != digest)
        if changed:
            yield reference.finding(
                f"stack '{name}' has changed {_quoted(changed)} since this stack was deployed; deploy it again",
                at="outputs",
            )


@fleet_rule(REFERENCE, severity=Severity.MEDIUM)
def stack_references_acyclic(fleet: Fleet) -> Iterator[Across | Open]:
    """Stacks do not refer to each other in a circle.

    Why: Not one of them can be deployed first: a new environment or a recovery in another Region fails.
    Fix: Move what both need into a third stack, or pass one of the values by name.
    Source: Pulumi, "Stack references".
    """
    edges: dict[str, dict[str, Holding]] = {}
    for found in _resolved(fleet):
        if isinstance(found, Open):
            yield found
            continue
        reference, _, stacks = found
        if len(stacks) == 1:
            edges.setdefault(reference.state, {})[stacks[0].state] = reference
    names = {stack.state: stack.stack for stack in fleet.stacks}
    for start in sorted(edges):
        circle = _circle(start, edges)
        if circle:
            way = " → ".join(names.get(state, state) for state in (*circle, start))
            yield edges[start][circle[1] if len(circle) > 1 else start].finding(
                f"refers to itself through {way}; move what they share into another stack", at="name"
            )


def _circle(start: str, edges: dict[str, dict[str, Holding]]) -> list[str]:
    """The shortest way from a stack back to itself, without its end; empty when there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        longer = []
        for way in ways:
            for state in sorted(edges.get(way[-1], ())):
                if state == start:
                    return way
                if state not in seen:
                    seen.add(state)
                    longer.append([*way, state])
        ways = longer
    return []


@fleet_rule(ROOT, severity=Severity.LOW, certainty=Certainty.OUTSIDE)
def exports_read(fleet: Fleet) -> Iterator[Across | Open]:
    """A stack that other stacks refer to exports only what at least one of them has seen.

    Why: An output that nobody reads still binds the stack: nobody dares to remove it.
    Fix: Remove the output, unless people or other tools read it.
    Source: Pulumi, "Stack outputs".
    """
    seen: dict[str, set[str]] = {}
    for found in _resolved(fleet):
        if isinstance(found, Open):
            yield found
            continue
        reference, _, stacks = found
        outputs = reference.known("outputs")
        for stack in stacks:
            if isinstance(outputs, dict):
                seen.setdefault(stack.state, set()).update(outputs)
    if not seen:
        return
    roots = {root.state: root for root in fleet.of_type(ROOT)}
    for stack in fleet.stacks:
        unread = sorted(set(stack.exports) - seen.get(stack.state, set(stack.exports)))
        if unread and stack.state in roots:
            yield roots[stack.state].finding(
                f"no stack that refers to this one has read {_quoted(unread)}; remove it if no one else does"
            )
