"""Patterns with ``*`` and ``?`` as IAM, EventBridge and S3 use them, and what can be told of them when parts are
unknown.

A *hole* is a part of a text that is not known at preview: one of the unknown sentinels of :mod:`preflight.wire`, or an
IAM policy variable such as ``${aws:username}``. IAM's escapes ``${*}``, ``${?}`` and ``${$}`` are the plain characters
(AWS: "IAM policy elements: Variables and tags").
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..wire import UNKNOWNS
from .answer import Answer

_MANY, _ONE, _HOLE = "\ue000", "\ue001", "\ue002"
_SPECIAL = re.compile(r"[*?]|\$\{(\$|[^}${]*)\}|" + "|".join(sorted(UNKNOWNS)))
_ESCAPED = frozenset("*?$")
_RUN = re.compile(f"[{_MANY}{_ONE}]+")
_MOST_STEPS = 4_000_000
"""The product of two texts' lengths up to which they are compared: both may have 2,000 characters, and no ARN or action
has more ("IAM and AWS STS quotas", AWS IAM user guide)."""


def has_hole(text: str) -> bool:
    """Tell whether a part of a text is unknown at preview (a sentinel, or a policy variable)."""
    return _HOLE in _encode(text)


def has_wildcard(text: str) -> bool:
    """Tell whether a text holds ``*`` or ``?`` outside of an escape."""
    encoded = _encode(text)
    return _MANY in encoded or _ONE in encoded


def covers(pattern: str, text: str, *, ignore_case: bool = False) -> Answer:
    """Tell whether a pattern matches a text; wildcards in the text mean everything that they stand for.

    ``covers("s3:*", "s3:Get*")`` is true, ``covers("s3:Get*", "s3:*")`` is false.
    Returns ``None`` where a hole on either side decides it, and for texts that are longer than any of AWS's.
    """
    left, right = _prepare(pattern, ignore_case), _prepare(text, ignore_case)
    if left == right and _HOLE not in left:
        return True
    if len(left) * len(right) > _MOST_STEPS:
        return None
    if _HOLE not in left and _HOLE not in right:
        return _covers(left, right)
    opened = right.replace(_HOLE, _MANY)
    if _HOLE not in left and _covers(left, _normal(opened)):
        return True
    return None if _overlap(left.replace(_HOLE, _MANY), opened) else False


def overlaps(pattern: str, text: str, *, ignore_case: bool = False) -> Answer:
    """Tell whether some text is matched by both patterns; ``None`` where a hole on either side decides it."""
    left, right = _prepare(pattern, ignore_case), _prepare(text, ignore_case)
    if len(left) * len(right) > _MOST_STEPS:
        return None
    if not _overlap(left.replace(_HOLE, _MANY), right.replace(_HOLE, _MANY)):
        return False
    if _HOLE not in left and _HOLE not in right:
        return True
    # A hole is some one text: sharing a text is sure only if the other side takes whatever it turns out to be.
    if _HOLE not in left and _covers(left, _normal(right.replace(_HOLE, _MANY))):
        return True
    if _HOLE not in right and _covers(right, _normal(left.replace(_HOLE, _MANY))):
        return True
    return None


def _prepare(text: str, ignore_case: bool) -> str:
    encoded = _encode(text)
    return encoded.lower() if ignore_case else encoded


@lru_cache(maxsize=8192)
def _encode(text: str) -> str:
    return _normal(_SPECIAL.sub(_symbol, text))


def _symbol(match: re.Match[str]) -> str:
    found = match.group()
    if found == "*":
        return _MANY
    if found == "?":
        return _ONE
    inner = match.group(1)
    return inner if inner is not None and inner in _ESCAPED else _HOLE


def _normal(encoded: str) -> str:
    """Put each run of wildcards into one order, ``?`` first and a single ``*`` last."""
    return _RUN.sub(lambda run: _ONE * run.group().count(_ONE) + (_MANY if _MANY in run.group() else ""), encoded)


def _covers(pattern: str, text: str) -> bool:
    """Greedy glob matching in which a wildcard of the text is matched only by one of the pattern that is as wide."""
    p = t = 0
    star, mark = -1, 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == _MANY:
            star, mark = p, t
            p += 1
        elif p < len(pattern) and (pattern[p] == text[t] or (pattern[p] == _ONE and text[t] != _MANY)):
            p += 1
            t += 1
        elif star >= 0:
            mark += 1
            p, t = star + 1, mark
        else:
            return False
    while p < len(pattern) and pattern[p] == _MANY:
        p += 1
    return p == len(pattern)


@lru_cache(maxsize=4096)
def _overlap(left: str, right: str) -> bool:
    """Tell whether two patterns without holes have a text in common, by the positions reachable in both."""
    for a, b in zip(left, right, strict=False):
        if _MANY in (a, b):
            break
        if a != b and _ONE not in (a, b):
            return False
    row = [True] + [False] * len(right)
    for j, b in enumerate(right):
        row[j + 1] = row[j] and b == _MANY
    for a in left:
        above = row
        row = [above[0] and a == _MANY] + [False] * len(right)
        for j, b in enumerate(right):
            if _MANY in (a, b):
                row[j + 1] = row[j] or above[j + 1]
            else:
                row[j + 1] = above[j] and (a == b or _ONE in (a, b))
    return row[-1]
