"""CloudWatch Synthetics: canary runtimes that can be created no more, and names.

Written 2026-11 after the pages: 'Synthetics runtime versions' with its support policy, API CreateCanary.
"""

from __future__ import annotations

import re

NAME = re.compile(r"[0-9a-z_-]{1,255}")

# Family -> first version that was not retired by 2024-03-08 ('Synthetics runtime versions': deprecated ones). Later
# retirements are left out, for AWS moves their dates.
_RETIRED_BEFORE = {
    "syn-nodejs-puppeteer": (6, 2),
    "syn-python-selenium": (2, 1),
    "syn-nodejs": (99, 0),
}
_FIRST = "syn-1.0"


def retired(runtime: str) -> bool:
    """Whether a canary can't be created with this runtime any more. False for one that the table doesn't know."""
    if runtime == _FIRST:
        return True
    match = re.fullmatch(r"(syn-[a-z-]+)-(\d+)\.(\d+)", runtime)
    if not match or match[1] not in _RETIRED_BEFORE:
        return False
    return (int(match[2]), int(match[3])) < _RETIRED_BEFORE[match[1]]
