"""CloudWatch Logs: retention values and log group names."""

from __future__ import annotations

import re

# API PutRetentionPolicy, written 2026-11; the provider's 0 means 'never expire'.
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

# API CreateLogGroup, written 2026-11.
NAME_PATTERN = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
RESERVED_NAME_PREFIX = "aws/"


def retention_allowed(days: int) -> bool:
    """Whether `retentionInDays` is a value that CloudWatch Logs takes; 0 (never expire) is."""
    return days == 0 or days in RETENTION_DAYS


def nearest_retention(days: int) -> tuple[int, ...]:
    """The allowed values next below and next above `days`, ascending (one value at either end)."""
    below = [value for value in RETENTION_DAYS if value <= days][-1:]
    above = [value for value in RETENTION_DAYS if value > days][:1]
    return tuple(below + above)
