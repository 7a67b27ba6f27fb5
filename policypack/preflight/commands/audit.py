"""``preflight audit``: judge the states of a fleet, and keep the results as Parquet."""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path

import click

from preflight.preview.state.errors import EXIT_INTERRUPTED, EXIT_USAGE

_EXIT_FAILED_STATES = 3


def _date(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r}: write the date as YYYY-MM-DD") from None


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--out", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="The folder for the results; audits of one fleet share one, so that unchanged states are not judged again.",
)  # fmt: skip
@click.option(
    "--settings", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Levels, frameworks, exemptions of all stacks (default: none).",
)  # fmt: skip
@click.option(
    "--since", metavar="DATE", callback=_date, help="Only states that changed on this day (YYYY-MM-DD) or later."
)
@click.option(
    "-j", "--jobs", metavar="N", type=click.IntRange(min=1), default=os.cpu_count() or 1,
    help="Processes, or Ray workers (default: one for each core).",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True,
    help="What runs the workers: processes of this machine, or Ray.",
)  # fmt: skip
@click.option(
    "--address", metavar="ADDRESS", help="The Ray cluster, as ray.init takes it (default: one on this machine)."
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def command(
    sources: tuple[str, ...],
    out: Path,
    settings: Path | None,
    since: str,
    jobs: int,
    engine: str,
    address: str | None,
    quiet: bool,
) -> None:
    """Judge every stack of each SOURCE by its state, with the rules of the pack and those across stacks.

    A SOURCE is a self-managed backend as `pulumi login` accepts it (s3://bucket, gs://bucket, azblob://container,
    file:///folder, or a folder), a file or folder of `pulumi stack export`, or an organization of Pulumi Cloud
    (pulumi://ORG, with PULUMI_ACCESS_TOKEN).

    Exit codes: 0 every state was judged; 2 bad usage, or a source that can't be listed; 3 states that can't be judged
    (`preflight fleet summary DIR` names them). Findings don't change the exit code.
    """
    from preflight.fleet.errors import FleetError, missing

    lacking = missing()
    if lacking:
        raise click.UsageError(f"an audit {lacking}")
    if address and engine != "ray":
        raise click.UsageError("--address names a Ray cluster; add --engine ray")
    from preflight.commands._progress import Progress
    from preflight.fleet.audit import Request, audit

    progress = Progress(quiet)
    try:
        made = audit(Request(sources, out, settings, since, jobs, engine, address), progress.listener())
    except FleetError as error:
        progress.end()
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_USAGE)
    except KeyboardInterrupt:
        progress.end()
        click.echo("interrupted; what was judged is kept, and the next audit goes on from there", err=True)
        sys.exit(EXIT_INTERRUPTED)
    progress.end()
    parts = [
        f"{made.states} state{'' if made.states == 1 else 's'}",
        f"{made.resources} resources",
        f"{made.rules} rules",
        f"{made.unchanged} unchanged",
        f"{made.failed} failed",
    ]
    if made.left_out:
        parts.append(f"{made.left_out} older than {made.since} left out")
    click.echo(f"{out} (audit {made.id}): {' · '.join(parts)} · {made.seconds:.1f} s")
    sys.exit(_EXIT_FAILED_STATES if made.failed else 0)
