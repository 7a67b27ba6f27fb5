"""``preflight new``: copy a reference stack."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import click

from preflight.commands.new_project import NewProject, NewProjectError, create, reference_stacks
from preflight.preview.state.errors import EXIT_USAGE


def _list(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    try:
        stacks = reference_stacks()
    except NewProjectError as error:
        _refuse(error)
    width = max((len(stack.name) for stack in stacks), default=0)
    for stack in stacks:
        click.echo(f"{stack.name:{width}}  {stack.description} ({', '.join(stack.environments)})")
    context.exit()


def _refuse(error: NewProjectError) -> NoReturn:
    click.echo(f"error: {error}", err=True)
    sys.exit(EXIT_USAGE)


@click.command()
@click.argument("stack", metavar="STACK")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", metavar="PROJECT", help="The project's name (default: that of DIR).")
@click.option("--template", is_flag=True, help="Make a template for `pulumi new DIR` instead of a project.")
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List the stacks.")
def command(stack: str, folder: Path, name: str | None, template: bool) -> None:
    """Copy the reference stack STACK, with the components it is made of, into DIR: a project of your own.

    It previews without a finding as it is. DIR must be empty, or not be there yet.
    """
    if template and name is not None:
        _refuse(NewProjectError("--name and --template exclude each other: `pulumi new` names what it makes"))
    try:
        made = create(stack, folder, name, template=template)
    except NewProjectError as error:
        _refuse(error)
    for line in _template_steps(made) if template else _steps(made):
        click.echo(line)


def _steps(made: NewProject) -> Iterator[str]:
    where = shlex.quote(str(made.folder))
    yield f"{made.project}: {made.files} files in {made.folder}, from {made.stack.name}. Next:"
    yield ""
    if find_spec("pulumi_aws") is None:
        yield f"  {shlex.quote(sys.executable)} -m pip install -r {where}/requirements.txt"
    yield f"  preflight preview {where} --stack dev   # offline; also: {', '.join(made.stack.environments)}"
    yield f"  cd {where} && pulumi install && pulumi stack init dev && pulumi up"
    yield ""
    yield "README.md says what the account needs before that, what it costs, and how to destroy it."


def _template_steps(made: NewProject) -> Iterator[str]:
    yield f"A template of {made.files} files in {made.folder}, from {made.stack.name}. In an empty folder:"
    yield ""
    yield f"  pulumi new {shlex.quote(str(made.folder.resolve()))}"
