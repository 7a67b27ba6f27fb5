"""``preflight fleet``: ask the results of audits."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from preflight.frameworks import FRAMEWORKS
from preflight.preview.state.errors import EXIT_USAGE

if TYPE_CHECKING:
    from preflight.fleet.query import Tables

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def command() -> None:
    """Ask what `preflight audit` wrote to DIR: posture, worst stacks, one rule, one framework, the trend."""


def _options(function: Command) -> Command:
    for option in (
        click.option(
            "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
            help="How to print the answer.",
        ),
        click.option("--audit", "name", metavar="ID", default="", help="The audit to show (default: the newest)."),
        click.argument("folder", metavar="DIR", type=click.Path(path_type=Path)),
    ):  # fmt: skip
        function = option(function)
    return function


def _answer(
    folder: Path, name: str, form: str, ask: Callable[[Tables], Any], show: Callable[[Any], Iterable[str]]
) -> None:
    from preflight.fleet.errors import FleetError, missing

    if missing():
        raise click.UsageError(f"preflight fleet {missing()}")
    from preflight.fleet.query import Tables

    try:
        tables = Tables(folder, name)
        try:
            answer = ask(tables)
        finally:
            tables.close()
    except FleetError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_USAGE)
    if form == "json":
        click.echo(json.dumps(answer, indent=1, ensure_ascii=False, default=str))
        return
    for line in show(answer):
        click.echo(line)


@command.command()
@_options
@click.option("--by", "tag", metavar="TAG", default="", help="Findings by the value of this tag too, for example team.")
def summary(folder: Path, name: str, form: str, tag: str) -> None:
    """Show the fleet as a whole: findings, rules, what failed, exemptions that expire soon."""
    from preflight.fleet import questions, text

    today = datetime.datetime.now(datetime.timezone.utc).date()
    _answer(folder, name, form, lambda tables: questions.summary(tables, today, tag), text.summary)


@command.command()
@_options
@click.option("-n", "--count", type=click.IntRange(min=1), default=20, show_default=True, help="How many stacks.")
def top(folder: Path, name: str, form: str, count: int) -> None:
    """Show the stacks with the gravest findings."""
    from preflight.fleet import questions, text

    _answer(folder, name, form, lambda tables: questions.top(tables, count), text.top)


@command.command()
@_options
@click.argument("stack", metavar="STACK")
def stack(folder: Path, name: str, form: str, stack: str) -> None:
    """Show one stack's findings; STACK is its name, PROJECT/STACK, or the address of its state."""
    from preflight.fleet import questions, text

    _answer(folder, name, form, lambda tables: questions.stack(tables, stack), text.stack)


@command.command()
@_options
@click.argument("rule", metavar="RULE")
def rule(folder: Path, name: str, form: str, rule: str) -> None:
    """Show the stacks in which one rule is not met."""
    from preflight import rules
    from preflight.fleet import across, questions, text
    from preflight.nearest import nearest

    known = [found.id for found in (*rules.load(), *across.load())]
    if rule not in known:
        near = nearest(rule, known)
        similar = f"; similar: {', '.join(near)}" if near else ""
        raise click.BadParameter(f"there is no rule {rule!r}{similar}")
    _answer(folder, name, form, lambda tables: questions.rule(tables, rule), text.rule)


@command.command()
@_options
@click.argument("framework", metavar="FRAMEWORK", type=click.Choice(list(FRAMEWORKS)))
def framework(folder: Path, name: str, form: str, framework: str) -> None:
    """Show the posture of one framework by control: resources that meet its rules, and those that do not."""
    from preflight import rules
    from preflight.fleet import questions, text

    controls: dict[str, list[str]] = {}
    for found in rules.load():
        for number in found.controls.get(framework, ()):
            controls.setdefault(number, []).append(found.id)
    ordered = {number: controls[number] for number in FRAMEWORKS[framework].controls if number in controls}
    _answer(folder, name, form, lambda tables: questions.framework(tables, framework, ordered), text.framework)


@command.command()
@_options
@click.option("--since", "before", metavar="ID", default="", help="The earlier audit (default: the one before).")
def trend(folder: Path, name: str, form: str, before: str) -> None:
    """Show what is new and what was fixed since an earlier audit, and since when open findings are known."""
    from preflight.fleet import questions, text

    _answer(folder, name, form, lambda tables: questions.trend(tables, before), text.trend)
