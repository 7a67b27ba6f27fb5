"""Runs until ECS asks the task to stop, or a failure doesn't pass."""

from __future__ import annotations

import signal
import sys
import threading

from .clients import worker
from .health import beat
from .retry import TransientError
from .telemetry import configure, log

PAUSE_SECONDS = 1.0
"""Between rounds without records. Tasks times rounds a second stay below the five reads that a shard answers."""


def run() -> int:
    """The exit status: 0 after a stop, 1 after a failure that did not pass."""
    configure()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work = worker()
    try:
        work.backoff.run(work.store.prepare)
        log.info("ready")
        while not stop.is_set():
            work.round()
            beat()
            stop.wait(PAUSE_SECONDS)
    except TransientError:
        log.exception("giving up: ECS starts another task")
        return 1
    finally:
        work.store.close()
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(run())
