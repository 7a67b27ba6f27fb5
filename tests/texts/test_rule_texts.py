"""Every page and message of every rule is in the house style, module by module."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from preflight import rules
from preflight.rule import Rule
from tests.texts import house

FOLDER = Path(rules.__file__).parent
MODULES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.py"))


def templates(module: str) -> Iterator[tuple[int, str]]:
    """Line and text of every message written in a module, each interpolated value an x."""
    for node in ast.walk(ast.parse((FOLDER / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "finding":
            for text in _texts(node.args[0]) if node.args else ():
                yield node.lineno, text


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


@cache
def by_module() -> dict[str, list[Rule]]:
    """The rules of each module, by its path below the rules' folder."""
    found: dict[str, list[Rule]] = {}
    for rule in rules.load():
        path = Path(inspect.getfile(rule.function))
        if FOLDER in path.parents:
            found.setdefault(str(path.relative_to(FOLDER)), []).append(rule)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_messages(module: str) -> None:
    wrong = [f"{module}:{line}: {problem}" for line, text in templates(module) for problem in house.message(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", MODULES)
def test_pages(module: str) -> None:
    wrong = []
    for rule in by_module().get(module, ()):
        for part in ("title", "why", "fix"):
            wrong += [f"{rule.id} {part}: {problem}" for problem in house.sentence(getattr(rule, part))]
        wrong += [f"{rule.id} source: {problem}" for problem in house.plain(rule.source)]
        for name, parameter in rule.parameters.items():
            wrong += [f"{rule.id} parameter {name}: {problem}" for problem in house.sentence(parameter.description)]
        wrong += [f"{rule.id}: {problem}" for problem in house.reflow(inspect.cleandoc(rule.function.__doc__ or ""))]
    assert not wrong, "\n".join(wrong)
