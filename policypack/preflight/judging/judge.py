"""Running rules: one verdict per rule and resource, whatever the rule does."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from preflight.finding import Finding, NotApplicable, Undecided
from preflight.resource import Resource
from preflight.rule import ALL_AWS, Rule, deferred_unknowns
from preflight.stack import Stack

MOST_FINDINGS: Final = 20
"""How many findings of one rule on one resource are told; the last one tells how many more there are."""
TIME_BUDGET_SECONDS: Final = 2.0
"""How long one rule may take on one resource before it is named."""


class Status(Enum):
    """What a rule says of a resource."""

    PASS = "pass"
    FINDING = "finding"
    NOT_APPLICABLE = "not-applicable"
    UNDECIDED = "undecided"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that raised, or took too long, on one resource."""

    rule: str
    urn: str
    error: str
    location: str

    def __str__(self) -> str:
        where = f" ({self.location})" if self.location else ""
        return f"rule {self.rule} failed on {self.urn}: {self.error}{where}"


@dataclass(slots=True)
class Verdict:
    """What one rule says of one resource. Findings before an unknown stay beside the unknown."""

    rule: Rule
    resource: Resource
    status: Status
    findings: list[Finding] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    reason: str = ""
    failure: Failure | None = None


class Dispatch:
    """Rules by type token, so that a resource meets only the rules that are for it."""

    def __init__(
        self, rules: Iterable[Rule], types_of: Callable[[Rule], Iterable[str]] = lambda rule: rule.types
    ) -> None:
        self._by_kind: dict[str, tuple[Rule, ...]] = {}
        self._general: tuple[Rule, ...] = ()
        for rule in rules:
            for kind in types_of(rule):
                if kind == ALL_AWS:
                    self._general += (rule,)
                else:
                    self._by_kind[kind] = (*self._by_kind.get(kind, ()), rule)
        self.kinds = frozenset(self._by_kind)

    def rules_for(self, resource: Resource) -> tuple[Rule, ...]:
        """Return the rules to call for a resource."""
        own = self._by_kind.get(resource.kind, ())
        return own + self._general if self._general and resource.type.startswith("aws:") else own


def judge(
    rule: Rule,
    resource: Resource,
    stack: Stack | None = None,
    parameters: Mapping[str, Any] | None = None,
    budget_seconds: float = TIME_BUDGET_SECONDS,
) -> Verdict:
    """Call a rule on a resource and return its verdict; nothing that the rule does gets out of here."""
    arguments: list[Any] = [resource]
    if rule.takes_stack:
        arguments.append(stack)
    if rule.takes_parameters:
        arguments.append(parameters if parameters is not None else defaults(rule))
    verdict = Verdict(rule, resource, Status.PASS)
    token = deferred_unknowns.set(verdict.undecided)
    started = time.thread_time()  # not the clock: a busy machine is no fault of the rule
    try:
        found = rule.function(*arguments)
        if found is not None:
            more = 0
            for finding in found:
                if len(verdict.findings) < MOST_FINDINGS:
                    verdict.findings.append(finding)
                else:
                    more += 1
            if more:
                last = verdict.findings[-1]
                noun = "finding" if more == 1 else "findings"
                said = f"{last.message} (and {more} more {noun} of this rule here)"
                verdict.findings[-1] = replace(last, message=said)
    except Undecided as unknown:
        verdict.undecided.append(unknown)
    except NotApplicable as reason:
        verdict.status = Status.NOT_APPLICABLE
        verdict.reason = reason.reason
    except Exception as error:
        verdict.failure = failure_of(rule, resource, error)
    finally:
        deferred_unknowns.reset(token)
    took = time.thread_time() - started
    if verdict.failure:
        verdict.status = Status.FAILED
    elif verdict.findings:
        verdict.status = Status.FINDING
    elif verdict.undecided:
        verdict.status = Status.UNDECIDED
    if took > budget_seconds and not verdict.failure:
        verdict.failure = Failure(
            rule.id, resource.urn, f"took {took:.1f} s, over its budget of {budget_seconds:g} s", ""
        )
    return verdict


def failure_of(rule: Rule, resource: Resource, error: BaseException) -> Failure:
    """Return what an exception out of a rule comes to: its type, its text, and the rule's line."""
    return Failure(rule.id, resource.urn, f"{type(error).__name__}: {error}", location_of(error))


def defaults(rule: Rule) -> dict[str, Any]:
    """Return the default values of a rule's parameters."""
    return {name: parameter.default for name, parameter in rule.parameters.items()}


def location_of(error: BaseException) -> str:
    """Return the file and line where an exception left the rule, as far as a reader needs the path."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if os.path.basename(frame.filename) not in _OWN]
    frame = (inside or frames)[-1] if frames else None
    return f"{_shown(frame.filename)}:{frame.lineno}" if frame else ""


_OWN: Final = frozenset({"judge.py", "view.py", "resource.py", "stack.py", "rule.py"})


def _shown(filename: str) -> str:
    """The part of a path that a reader needs: from the package, or from the pack's folder."""
    _, found, below = filename.rpartition(f"{os.sep}preflight{os.sep}")
    return f"preflight/{below}" if found else os.path.relpath(filename)
