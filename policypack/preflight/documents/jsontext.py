"""JSON documents inside properties: read with positions, so that a message can say where the text is wrong.

Used for policies, state machines, container definitions, event patterns, dashboards. Source of the grammar: RFC 8259.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_DEEPEST = 200
_MOST_DUPLICATES = 20
"""Duplicate keys that are listed."""


@dataclass(frozen=True)
class TextError:
    """What is wrong with a JSON text and where: ``line`` and ``column`` count from one, ``near`` is the path before
    it.
    """

    message: str
    line: int
    column: int
    near: str

    def __str__(self) -> str:
        place = f", near {self.near}" if self.near else ""
        return f"{self.message} (line {self.line}, column {self.column}{place})"


@dataclass(frozen=True)
class Duplicate:
    """A key that an object holds twice; JSON readers silently keep the last one. ``path`` ends with the key."""

    path: str
    line: int
    column: int


@dataclass(frozen=True)
class JsonText:
    """A read JSON text: its ``value``, or the ``error`` that it has; and the keys that occur twice."""

    value: Any = None
    error: TextError | None = None
    duplicates: tuple[Duplicate, ...] = field(default=())


def parse(text: str) -> JsonText:
    """Read a JSON text. Malformed text gives a :class:`JsonText` with ``error``, never an exception.

    Other than Python's reader it refuses ``NaN`` and ``Infinity``, a byte-order mark, and nesting deeper than 200
    levels.
    """
    if not text.strip():
        return JsonText(error=TextError("the text is empty", 1, 1, ""))
    doubled = False

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        entry = dict(entries)
        doubled = doubled or len(entry) < len(entries)
        return entry

    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        message, position = _explain(text, error)
        return JsonText(error=_located(text, position, message))
    except RecursionError:
        return JsonText(error=TextError(f"it is nested deeper than {_DEEPEST} levels", 1, 1, ""))
    except ValueError as error:
        return JsonText(error=TextError(str(error), 1, 1, ""))
    if not doubled and text.count("{") + text.count("[") <= _DEEPEST:
        return JsonText(value=value)
    depth, duplicates = _survey(text)
    if depth > _DEEPEST:
        return JsonText(error=TextError(f"it is nested deeper than {_DEEPEST} levels", 1, 1, ""))
    return JsonText(value=value, duplicates=tuple(duplicates))


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON value")


def _explain(text: str, error: json.JSONDecodeError) -> tuple[str, int]:
    """Turn the reader's message into one that says what to do, at the place that has to be changed."""
    position = error.pos
    if error.msg.startswith("Unexpected UTF-8 BOM"):
        return "it begins with a byte-order mark, which JSON does not allow", 0
    rest = text[position:].lstrip()
    before = text[:position].rstrip()
    comma = before.endswith(",") and rest[:1] in ("}", "]")
    if comma or error.msg.startswith("Illegal trailing comma"):
        place = len(before) - 1 if comma else position
        return "there is a comma after the last entry", place
    if not rest:
        return "the text ends before it is complete", len(text)
    if rest.startswith("'"):
        return "strings take double quotes, not single ones", position
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments", position
    if re.match(r"(True|False|None)\b", rest):
        return f"{rest.split()[0][:5].rstrip(',}]')} is Python; JSON has true, false and null", position
    if error.msg.startswith("Extra data"):
        return "there is more text after the end of the document", position
    if error.msg.startswith("Expecting ',' delimiter"):
        return "a comma is missing between two entries, or a bracket is not closed", position
    words = {
        "Expecting property name enclosed in double quotes": "a key in double quotes is expected",
        "Expecting ':' delimiter": "a colon is missing after the key",
        "Expecting value": "a value is expected",
        "Unterminated string starting at": "the string that begins here is not closed",
        "Invalid control character at": "a line break or another control character stands inside a string",
    }
    return words.get(error.msg, error.msg[:1].lower() + error.msg[1:]), position


def _located(text: str, position: int, message: str) -> TextError:
    start = text.rfind("\n", 0, position) + 1
    near = ""
    for path, offset in _keys(text):
        if offset > position:
            break
        near = path
    return TextError(message, text.count("\n", 0, position) + 1, position - start + 1, near)


def _survey(text: str) -> tuple[int, list[Duplicate]]:
    """Measure the depth of a well-formed text and find the keys that occur twice in one object."""
    seen: list[set[str]] = []
    deepest = 0
    found: list[Duplicate] = []
    for event in _walk(text):
        if event.kind == "open":
            seen.append(set())
            deepest = max(deepest, len(seen))
        elif event.kind == "close":
            seen.pop()
        elif event.key in seen[-1] and len(found) < _MOST_DUPLICATES:
            line = text.count("\n", 0, event.offset) + 1
            found.append(Duplicate(event.path, line, event.offset - text.rfind("\n", 0, event.offset)))
        else:
            seen[-1].add(event.key)
    return deepest, found


def _keys(text: str) -> Iterator[tuple[str, int]]:
    for event in _walk(text):
        if event.kind == "key":
            yield event.path, event.offset


@dataclass(frozen=True)
class _Event:
    kind: str
    key: str
    path: str
    offset: int


def _walk(text: str) -> Iterator[_Event]:
    """Walk over the brackets and keys of a text, well-formed or not, with the path that leads to each key; as far as it
    is nested too deep.
    """
    # Each frame is what has been entered: the key at hand for an object, the index at hand for a list.
    frames: list[str | int] = []
    kinds: list[str] = []
    expect_key = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in "{[":
            if len(kinds) > _DEEPEST:
                return  # nobody reads a path of so many steps
            kinds.append(token)
            frames.append("" if token == "{" else 0)
            expect_key = token == "{"
            yield _Event("open", "", "", match.start())
        elif token in "}]":
            if kinds:
                kinds.pop()
                frames.pop()
                yield _Event("close", "", "", match.start())
            expect_key = False
        elif token == ",":
            expect_key = bool(kinds) and kinds[-1] == "{"
            if kinds and kinds[-1] == "[":
                frames[-1] = int(frames[-1]) + 1
        elif expect_key and token.startswith('"'):
            key = _unquoted(token)
            frames[-1] = key
            expect_key = False
            yield _Event("key", key, _joined(frames), match.start())


def _unquoted(token: str) -> str:
    try:
        value = json.loads(token, strict=False)
    except ValueError:
        return token.strip('"')
    return value if isinstance(value, str) else token


def _joined(frames: list[str | int]) -> str:
    path = ""
    for frame in frames:
        path += f"[{frame}]" if isinstance(frame, int) else (f".{frame}" if path else frame)
    return path
