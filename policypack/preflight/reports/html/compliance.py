"""What a run says about each control of each framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from preflight.frameworks import FRAMEWORKS, Framework, rule_controls
from preflight.reports.model import Run

STATES: Final = ("violated", "exempted", "undecided", "held")


@dataclass(frozen=True)
class ControlRow:
    """A control that rules looked at: its state is the worst of theirs."""

    number: str
    title: str
    state: str
    rules: tuple[tuple[str, str, int], ...]
    """Rule, state, and on how many resources."""
    exemptions: tuple[str, ...]


@dataclass(frozen=True)
class FrameworkPage:
    """A framework: the controls that were looked at, and the others by reason."""

    framework: Framework
    rows: tuple[ControlRow, ...]
    counts: Mapping[str, int]
    others: tuple[tuple[str, tuple[str, ...]], ...]


def frameworks(run: Run) -> list[FrameworkPage]:
    """Return a page per framework; empty when the run judged nothing."""
    states = _states(run)
    return [_page(framework, run, states) for framework in FRAMEWORKS.values()] if states else []


def _states(run: Run) -> dict[str, Counter[str]]:
    """Rule → how many resources are in each state."""
    states: dict[str, Counter[str]] = {}
    for rule, urns in run.held.items():
        states.setdefault(rule, Counter())["held"] += len(urns)
    for undecided in run.undecided:
        states.setdefault(undecided.rule, Counter())["undecided"] += 1
    for finding in run.findings:
        states.setdefault(finding.rule, Counter())["violated"] += 1
    for finding in run.exempted:
        states.setdefault(finding.rule, Counter())["exempted"] += 1
    return states


def _controls(run: Run) -> dict[str, dict[str, tuple[str, ...]]]:
    """Rule → framework → controls: of the one table, and of the findings of packs that have their own."""
    found = {
        rule: {name: tuple(numbers.split()) for name, numbers in by_framework.items()}
        for rule, by_framework in rule_controls().items()
    }
    for finding in (*run.findings, *run.exempted):
        found.setdefault(finding.rule, dict(finding.controls))
    return found


def _page(framework: Framework, run: Run, states: Mapping[str, Counter[str]]) -> FrameworkPage:
    controls = _controls(run)
    by_control: dict[str, list[str]] = {}
    covered: set[str] = set()
    for rule, by_framework in controls.items():
        numbers = by_framework.get(framework.id, ())
        covered.update(numbers)
        if rule in states:
            for number in numbers:
                by_control.setdefault(number, []).append(rule)
    rows = []
    for number, control in framework.controls.items():
        rules = by_control.get(number)
        if rules:
            told = [
                (rule, state, states[rule][state]) for rule in sorted(rules) for state in STATES if states[rule][state]
            ]
            worst = next(state for state in STATES if any(found == state for _, found, _ in told))
            rows.append(ControlRow(number, control.title, worst, tuple(told), _exemptions(run, set(rules))))
    others: dict[str, list[str]] = {}
    for number, control in framework.controls.items():
        if number in by_control:
            continue
        reason = "rules look at it, but no resource of this program is of their types"
        if number not in covered:
            reason = control.uncovered_reason.text if control.uncovered_reason else "no rule yet, or only for its parts"
        others.setdefault(reason, []).append(number)
    return FrameworkPage(
        framework,
        tuple(sorted(rows, key=lambda row: STATES.index(row.state))),
        Counter(row.state for row in rows),
        tuple((reason, tuple(numbers)) for reason, numbers in others.items()),
    )


def _exemptions(run: Run, rules: set[str]) -> tuple[str, ...]:
    found = []
    for item in run.exempted:
        if item.rule in rules and item.exemption is not None:
            said = item.exemption
            owner = f", {said.owner}" if said.owner else ""
            until = f", until {said.expires}" if said.expires else ""
            found.append(f"{item.rule} on {item.subject}: {said.reason}{owner}{until}")
    return tuple(found)
