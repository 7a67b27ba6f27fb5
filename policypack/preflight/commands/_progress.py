"""What is shown while an audit runs: on a terminal one line that changes, elsewhere a line every ten seconds."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preflight.fleet.audit import Listener


class Progress:
    """Writes to standard error only."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._began = self._last = time.monotonic()
        self._first: tuple[int, int] | None = None
        self._width = 0

    def listener(self) -> Listener:
        """Return the callbacks that an audit reports to."""
        from preflight.fleet.audit import Listener

        return Listener(listed=self._listed, planned=self._planned, done=self._done, note=self._line)

    def end(self) -> None:
        """Remove the line that changes."""
        if self._width:
            sys.stderr.write(f"\r{' ' * self._width}\r")
            self._width = 0

    def _line(self, text: str) -> None:
        if not self._quiet:
            self.end()
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def _listed(self, source: str, count: int) -> None:
        self._line(f"{source}: {count} state{'' if count == 1 else 's'}")

    def _planned(self, states: int, unchanged: int) -> None:
        self._began = time.monotonic()
        self._first = (unchanged, 0)
        if unchanged:
            self._line(f"{unchanged} of {states} are unchanged since they were judged")

    def _done(self, states: int, of: int, resources: int) -> None:
        now = time.monotonic()
        if self._quiet or now - self._last < (0.2 if self._live else 10):
            return
        self._last = now
        begun = self._first[0] if self._first else 0
        rate = (states - begun) / max(now - self._began, 0.001)
        left = (of - states) / rate if rate else 0
        text = f"{states} of {of} states, {resources} resources, {rate:.1f} states/s, {_time(left)} left"
        if not self._live:
            self._line(text)
            return
        self.end()
        self._width = len(text)
        sys.stderr.write(text)
        sys.stderr.flush()


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
