"""Renders ``docs/compliance.md``: control to rules, controls without one, and the comparison with other rule sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..frameworks import FRAMEWORKS, Control, Framework, UncoveredReason
from ..frameworks.peers import Peer, peers
from ..rule import Rule
from .catalogue import NOTE, cell


def page(rules: Sequence[Rule]) -> str:
    """Return the Markdown page; ``rules`` are in order of their ids."""
    lines = [
        NOTE,
        "# Compliance",
        "",
        "Which rules look at which control, which controls no rule looks at and why, and which rule stands for each",
        "rule of other rule sets. A rule shows that a program's resources do what a part of the control asks for;",
        "whether a control is met is for an assessor to say. Control numbers are mapped as AWS Config's conformance",
        "packs and cdk-nag map them; the titles are in our own words.",
        "",
        "| framework | as of | controls with rules | without a rule, by reason | rules |",
        "|---|---|---|---|---|",
    ]
    coverage = {framework_id: _covered(framework_id, rules) for framework_id in FRAMEWORKS}
    for framework_id, framework in FRAMEWORKS.items():
        lines.append(_summary(framework, coverage[framework_id]))
    for framework_id, framework in FRAMEWORKS.items():
        lines += ["", *_framework(framework, coverage[framework_id])]
    lines += ["", "## Other rule sets"]
    by_id = {rule.id: rule for rule in rules}
    for peer in peers():
        lines += ["", *_peer(peer, by_id)]
    lines += ["", *(f"[{rule.id}]: rules/{rule.service}.md#{rule.id}" for rule in rules)]
    return "\n".join(lines) + "\n"


def _covered(framework_id: str, rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    covered: dict[str, list[Rule]] = {}
    for rule in rules:
        for number in rule.controls.get(framework_id, ()):
            covered.setdefault(number, []).append(rule)
    return covered


def _uncovered(framework: Framework, covered: Mapping[str, list[Rule]]) -> Iterator[Control]:
    """The controls without a rule of their own or of a part."""
    for number, control in framework.controls.items():
        if number not in covered and not any(part.number in covered for part in framework.parts(number)):
            yield control


def _by_reason(controls: Iterable[Control]) -> dict[UncoveredReason | None, list[Control]]:
    by_reason: dict[UncoveredReason | None, list[Control]] = {reason: [] for reason in (*UncoveredReason, None)}
    for control in controls:
        by_reason[control.uncovered_reason].append(control)
    return {reason: found for reason, found in by_reason.items() if found}


def _references(rules: Iterable[Rule]) -> str:
    """Name rules by links whose targets stand at the end of the page: a rule is named dozens of times."""
    return ", ".join(f"[{rule.id}]" for rule in rules)


def _name(reason: UncoveredReason | None) -> str:
    return reason.value.replace("-", " ") if reason else "no rule yet"


def _summary(framework: Framework, covered: Mapping[str, list[Rule]]) -> str:
    reasons = _by_reason(_uncovered(framework, covered))
    counted = ", ".join(f"{len(controls)} {_name(reason)}" for reason, controls in reasons.items())
    rules = {rule.id for found in covered.values() for rule in found}
    anchor = framework.id.replace(".", "")
    return f"| [{framework.id}](#{anchor}) | {framework.dated} | {len(covered)} | {counted} | {len(rules)} |"


def _framework(framework: Framework, covered: Mapping[str, list[Rule]]) -> Iterator[str]:
    yield from (f"## {framework.id}", "", f"{framework.source} ({framework.dated}).", "")
    yield from ("| control | asks for | rules |", "|---|---|---|")
    for number, control in framework.controls.items():
        if number in covered:
            yield f"| {number} | {cell(control.title)} | {_references(covered[number])} |"
    yield from ("", f"### {framework.id}: controls without a rule")
    for reason, controls in _by_reason(_uncovered(framework, covered)).items():
        words = reason.text if reason else "a program could show it, and no rule looks at it yet"
        yield from ("", f"**{_name(reason).capitalize()}**: {words}.", "")
        yield from ("| control | asks for |", "|---|---|")
        for control in controls:
            yield f"| {control.number} | {cell(control.title)} |"


def _peer(peer: Peer, by_id: Mapping[str, Rule]) -> Iterator[str]:
    missing = [name for name, ours in peer.rules.items() if not any(rule_id in by_id for rule_id in ours)]
    matched = len(peer.rules) - len(missing)
    total = len(peer.rules) + len(peer.without)
    yield from (
        f"### {peer.title}",
        "",
        f"{total} rules ({peer.scope}; sources of {peer.dated}), {matched} with a counterpart.",
        "",
    )
    yield from ("| its rule | ours |", "|---|---|")
    for name, ours in peer.rules.items():
        if name not in missing:
            yield f"| {name} | {_references(by_id[rule_id] for rule_id in ours if rule_id in by_id)} |"
    if missing or peer.without:
        yield from ("", "Without a counterpart:", "", "| its rule | why |", "|---|---|")
        yield from (f"| {name} | {reason} |" for name, reason in peer.without.items())
        yield from (f"| {name} | no rule yet |" for name in missing)
