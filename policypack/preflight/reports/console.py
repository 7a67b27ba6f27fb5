"""What is shown while a preview runs: the program's own output, and a counter when standard error is a terminal."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Final

from preflight.preview.run import Listener
from preflight.preview.state.graph import urn_name, urn_type

_INTERVAL: Final = 0.1


class Progress:
    """Writes to standard error only; use it as a context manager around a preview."""

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._live = self._stream.isatty()
        self._lock = threading.Lock()
        self._last = 0.0
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._clear()

    def listener(self) -> Listener:
        """Return the callbacks that a preview reports to."""
        return Listener(
            output=self._line, progress=self._count, log=lambda level, message: self._line(f"{level}: {message}")
        )

    def _line(self, text: str) -> None:
        with self._lock:
            self._clear()
            self._stream.write(f"{text}\n")
            self._stream.flush()

    def _count(self, count: int, urn: str) -> None:
        if not self._live:
            return
        with self._lock:
            now = time.monotonic()
            if now - self._last < _INTERVAL:
                return
            self._last = now
            self._clear()
            text = f"previewing… {count} resources, {urn_type(urn)} {urn_name(urn)}"[:100]
            self._width = len(text)
            self._stream.write(text)
            self._stream.flush()

    def _clear(self) -> None:
        if self._width:
            self._stream.write(f"\r{' ' * self._width}\r")
            self._width = 0
