"""What the engine knows of a program, whatever its language: it is started, waited for, stopped, and explained."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from preflight.preview.languages.process import Child, OutputLines
from preflight.preview.state.graph import Location
from preflight.preview.state.outcome import ProgramError

FORM_KEY: Final = "preflight-form"
PLACE_KEY: Final = "preflight-place-bin"
SECRETS_KEY: Final = "preflight-secrets-bin"
"""The metadata that a program's lookups carry: their form (`direct`, `output`), their place (`file:line`), and the
names of their secret arguments (a JSON list), which SDKs send without their wrappers."""

PARALLEL: Final = 32
"""Requests that a program may have in flight; the Python SDK may have four times as many."""

MAX_SHOWN_LINES: Final = 200
MAX_FRAMES: Final = 8
"""Frames of the program that a message shows."""

_COLOR: Final = re.compile(r"\x1b?\[[0-9;]*m")


@dataclass(frozen=True)
class Order:
    """What to run a program against: the engine's address, and the stack with its configuration."""

    address: str
    organization: str
    stack: str
    config: Mapping[str, str]
    secret_keys: frozenset[str]
    token: str = ""
    """What every call must carry, for programs that can."""
    allow_network: bool = False
    """Whether the program may leave the machine; enforced where its language allows."""


@dataclass(frozen=True)
class Known:
    """What the engine knows already when a program's end is explained.

    Attributes:
        errors: those that the engine has recorded: what the SDK then raised is their echo.
        logged: the errors (message, URN) that the program logged itself; they fail a run even at exit code 0.
        timeout: the seconds that the program had; None for no limit.
        stack_file: the stack's configuration, which need not exist.
    """

    errors: Sequence[ProgramError]
    logged: Sequence[tuple[str, str]]
    timeout: float | None
    stack_file: Path


@dataclass(frozen=True)
class Ended:
    """How a program ended: what its language reported, its exit code, and where it hung if the time was over."""

    report: dict[str, Any] = field(default_factory=dict)
    code: int | None = None
    hung_at: tuple[str, int] | None = None
    timed_out: bool = False


STALL_SECONDS: Final = 600.0
"""How long a program may go without asking the engine for anything where no --timeout is given."""


@dataclass(frozen=True)
class Patience:
    """How long a program is waited for.

    Attributes:
        seconds: that it has in all; None for as long as it makes progress.
        stopped: tells that nothing more can come of it.
        idle: tells for how many seconds it has asked for nothing.
    """

    seconds: float | None
    stopped: Callable[[], bool]
    idle: Callable[[], float]

    def is_over(self, began: float) -> bool:
        """Tell whether a program that began then has had its time."""
        if self.seconds is not None:
            return time.monotonic() - began > self.seconds
        return self.idle() > STALL_SECONDS


class Program(Protocol):
    """A program that is started, in any language."""

    needs_schemas: bool
    """Whether the engine must tell what each type accepts; the SDKs of most languages know it."""
    carries_token: bool
    """Whether its calls carry the run's token; a foreign language host speaks Pulumi's protocol, which has none."""

    @property
    def notes(self) -> Sequence[str]:
        """What the report should say about the way in which the program is run."""

    def run(self, order: Order) -> None:
        """Run the program against an engine."""

    def wait(self, patience: Patience) -> Ended:
        """Wait for the end, as long as there is patience."""

    def stop(self) -> None:
        """End the program's processes, whatever they do."""

    def explain(self, ended: Ended, known: Known) -> tuple[list[ProgramError], bool]:
        """Return the errors that the program's end adds, and whether the configuration is to blame."""


class Output:
    """Keeps the last lines that a program prints, and shows the first ones."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.kept = OutputLines()
        self._on_line = on_line
        self._shown = 0

    def add(self, line: str) -> None:
        """Keep and show one line."""
        self.kept.add(line)
        self._shown += 1
        if self._shown <= MAX_SHOWN_LINES:
            self._on_line(line)
        elif self._shown == MAX_SHOWN_LINES + 1:
            self._on_line("… the program prints more; the rest is not shown")


def wait_for(child: Child, patience: Patience, finished: Callable[[], bool] = lambda: False) -> tuple[int | None, bool]:
    """Wait for a child's end, or until it has ``finished``; return its exit code, and whether the time was over."""
    began = time.monotonic()
    while (code := child.wait(0.02)) is None:
        if finished() or patience.stopped():
            break
        if patience.is_over(began):
            return None, True
    return code, False


def hung(ended: Ended, timeout: float | None) -> ProgramError:
    """Return the error of a program that did not end in time."""
    at = f" in {ended.hung_at[0]}:{ended.hung_at[1]}" if ended.hung_at else ""
    where = Location(*ended.hung_at) if ended.hung_at else None
    if timeout is None:
        said = f"the program registered nothing for {STALL_SECONDS / 60:g} minutes{at}"
    else:
        said = f"the program was still running after {timeout:g} s{at}"
    return ProgramError(f"{said}; it was stopped (--timeout)", location=where)


def killed(code: int | None) -> str:
    """Return what a negative exit code, a signal, says of a program; empty for any other code."""
    return f"the program's process was killed by signal {-code}" if code is not None and code < 0 else ""


def missing_config(first: str, key: str, stack_file: Path) -> str:
    """Return the message of a missing configuration value: the SDK's own first line, then the two ways to set it."""
    missing = "" if stack_file.is_file() else " (there is no such file yet)"
    return f"{first}; set it in {stack_file}{missing}, or with --config {key}=VALUE"


def without_config(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the configuration of another run."""
    return {key: value for key, value in environment.items() if not key.startswith("PULUMI_CONFIG")}


def uncolored(text: str) -> str:
    """Return a text without terminal colors, and without what is left of them when their escape is lost."""
    return _COLOR.sub("", text)
