"""What the commands share that preview programs: several folders and stacks, in one report."""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from preflight.preview.state.errors import EXIT_INTERRUPTED, PreviewError, UsageError

if TYPE_CHECKING:
    from preflight.preview.run import Request
    from preflight.preview.state.outcome import Outcome

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = [
    click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path)),
    click.option(
        "-s", "--stack", "stacks", metavar="NAME", multiple=True,
        help="The stack, whose Pulumi.NAME.yaml is read (default: the only one, or dev); repeatable, '*' means all.",
    ),
    click.option(
        "-c", "--config", metavar="KEY=VALUE", multiple=True,
        help="A configuration value that overrides the stack's; KEY=@FILE reads it from a file, KEY=@- from standard "
        "input; repeatable.",
    ),
    click.option(
        "--policy-pack", "policy_packs", metavar="DIR", multiple=True, type=click.Path(path_type=Path),
        help="A Python CrossGuard policy pack to judge with; repeatable (default: Preflight's own).",
    ),
    click.option(
        "--settings", metavar="FILE", type=click.Path(path_type=Path),
        help="Levels, frameworks, exemptions (default: preflight.yaml in DIR, or [tool.preflight] in pyproject.toml "
        "there, else beside the pack).",
    ),
    click.option(
        "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
        help="Stop a program that runs longer.",
    ),
    click.option("--allow-network", is_flag=True, help="Let program and packs reach the network."),
    click.option("--account", metavar="ID", help="The AWS account id that it would deploy to (twelve digits)."),
    click.option("--region", metavar="REGION", help="The AWS region, as --config aws:region=REGION."),
]  # fmt: skip


def program_options(command: Command) -> Command:
    """Add what says which programs to preview, and how."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def requests(folders: Sequence[Path], stacks: Sequence[str], **more: Any) -> Iterator[Request]:
    """Yield a request for each folder and stack.

    Raises:
        UsageError: a pattern that no stack matches.
    """
    from preflight.preview.run import Request

    for folder in folders or (Path(),):
        for stack in _expanded(folder, stacks):
            yield Request(folder=folder, stack=stack, **more)


def _expanded(folder: Path, stacks: Sequence[str]) -> list[str | None]:
    if not stacks:
        return [None]
    found: dict[str | None, None] = {}
    for wanted in stacks:
        if not set(wanted) & set("*?["):
            found[wanted] = None
            continue
        from preflight.preview.program.project import load_project, stack_names

        names = stack_names(load_project(folder))
        matching = fnmatch.filter(names, wanted)
        if not matching:
            there = f"; stacks there: {', '.join(names)}" if names else " (there is no Pulumi.NAME.yaml)"
            raise UsageError(f"--stack {wanted}: matches no stack of {folder}{there}")
        found |= dict.fromkeys(matching)
    return list(found)


def preview_all(chosen: Callable[[], Iterator[Request]]) -> list[Outcome]:
    """Preview each request in turn; an error that ends a preview ends the command."""
    from preflight.preview.run import preview
    from preflight.reports.console import Progress

    try:
        with Progress() as progress:
            return [preview(request, progress.listener()) for request in list(chosen())]
    except PreviewError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("interrupted; every process was stopped", err=True)
        sys.exit(EXIT_INTERRUPTED)
