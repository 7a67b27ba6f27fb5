"""``preflight preview``: run a program offline, judge it, report."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from preflight.preview.state.errors import EXIT_INTERRUPTED, EXIT_USAGE, PreviewError


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "-s", "--stack", metavar="NAME", help="The stack, whose Pulumi.NAME.yaml is read (default: the only one, or dev)."
)
@click.option(
    "-c",
    "--config",
    metavar="KEY=VALUE",
    multiple=True,
    help="A configuration value that overrides the stack's; repeatable.",
)
@click.option(
    "--policy-pack", "policy_packs", metavar="DIR", multiple=True, type=click.Path(path_type=Path),
    help="A Python CrossGuard policy pack to judge with; repeatable (default: Preflight's own).",
)  # fmt: skip
@click.option(
    "--settings",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Levels, frameworks, exemptions (default: preflight.yaml in DIR, else beside the pack).",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Stop a program that runs longer."
)
@click.option("--strict", is_flag=True, help="Show rules that could not be judged yet, too.")
@click.option("--account", metavar="ID", help="The AWS account id that the program would deploy to (twelve digits).")
@click.option("--region", metavar="REGION", help="The AWS region, as --config aws:region=REGION.")
def command(
    folder: Path,
    stack: str | None,
    config: tuple[str, ...],
    policy_packs: tuple[Path, ...],
    settings: Path | None,
    form: str,
    output: Path | None,
    timeout: float | None,
    strict: bool,
    account: str | None,
    region: str | None,
) -> None:
    """Preview the Pulumi program in DIR offline, and report what would fail or break a rule.

    No Pulumi CLI, AWS plugin, credentials or network are needed.

    Exit codes: 0 no mandatory finding; 1 mandatory findings; 2 bad usage or configuration; 3 the program failed;
    4 a rule failed internally.
    """
    from preflight.preview.run import Request, preview
    from preflight.reports import exit_code
    from preflight.reports.console import Progress

    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"--output {output}: there is no folder {output.parent}")
    request = Request(
        folder=folder,
        stack=stack,
        config=config,
        policy_packs=policy_packs,
        timeout=timeout,
        account=account,
        region=region,
        settings=settings,
    )
    try:
        with Progress() as progress:
            outcome = preview(request, progress.listener())
    except PreviewError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("interrupted; every process was stopped", err=True)
        sys.exit(EXIT_INTERRUPTED)
    if form == "json":
        from preflight.preview.verdicts import error_text
        from preflight.reports.json import render as render_json

        text = render_json(outcome)
        for note in outcome.notes:
            click.echo(f"note: {note}", err=True)
        for item in outcome.errors:
            click.echo(f"error: {error_text(item, Path.cwd())}", err=True)
        if output is None:
            sys.stdout.write(text)
    else:
        from preflight.reports.text import print_report
        from preflight.reports.text import render as render_text

        text = render_text(outcome, strict=strict)
        if output is None:
            print_report(outcome, sys.stdout, strict=strict)
    if output is not None:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            click.echo(f"error: --output {output}: cannot be written: {error.strerror}", err=True)
            sys.exit(EXIT_USAGE)
    sys.exit(exit_code(outcome))
