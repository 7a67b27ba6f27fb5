"""``preflight baseline``: keep the findings that are known in a file, and let it only shrink."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from preflight.commands._runs import preview_all, program_options, requests
from preflight.preview.state.errors import EXIT_FINDINGS, EXIT_PROGRAM, EXIT_RULE, EXIT_USAGE


@click.command()
@program_options
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), default="preflight.baseline.json",
    show_default=True, help="The baseline.",
)  # fmt: skip
@click.option("--update", is_flag=True, help="Remove from the file what is not found any more; add nothing.")
@click.option("--allow-new", is_flag=True, help="With --update: add what is new, too.")
@click.option("--diff", is_flag=True, help="Show what would change, and write nothing; exit with 1 if there is more.")
def command(
    folders: tuple[Path, ...],
    stacks: tuple[str, ...],
    file: Path,
    update: bool,
    allow_new: bool,
    diff: bool,
    **how: Any,
) -> None:
    """Write the findings of the programs in DIR to a baseline, so that only new ones fail.

    `preflight preview --baseline FILE`, or the key "baseline" in preflight.yaml, uses it. Preview all stacks at once
    with --stack '*': one entry is for all of them.
    """
    from preflight.reports.baseline import Baseline, BaselineError
    from preflight.reports.build import report_of

    if allow_new and not update:
        raise click.UsageError("--allow-new works with --update only")
    if file.exists() and not update and not diff:
        raise click.UsageError(f"{file} exists; --update removes what is fixed, --diff shows what would change")
    try:
        old = Baseline.read(file) if update or diff else Baseline()
    except BaselineError as error:
        raise click.UsageError(str(error)) from error
    report = report_of(preview_all(lambda: requests(folders, stacks, **how)))
    for run in report.runs:
        for failure in (*run.errors, *run.failures):
            click.echo(f"error: {run.program} ({run.stack}): {failure.error}", err=True)
    if report.verdict == "failed":
        click.echo("the baseline was not written: it would lack what was not judged", err=True)
        sys.exit(EXIT_PROGRAM if any(run.errors for run in report.runs) else EXIT_RULE)
    new = old.missing(report)
    after = old.updated(report)
    if allow_new or not update:
        after = after.joined(Baseline.of(report))
    if diff:
        for line in old.differences(after):
            click.echo(line)
        sys.exit(EXIT_FINDINGS if new else 0)
    if new and update and not allow_new:
        for key in new:
            click.echo(f"new: {key}", err=True)
        click.echo(
            f"{file} was not written: a baseline only shrinks; fix these, or add them with --allow-new", err=True
        )
        sys.exit(EXIT_FINDINGS)
    try:
        file.write_text(after.text(), encoding="utf-8")
    except OSError as error:
        click.echo(f"error: {file}: cannot be written: {error.strerror}", err=True)
        sys.exit(EXIT_USAGE)
    removed = len(old.entries.keys() - after.entries.keys())
    click.echo(f"{file}: {len(after.entries)} entries{f', {removed} removed' if removed else ''}")
