"""Trying again, a few times and with growing pauses, when a failure may pass."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .telemetry import count, log

T = TypeVar("T")


class TransientError(Exception):
    """A failure that may pass: a database that restarts, a throttled call, a lost connection."""


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Exponential backoff with full jitter, so that tasks that failed together don't come back together."""

    attempts: int = 5
    """Tries in all, at least 1."""
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 10.0
    sleep: Callable[[float], None] = time.sleep
    """Replaced in tests."""

    def run(self, action: Callable[[], T]) -> T:
        """The result of `action`, tried again after each `TransientError`. Raises the last one."""
        for attempt in range(1, self.attempts):
            try:
                return action()
            except TransientError as error:
                ceiling = min(self.longest_pause_seconds, self.first_pause_seconds * 2 ** (attempt - 1))
                pause = ceiling * random.random()
                log.warning("trying again", extra={"attempt": attempt, "pause": round(pause, 3), "reason": str(error)})
                count(Retried=1)
                self.sleep(pause)
        return action()
