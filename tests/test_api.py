"""The public API is what docs/api.md lists, and what each module's ``__all__`` says."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")


def listed() -> dict[str, set[str]]:
    """The names on the page, by module."""
    found: dict[str, set[str]] = {}
    module = ""
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 3 and cells[1].startswith("`"):
            module = cells[0].strip("`") or module
            found.setdefault(module, set()).update(re.findall(r"`(\w+)`", cells[1]))
    return found


@pytest.mark.parametrize("module", sorted(listed()))
def test_the_page_is_what_the_module_exports(module: str) -> None:
    exported = importlib.import_module(module)
    assert listed()[module] == set(exported.__all__)
    assert all(getattr(exported, name) is not None for name in exported.__all__)


def test_the_page_lists_every_public_module() -> None:
    assert set(listed()) == {"preflight", "preflight.rules", "preflight.rule", "preflight.stack", "preflight.testing"}
