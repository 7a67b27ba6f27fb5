"""The calls in a Python file that register resources, and where in them a property is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from preflight.documents import names

_STEP: Final = re.compile(r"([A-Za-z]\w*)|\[(\d+)\]")


@dataclass(frozen=True)
class Span:
    """A part of a file: lines and columns from 1, the last column behind its end; columns count characters."""

    line: int
    column: int
    end_line: int
    end_column: int


class Calls:
    """The calls of one Python file; none in any other file, and in one that can't be read."""

    def __init__(self, file: str) -> None:
        self._calls: dict[int, list[ast.Call]] = {}
        self._lines: list[bytes] = []
        if not file.endswith(".py"):
            return
        try:
            content = Path(file).read_bytes()
            tree = ast.parse(content)
        except (OSError, SyntaxError, ValueError):
            return
        self._lines = content.splitlines()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._calls.setdefault(node.lineno, []).append(node)

    def lines(self, line: int) -> range:
        """Return the lines of the call that registers a resource at a line: the largest that begins there."""
        return range(line, max((node.end_lineno or line for node in self._calls.get(line, ())), default=line) + 1)

    def property(self, line: int, path: str) -> Span | None:
        """Return where the call at a line writes a property (``rules[0].fromPort``), as far down as it is literal."""
        for call in self._calls.get(line, ()):
            found = _descend(call, path)
            if found is not None:
                return self._span(found)
        return None

    def _span(self, node: ast.expr | ast.keyword) -> Span | None:
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(node.lineno, self._column(node.lineno, node.col_offset), end_line, self._column(end_line, end))

    def _column(self, line: int, offset: int) -> int:
        return len(self._lines[line - 1][:offset].decode("utf-8", "replace")) + 1


def _descend(call: ast.Call, path: str) -> ast.expr | ast.keyword | None:
    deepest: ast.expr | ast.keyword | None = None
    value: ast.expr = call
    for name, index in _STEP.findall(path):
        found = _member(value, name) if name else _item(value, int(index))
        if found is None:
            break
        deepest, value = found
    return deepest


def _member(value: ast.expr, name: str) -> tuple[ast.expr | ast.keyword, ast.expr] | None:
    wanted = {name, names.snake(name)}
    if isinstance(value, ast.Call):
        return next(((item, item.value) for item in value.keywords if item.arg in wanted), None)
    return next(((key, found) for key, found in _entries(value) if key.value in wanted), None)


def _entries(value: ast.expr) -> Iterator[tuple[ast.Constant, ast.expr]]:
    if isinstance(value, ast.Dict):
        for key, found in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant):
                yield key, found


def _item(value: ast.expr, index: int) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(value, (ast.List, ast.Tuple)) and index < len(value.elts):
        return value.elts[index], value.elts[index]
    return None
