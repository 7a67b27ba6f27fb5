"""The ``preflight`` command. Each subcommand is a module of ``preflight/commands``, imported when it is asked for."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import click

_FOLDER = Path(__file__).with_name("commands")


class _LazyGroup(click.Group):
    """Finds subcommands by module: ``commands/new_rule.py`` holds ``command``, and is ``preflight new-rule``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules([str(_FOLDER)]))
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"preflight.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Would this Pulumi program deploy, and would it be compliant? Asked before anything is created."""


if __name__ == "__main__":
    main()
