"""The ``preflight`` command. Each subcommand is a module beside this one, imported when it is asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Final

import click

from preflight.about import VERSION

COMMANDS: Final = ("audit", "baseline", "doctor", "explain", "fleet", "init", "new", "preview", "rules")


class _LazyGroup(click.Group):
    """Finds subcommands by module: ``new_rule.py`` holds ``command``, and is ``preflight new-rule``."""

    def invoke(self, ctx: click.Context) -> Any:
        from preflight.commands._edges import read_enough

        with read_enough():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"preflight.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, "-V", "--version", prog_name="preflight", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback when Preflight itself fails.")
def group(debug: bool) -> None:
    """Would this Pulumi program deploy, and would it be compliant? Asked before anything is created."""


def main() -> None:
    """The console script."""
    from preflight.commands._edges import run

    run(group, debug="--debug" in sys.argv[1:2])


if __name__ == "__main__":
    main()
