"""``[tool.preflight]`` of a pyproject.toml: the same settings in another syntax."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterable
from typing import Any, Final

from preflight.settings.check import KeyPath
from preflight.settings.errors import SettingsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

_TABLE: Final = re.compile(r"^\s*(\[\[?)\s*tool\s*\.\s*preflight\s*(?:\.\s*(.+?)\s*)?\]", re.MULTILINE)
_OTHER: Final = re.compile(r"^\s*\[")
_KEY: Final = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_STEP: Final = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def has_table(text: str) -> bool:
    """Tell whether a pyproject.toml has settings of Preflight."""
    return _TABLE.search(text) is not None


def read(text: str, file: str) -> tuple[Any, dict[KeyPath, int]]:
    """Return the settings in a pyproject.toml, and the lines of their keys.

    Raises:
        SettingsError: it is not valid TOML.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}") from error
    return _dates_as_strings(content.get("tool", {}).get("preflight", {})), _lines(text.splitlines())


def _lines(lines: Iterable[str]) -> dict[KeyPath, int]:
    """Where tables and keys are; values that go over several lines have the line of their key."""
    found: dict[KeyPath, int] = {}
    table: KeyPath | None = None
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(lines, start=1):
        header = _TABLE.match(line)
        if header:
            table = _steps(header[2] or "")
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found[table] = number
        elif _OTHER.match(line):
            table = None
        elif table is not None:
            key = _KEY.match(line)
            if key:
                found.setdefault((*table, *_steps(key[1])), number)
    return found


def _steps(text: str) -> KeyPath:
    return tuple(step.strip("\"'") for step in _STEP.findall(text))


def _dates_as_strings(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dates_as_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_strings(item) for item in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value
