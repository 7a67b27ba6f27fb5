"""What can be said of a handler: found, missing, or not to be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """The handler is defined; ``file`` says where."""

    file: str


@dataclass(frozen=True)
class Missing:
    """The function would fail when it is called; ``nearest`` lists what may have been meant, as handler texts."""

    reason: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class CannotTell:
    """It can't be seen in the files whether the handler exists."""

    reason: str


Verdict = Found | Missing | CannotTell
