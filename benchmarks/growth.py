"""Every cross-resource rule at 500, 1,000 and 2,000 resources of its types: how fast its cost grows.

The resources are those of the rule's own table situations, many times over: once each copy with partners of its own,
once all with the same partners (two thousand routes of one route table). A rule is too slow where its cost grows
faster than size ^ 1.15, or takes more than 0.25 s of CPU at 2,000 resources.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from preflight import rules
from preflight.judging.judge import defaults, judge
from preflight.judging.session import Session
from preflight.rule import Rule
from preflight.testing.program import Concat, Document, R, Ref
from preflight.testing.requests import analyze_request, analyze_stack_request
from preflight.testing.tables import TABLES, Case

from .stack import exponent

SIZES: Final = (500, 1_000, 2_000)
MOST_SECONDS: Final = 0.25
MOST_EXPONENT: Final = 1.15
WORTH_FITTING_SECONDS: Final = 0.05
"""Below this the exponent is noise."""


def main(names: Iterable[str] = ()) -> dict[str, float]:
    """Print the slowest rules, and return the number of those that are too slow, and the seconds of the slowest."""
    from tests.rules import fragments

    fragments.examples()
    chosen = [rule for rule in rules.load() if rule.takes_stack and (not names or rule.id in names)]
    rows = sorted((_measured(rule) for rule in chosen if rule.id in TABLES), reverse=True)
    print(f"growth: {len(rows)} cross-resource rules, CPU seconds at {SIZES[-1]:,} resources, growth")
    for seconds, growth, name in rows[:15]:
        print(f"  {name}: {seconds:.2f} s, size ^ {growth:.2f}")
    slow = [row for row in rows if row[0] > MOST_SECONDS or row[1] > MOST_EXPONENT]
    print(
        f"  {len(slow)} over {MOST_SECONDS} s or size ^ {MOST_EXPONENT}: {', '.join(row[2] for row in slow) or 'none'}"
    )
    return {"growth: rules too slow": float(len(slow)), "growth: slowest at 2,000 resources, s": rows[0][0]}


def _measured(rule: Rule) -> tuple[float, float, str]:
    """The worst of a rule's situations: CPU seconds at the largest size, exponent, id."""
    worst = (0.0, 0.0)
    for case in _situations(rule):
        for shared in (False, True):
            worst = max(worst, _cost(rule, case, shared=shared))
    return (*worst, rule.id)


def _situations(rule: Rule) -> list[Case]:
    """One situation of each verdict, the one with the most resources."""
    found: dict[Any, Case] = {}
    for case in TABLES[rule.id]:
        if case.status not in found or len(case.resources) > len(found[case.status].resources):
            found[case.status] = case
    return list(found.values())


def _cost(rule: Rule, case: Case, *, shared: bool) -> tuple[float, float]:
    seconds = _seconds(rule, case, SIZES[-1], shared=shared)
    if seconds < WORTH_FITTING_SECONDS:
        return seconds, 1.0
    points = [(size, max(_seconds(rule, case, size, shared=shared), 1e-6)) for size in SIZES[:-1]]
    return seconds, exponent([*points, (SIZES[-1], seconds)])


def _seconds(rule: Rule, case: Case, size: int, *, shared: bool) -> float:
    session = Session([rule])
    session.prerequisites = case.prerequisites
    session.stack_name = case.stack
    session.program_folder = case.program_folder
    resources = list(_many(rule, case, size, shared=shared))
    mode = case.modes[0]
    for resource in resources:
        session.analyze(analyze_request(resource, mode))
    stack = session.stack(analyze_stack_request(resources, mode))
    for found in stack.resources:
        _ = found.inputs, found.outputs  # what is measured is the rule, not the decoding that all rules share
    parameters = {**defaults(rule), **case.parameters}
    anchors = [found for found in stack.resources if found.kind in rule.types or rule.is_for_all]
    started = time.process_time()
    for anchor in anchors:
        judge(rule, anchor, stack, parameters, budget_seconds=1e9)
    return time.process_time() - started


def _many(rule: Rule, case: Case, size: int, *, shared: bool) -> Iterator[R]:
    """So many resources in all, copies of a situation's; with ``shared``, copies of the judged ones only."""
    anchors = [found for found in case.resources if found.type_ in rule.types] or list(case.resources)
    kept = [found for found in case.resources if not any(found is anchor for anchor in anchors)] if shared else []
    yield from kept
    copied = anchors if shared else list(case.resources)
    for index in range(max(1, (size - len(kept)) // len(copied))):
        copies: dict[int, R] = {}
        for resource in copied:
            copies[id(resource)] = R(resource.type_, f"{resource.name_}-{index}", provider=resource.provider_)
        for resource in copied:
            made = copies[id(resource)]
            made.properties_ = {name: _copy(value, copies) for name, value in resource.properties_.items()}
            made.depends_on_ = tuple(copies.get(id(found), found) for found in resource.depends_on_)
            made.parent_ = copies.get(id(resource.parent_), resource.parent_)
            made.options_, made.outputs_ = resource.options_, resource.outputs_
        yield from copies.values()


def _copy(value: Any, copies: dict[int, R]) -> Any:
    if isinstance(value, Ref):
        return Ref(copies.get(id(value.resource), value.resource), value.attribute)
    if isinstance(value, Concat):
        return Concat(tuple(_copy(part, copies) for part in value.parts))
    if isinstance(value, Document):
        return Document(_copy(value.content, copies))
    if isinstance(value, dict):
        return {key: _copy(item, copies) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copy(item, copies) for item in value]
    return value
