"""Maintenance and backup windows: ``ddd:hh24:mi-ddd:hh24:mi`` by the week, ``hh24:mi-hh24:mi`` by the day, both in UTC.

Sources: "CreateDBInstance" (Amazon RDS API reference: 30 minutes at least, the two must not overlap),
    "CreateReplicationGroup" and "CreateCacheCluster" (ElastiCache: 60 minutes), "CreateCluster" (Redshift: 30 minutes;
    MemoryDB: 60 minutes), "Neptune and DocumentDB CreateDBCluster" (30 minutes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .answer import Invalid

_DAY = 24 * 60
_WEEK = 7 * _DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})")
_POINT = re.compile(r"([A-Za-z]{3}):(.*)")


@dataclass(frozen=True)
class Window:
    """A span of time that comes back every day or every week.

    ``start`` counts minutes from midnight, or from Monday 00:00; ``minutes`` is the length; ``weekly`` tells which.
    """

    start: int
    minutes: int
    weekly: bool

    def spans(self) -> list[tuple[int, int]]:
        """List the pieces of a week, in minutes from Monday 00:00, that the window takes; pieces end before they wrap
        round.
        """
        starts = [self.start] if self.weekly else [self.start + day * _DAY for day in range(7)]
        pieces = []
        for start in starts:
            end = start + self.minutes
            pieces.append((start, min(end, _WEEK)))
            if end > _WEEK:
                pieces.append((0, end - _WEEK))
        return pieces

    def overlaps(self, other: Window) -> bool:
        """Tell whether two windows share a minute in any week; windows that only touch do not."""
        return any(a < d and c < b for a, b in self.spans() for c, d in other.spans())


def daily(text: str) -> Window | Invalid:
    """Read a daily window such as ``03:00-04:00``, or ``23:30-00:30`` over midnight."""
    first, dash, last = text.partition("-")
    start, end = _clock(first), _clock(last)
    if not dash or start is None or end is None:
        return Invalid(f"{text!r} is not of the form hh24:mi-hh24:mi, such as 03:00-04:00")
    return Window(start, (end - start) % _DAY, weekly=False)


def weekly(text: str) -> Window | Invalid:
    """Read a weekly window such as ``sun:05:00-sun:06:00``, or ``sun:23:30-mon:00:30`` over the week's end."""
    first, dash, last = text.partition("-")
    start, end = _point(first), _point(last)
    if not dash or start is None or end is None:
        return Invalid(f"{text!r} is not of the form ddd:hh24:mi-ddd:hh24:mi, such as sun:05:00-sun:06:00")
    return Window(start, (end - start) % _WEEK, weekly=True)


def backup_problem(text: str, *, least: int = 30) -> str | None:
    """Say why a known daily window would be refused; ``least`` is the service's minimum in minutes (RDS 30, ElastiCache
    60).
    """
    return _problem(daily(text), text, least)


def maintenance_problem(text: str, *, least: int = 30) -> str | None:
    """Say why a known weekly window would be refused; ``least`` is the service's minimum in minutes (RDS 30,
    ElastiCache 60).

    RDS also refuses a window longer than 24 hours; that is not judged here, as other services take it.
    """
    return _problem(weekly(text), text, least)


def conflict(backup: str, maintenance: str) -> str | None:
    """Say that a known daily and a known weekly window overlap, which RDS, DocumentDB and Neptune refuse.

    ``None`` when they do not, or when one of them is malformed (its own problem says so).
    """
    one, other = daily(backup), weekly(maintenance)
    if isinstance(one, Invalid) or isinstance(other, Invalid) or not one.overlaps(other):
        return None
    return f"the backup window {backup} overlaps the maintenance window {maintenance}"


def _problem(window: Window | Invalid, text: str, least: int) -> str | None:
    if isinstance(window, Invalid):
        return window.reason
    if window.minutes < least:
        return f"{text!r} lasts {window.minutes} minutes; at least {least} are needed"
    return None


def _clock(text: str) -> int | None:
    match = _TIME.fullmatch(text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return int(match[1]) * 60 + int(match[2])


def _point(text: str) -> int | None:
    match = _POINT.fullmatch(text)
    if not match or match[1].lower() not in _DAYS:
        return None
    clock = _clock(match[2])
    return None if clock is None else _DAYS.index(match[1].lower()) * _DAY + clock
