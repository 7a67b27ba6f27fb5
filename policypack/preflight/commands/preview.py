"""``preflight preview``: run programs offline, judge them, report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from preflight.commands._edges import printing
from preflight.commands._runs import preview_all, program_options, requests
from preflight.preview.state.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE
from preflight.reports.formats import FORMATS, Style, missing
from preflight.reports.model import SEVERITIES

if TYPE_CHECKING:
    from preflight.inventory import Inventory
    from preflight.preview.state.outcome import Outcome
    from preflight.reports.model import Report
    from preflight.reports.selection import Selection

_SELECTOR: Final = "RULE|SERVICE|GROUP:VALUE"


@dataclass(frozen=True)
class _Target:
    """A report to write: its format, and the file."""

    form: str
    file: Path


def _targets(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[_Target, ...]:
    return tuple(map(_target, values))


def _target(text: str) -> _Target:
    form, equals, file = text.partition("=")
    if not equals or not file:
        raise click.BadParameter(f"{text!r}: write FORMAT=FILE, for example sarif=preflight.sarif")
    if form not in FORMATS:
        raise click.BadParameter(f"{text!r}: there is no format {form!r}; formats: {', '.join(FORMATS)}")
    target = Path(file)
    if not target.parent.is_dir():
        raise click.BadParameter(f"{text!r}: there is no folder {target.parent}")
    return _Target(form, target)


@click.command()
@program_options
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print the report."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file instead."
)  # fmt: skip
@click.option(
    "--report", "reports", metavar="FORMAT=FILE", multiple=True, callback=_targets,
    help="Write another report to a file, for example sarif=preflight.sarif; repeatable.",
)  # fmt: skip
@click.option(
    "--select", metavar=_SELECTOR, multiple=True,
    help="Report these findings only: a rule, a service, or kind:, severity:, framework: or certainty: with a value; "
    "repeatable.",
)  # fmt: skip
@click.option("--ignore", metavar=_SELECTOR, multiple=True, help="Leave these findings out; repeatable.")
@click.option(
    "--baseline", "baseline", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Findings that are known and don't fail (default: the one that the settings name).",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES),
    help="Exit with 1 on findings of this severity and above, whatever their level.",
)  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there are findings; errors still fail.")
@click.option("--strict", is_flag=True, help="Show rules that could not be judged yet, too.")
@click.option("--advisories", is_flag=True, help="Show every advisory of a compliance rule, not only their number.")
@click.option("-q", "--quiet", is_flag=True, help="Show only what blocks, and the last line.")
@click.option("--statistics", is_flag=True, help="Show the number of findings by rule.")
@click.option(
    "--inventory", "inventory", metavar="FILE|URL",
    help="What other stacks hold, as `preflight audit` writes it: stack references resolve, and names are checked.",
)  # fmt: skip
@click.option("--evidence", is_flag=True, help="JSON: every rule and resource that passed, too.")
def command(
    folders: tuple[Path, ...],
    stacks: tuple[str, ...],
    form: str,
    output: Path | None,
    reports: tuple[_Target, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    baseline: Path | None,
    fail_on: str | None,
    exit_zero: bool,
    strict: bool,
    advisories: bool,
    quiet: bool,
    statistics: bool,
    inventory: str | None,
    evidence: bool,
    policy_packs: tuple[Path, ...],
    **how: Any,
) -> None:
    """Preview the Pulumi program in DIR offline, and report what would fail or break a rule.

    DIR is the working folder when it is left out; several are reported as one.

    No Pulumi CLI, AWS plugin, credentials or network are needed.

    Exit codes: 0 no mandatory finding; 1 mandatory findings; 2 bad usage or configuration; 3 the program failed;
    4 a rule failed internally, or something was not judged; 70 Preflight itself failed.
    """
    from preflight.reports import exit_code
    from preflight.reports.build import report_of

    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"--output {output}: there is no folder {output.parent}")
    for name in {form, *(target.form for target in reports)}:
        if missing(name):
            raise click.UsageError(missing(name))
    selection = _selection(select, ignore, own=not policy_packs)
    known = _inventory(inventory)
    outcomes = preview_all(lambda: requests(folders, stacks, policy_packs=policy_packs, inventory=known, **how))
    if known is not None:
        _against(known, outcomes, how["account"])
    report = _with_baseline(report_of(outcomes), baseline, outcomes)
    if selection is not None:
        report = selection.apply(report)
    style = Style(strict=strict, advisories=advisories, quiet=quiet, statistics=statistics, evidence=evidence)
    if output is None:
        with printing():
            _print(report, form, style)
    else:
        _write(report, _Target(form, output), style, "--output")
    for target in reports:
        _write(report, target, style, "--report")
    code = exit_code(report, fail_on)
    sys.exit(EXIT_CLEAN if exit_zero and code == EXIT_FINDINGS else code)


def _inventory(address: str | None) -> Inventory | None:
    if address is None:
        return None
    from preflight.fleet.errors import missing
    from preflight.inventory import InventoryError, load

    if missing():
        raise click.UsageError(f"--inventory {missing()}")
    try:
        return load(address)
    except InventoryError as error:
        raise click.UsageError(f"--inventory {error}") from error


def _against(inventory: Inventory, outcomes: Sequence[Outcome], account: str | None) -> None:
    """Judge what the previews found against what exists; the packs have checked the settings."""
    import datetime

    from preflight.fleet.across import load as rules_across
    from preflight.fleet.inventory import apply
    from preflight.rules import load as rules
    from preflight.settings.file import load

    today = datetime.datetime.now(datetime.timezone.utc).date()
    every = [*rules(), *rules_across()]
    for outcome in outcomes:
        apply(outcome, inventory, load(outcome.settings, every), account, today)


def _with_baseline(report: Report, named: Path | None, outcomes: Sequence[Outcome]) -> Report:
    """The report with what is known marked: by the baseline that was named, else by the one of each run's settings."""
    from preflight.reports.baseline import Baseline, BaselineError
    from preflight.reports.build import shown
    from preflight.settings.file import baseline_of

    if named is None:
        files = [baseline_of(outcome.settings) for outcome in outcomes if outcome.settings is not None]
    else:
        files = [named]
    known = Baseline()
    chosen = list(dict.fromkeys(file for file in files if file is not None))
    try:
        for file in chosen:
            known = known.joined(Baseline.read(file))
    except BaselineError as error:
        raise click.UsageError(f"baseline {error}") from error
    return known.apply(report, ", ".join(map(shown, chosen))) if chosen else report


def _selection(select: Sequence[str], ignore: Sequence[str], own: bool) -> Selection | None:
    if not select and not ignore:
        return None
    from preflight.reports.selection import Selection, Selector, SelectorError
    from preflight.rules import load

    rules = load() if own else None
    try:
        return Selection(
            tuple(Selector.parse(text, rules) for text in select), tuple(Selector.parse(text, rules) for text in ignore)
        )
    except SelectorError as error:
        raise click.UsageError(f"--select, --ignore: {error}") from error


def _print(report: Report, form: str, style: Style) -> None:
    if form == "text":
        from preflight.reports.text import print_report

        print_report(report, sys.stdout, style)
        return
    from preflight.reports.formats import render
    from preflight.reports.text import error_text

    for run in report.runs:
        for note in run.notes:
            click.echo(f"note: {note}", err=True)
        for item in run.errors:
            click.echo(f"error: {error_text(item)}", err=True)
    sys.stdout.write(render(report, form, style))


def _write(report: Report, target: _Target, style: Style, option: str) -> None:
    from preflight.reports.formats import render

    try:
        target.file.write_text(render(report, target.form, style), encoding="utf-8")
    except OSError as error:
        click.echo(f"error: {option} {target.file}: cannot be written: {error.strerror}", err=True)
        sys.exit(EXIT_USAGE)
