"""What can go wrong before and while a fleet is read."""

from __future__ import annotations

import importlib.util
from typing import Final

NEEDS: Final = ("pyarrow", "duckdb", "fsspec", "ijson")


class FleetError(Exception):
    """A mistake of the user, or a source that can't be listed; the text says what, and what to do."""


class StateError(Exception):
    """One state that can't be judged: it becomes a row of the table ``failures``.

    ``stage`` is what was being done: ``read`` (fetching it), ``parse`` (its JSON), ``state`` (what it says).
    """

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage


def missing(*more: str) -> str:
    """Return what is to be installed before a fleet can be read here, empty when nothing is."""
    lacking = [name for name in (*NEEDS, *more) if importlib.util.find_spec(name) is None]
    if not lacking:
        return ""
    extra = "ray" if lacking == ["ray"] else "fleet"
    return f"needs {' and '.join(lacking)}: pip install 'pulumi-preflight[{extra}]'"
