"""``preflight explain``: one rule's page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from preflight.commands._rules import POLICY_PACK, rules_to_show
from preflight.nearest import nearest
from preflight.rule import Rule

from ..frameworks import FRAMEWORKS


@click.command()
@click.argument("rule_id", metavar="RULE")
@POLICY_PACK
def command(rule_id: str, policy_pack: Path | None) -> None:
    """Print what RULE requires, why, how to fix a finding, its controls, a program that fails, and one that passes."""
    every = _across() if rule_id.startswith("fleet-") and policy_pack is None else rules_to_show(policy_pack)
    for line in page(_find(rule_id, every)):
        click.echo(line)


def _across() -> Iterable[Rule]:
    """The rules across stacks, which `preflight audit` judges with."""
    from preflight.fleet.errors import missing

    if missing():
        raise click.UsageError(f"a rule across stacks {missing()}")
    from preflight.fleet.across import load

    return load()


def _find(rule_id: str, every: Iterable[Rule]) -> Rule:
    by_id = {rule.id: rule for rule in every}
    by_id = {former: rule for rule in by_id.values() for former in rule.formerly} | by_id
    found = by_id.get(rule_id)
    if found is None:
        near = nearest(rule_id, by_id, count=4)
        near += [other for other in by_id if rule_id and rule_id in other and other not in near][: 6 - len(near)]
        hint = f"the nearest: {', '.join(near)}" if near else "`preflight rules` lists all"
        raise click.BadParameter(f"there is no rule {rule_id!r}; {hint}", param_hint="RULE")
    return found


def page(rule: Rule, width: int = 100) -> Iterator[str]:
    """Yield the lines of a rule's page."""
    from ..docs.examples import examples

    yield rule.id
    yield f"{rule.kind.value}, severity {rule.severity.value}, {rule.certainty.value}"
    if rule.remediation is not None:
        yield "can be remediated: level remediate"
    if rule.formerly:
        yield f"formerly {', '.join(rule.formerly)}"
    yield ""
    yield from textwrap.wrap(rule.title, width)
    for name, text in (("Why", rule.why), ("Fix", rule.fix), ("Source", rule.source)):
        if text:
            yield ""
            yield from textwrap.wrap(f"{name}: {text}", width)
    yield ""
    yield from textwrap.wrap(f"Looks at: {' '.join(rule.types)}", width, break_on_hyphens=False, break_long_words=False)
    if rule.parameters:
        yield ""
        yield "Parameters:"
        for name, parameter in rule.parameters.items():
            text = f"{name} (default {parameter.default!r}): {parameter.description}"
            yield from textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="      ")
    if rule.controls:
        yield ""
        yield "Controls:"
        for framework, numbers in rule.controls.items():
            for number in numbers:
                control = FRAMEWORKS[framework].controls.get(number)
                yield f"  {framework} {number}" + (f"  {control.title}" if control else "")
    example = examples().get(rule.id)
    if example is not None:
        yield from ("", "Fails:", "", *_indented(example.fails), "")
        for message in example.says:
            yield from textwrap.wrap(message, width, initial_indent="  → ", subsequent_indent="    ")
        yield from ("", "Passes:", "", *_indented(example.passes))


def _indented(source: str) -> list[str]:
    return [f"    {line}".rstrip() for line in source.splitlines()]
