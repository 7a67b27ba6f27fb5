"""``preflight rules``: which rules there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from preflight.commands._rules import POLICY_PACK, rules_to_show
from preflight.rule import Rule

from ..finding import Certainty, Kind, Severity
from ..frameworks import FRAMEWORKS


@click.command()
@click.option("--service", metavar="NAME", help="Only the rules of this service, such as rds or ec2.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only the rules of this kind.")
@click.option(
    "--severity", type=click.Choice([severity.value for severity in Severity]), help="Only the rules of this severity."
)
@click.option(
    "--framework", type=click.Choice(list(FRAMEWORKS)), help="Only the rules with a control of this framework."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print them.",
)
@POLICY_PACK
def command(
    service: str | None,
    kind: str | None,
    severity: str | None,
    framework: str | None,
    form: str,
    policy_pack: Path | None,
) -> None:
    """List the rules that Preflight judges with; `preflight explain RULE` tells more about one."""
    every = rules_to_show(policy_pack)
    known = {name for rule in every for name in rule.services}
    if service is not None and service not in known:
        services = ", ".join(sorted(known))
        raise click.BadParameter(
            f"there is no rule of the service {service!r}; services: {services}", param_hint="--service"
        )
    chosen = [
        rule
        for rule in every
        if (service is None or service in rule.services)
        and kind in (None, rule.kind.value)
        and severity in (None, rule.severity.value)
        and (framework is None or framework in rule.controls)
    ]
    if form == "json":
        click.echo(json.dumps([as_json(rule) for rule in chosen], indent=1, ensure_ascii=False))
        return
    for line in _lines(chosen, framework):
        click.echo(line)


def as_json(rule: Rule) -> dict[str, object]:
    """Describe a rule for other programs: id, services, kind, severity, certainty, types, controls, title."""
    return {
        "id": rule.id,
        "formerly": list(rule.formerly),
        "services": list(rule.services),
        "service": rule.service,
        "kind": rule.kind.value,
        "severity": rule.severity.value,
        "certainty": rule.certainty.value,
        "types": list(rule.types),
        "controls": {framework: list(numbers) for framework, numbers in rule.controls.items()},
        "remediable": rule.remediation is not None,
        "title": rule.title,
    }


def _lines(chosen: Iterable[Rule], framework: str | None) -> Iterable[str]:
    count = 0
    for service, of_service in groupby(chosen, key=lambda rule: rule.service):
        yield service
        for rule in of_service:
            count += 1
            marks = [rule.kind.value, rule.severity.value]
            if rule.certainty is not Certainty.CERTAIN:
                marks.append(rule.certainty.value)
            if rule.remediation is not None:
                marks.append("remediable")
            yield f"  {rule.id}  [{', '.join(marks)}]"
            yield f"      {rule.title}"
            if framework is not None:
                yield f"      {framework}: {' '.join(rule.controls[framework])}"
        yield ""
    yield f"{count} rule{'' if count == 1 else 's'}; `preflight explain RULE` shows why, and how to fix a finding"
