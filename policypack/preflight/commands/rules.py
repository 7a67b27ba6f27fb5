"""``preflight rules``: which rules there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby

import click

from ..finding import Kind, Severity
from ..frameworks import FRAMEWORKS
from ..rule import Rule


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
def command(service: str | None, kind: str | None, severity: str | None, framework: str | None, form: str) -> None:
    """List the rules that Preflight judges with; `preflight explain RULE` tells more about one."""
    from ..rules import load

    every = load()
    if service is not None and service not in {rule.service for rule in every}:
        services = ", ".join(sorted({rule.service for rule in every}))
        raise click.BadParameter(
            f"there is no rule of the service {service!r}; services: {services}", param_hint="--service"
        )
    chosen = [
        rule
        for rule in every
        if service in (None, rule.service)
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
    """Describe a rule for other programs: id, formerly, kind, severity, types, controls, title, service."""
    return {
        "id": rule.id,
        "formerly": list(rule.formerly),
        "service": rule.service,
        "kind": rule.kind.value,
        "severity": rule.severity.value,
        "certainty": rule.certainty.value,
        "types": list(rule.types),
        "controls": {framework: list(numbers) for framework, numbers in rule.controls.items()},
        "title": rule.title,
    }


def _lines(chosen: Iterable[Rule], framework: str | None) -> Iterable[str]:
    count = 0
    for service, of_service in groupby(chosen, key=lambda rule: rule.service):
        yield service
        for rule in of_service:
            count += 1
            yield f"  {rule.id}  [{rule.kind.value}, {rule.severity.value}]"
            yield f"      {rule.title}"
            if framework is not None:
                yield f"      {framework}: {' '.join(rule.controls[framework])}"
        yield ""
    yield f"{count} rule{'' if count == 1 else 's'}; preflight explain RULE tells why, and how to mend it"
