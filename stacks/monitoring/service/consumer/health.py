"""The container's health: the loop has come round within two minutes. `python -m consumer.health` is ECS's check."""

from __future__ import annotations

import sys
import time
from pathlib import Path

PULSE = Path("/tmp/consumer-pulse")
"""On a volume of the container, whose root is read-only."""
LONGEST_SILENCE_SECONDS = 120


def beat(path: Path = PULSE) -> None:
    """Say that the loop has come round."""
    path.touch()


def is_well(path: Path = PULSE, now: float | None = None) -> bool:
    """Whether the last beat is recent; `now` is seconds since the epoch."""
    try:
        last = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return (time.time() if now is None else now) - last < LONGEST_SILENCE_SECONDS


if __name__ == "__main__":
    sys.exit(0 if is_well() else 1)
