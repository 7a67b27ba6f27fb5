"""The help of every command and option is in the house style, and the pages name the version that is released."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from preflight.about import VERSION
from preflight.commands.cli import COMMANDS, group
from tests.texts import house

ROOT = Path(__file__).parents[2]


def helps() -> Iterator[tuple[str, str]]:
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        yield name, command.help or ""
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield f"{name} {parameter.opts[-1]}", parameter.help or ""


@pytest.mark.parametrize(("what", "text"), list(helps()), ids=lambda value: value if len(value) < 40 else "")
def test_help(what: str, text: str) -> None:
    assert text.strip().endswith(".") or text.strip().endswith(")"), what
    assert [said for pattern, said in house.BANNED.items() if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("page", ["adopt.md", "ci.md", "fleet.md", "reports.md", "test-your-stack.md"])
def test_written_pages(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / "docs" / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [said for pattern, said in house.BANNED.items() if re.search(pattern, text, re.IGNORECASE)] == []


def test_examples_name_the_version() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:@|/|rev: )v(\d+\.\d+\.\d+)", text)) == {VERSION}
