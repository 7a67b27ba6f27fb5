"""Dated statements about engine versions, reconciled: what a new database or cache can be created with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

_AGEING_MINORS = 3


class Status(Enum):
    """Whether a version can be chosen for something new."""

    OFFERED = "offered"
    DEPRECATED = "deprecated"  # the newest source retires it, an older one still offered it: advisory at most
    REFUSED = "refused"
    UNKNOWN = "unknown"  # newer than the table: no finding


@dataclass(frozen=True)
class Statement:
    """What one source said on `date` (YYYY-MM-DD): versions that it lists at all, and those of them that it retires."""

    date: str
    listed: frozenset[str]
    retired: frozenset[str] = frozenset()

    @property
    def offered(self) -> frozenset[str]:
        """The versions that can still be created."""
        return self.listed - self.retired


@dataclass(frozen=True)
class EngineVersions:
    """The versions of one engine, in one region when something is known about it, else over all regions together.

    `line_parts` is how many dotted parts name a major line (1: '15', 2: '8.0'). `counts_minors` is false for an engine
    that counts builds ('15.00.4043.16.v1'): all that is newer than its line's newest listed version is unknown.
    """

    engine: str
    region: str | None
    statements: tuple[Statement, ...]
    line_parts: int = 1
    counts_minors: bool = True

    @property
    def dated(self) -> str:
        """The date (YYYY-MM-DD) of the newest statement, for messages."""
        return max(statement.date for statement in self.statements)

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """Versions that the newest statement offers, ascending, without bare major lines."""
        return tuple(sorted((v for v in self._newest.offered if v != self.line(v)), key=_key))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Major lines with an offered version, ascending, such as ('14', '15', '16')."""
        return tuple(sorted({self.line(version) for version in self.offered}, key=_key))

    def status(self, version: str) -> Status:
        """Whether `version` (text as in `engineVersion`) can be created, as far as any dated statement knows.

        A major line alone ('15') is offered while a version of it is. Up to three minor versions above the newest
        listed of a line, and lines above the newest line, are unknown: the table is older than they may be.
        """
        if self._is_line(version):
            return self._status_of_line(version)
        if version in self._newest.offered:
            return Status.OFFERED
        if any(version in statement.offered for statement in self.statements):
            return Status.DEPRECATED
        return Status.REFUSED if version in self._newest.listed else self._status_unlisted(version)

    def nearest(self, version: str, count: int = 3) -> tuple[str, ...]:
        """Up to `count` offered versions to propose instead, ascending: the closest at or above of the same line, else
        the newest of the line, else the newest of all.
        """
        line = self.line(version)
        same = [v for v in self.offered if self.line(v) == line]
        above = [v for v in same if _key(v) >= _key(version)]
        return tuple((above or same[-count:] or list(self.offered[-count:]))[:count])

    def line(self, version: str) -> str:
        """The major line of a version: '15.4' -> '15', '8.0.35' -> '8.0', '8.0.mysql_aurora.3.04.0' ->
        '8.0.mysql_aurora.3'.
        """
        aurora = re.match(r"\d+\.\d+\.mysql_aurora\.(8\.\d+|\d+)", version)  # from 8.4 on numbered as MySQL itself is
        if aurora:
            return aurora[0]
        return ".".join(version.split("-")[0].split(".")[: self.line_parts])

    @property
    def _newest(self) -> Statement:
        return max(self.statements, key=lambda statement: statement.date)

    def _is_line(self, version: str) -> bool:
        return version == self.line(version) or any(line.startswith(f"{version}.") for line in self._all_lines)

    @cached_property
    def _all_lines(self) -> frozenset[str]:
        listed = frozenset[str]().union(*(statement.listed for statement in self.statements))
        return frozenset(self.line(version) for version in listed)

    def _status_of_line(self, line: str) -> Status:
        if any(offered == line or offered.startswith(f"{line}.") for offered in self.lines):
            return Status.OFFERED
        return self._status_beyond_lines(line)

    def _status_unlisted(self, version: str) -> Status:
        line = self.line(version)
        siblings = [v for s in self.statements for v in s.listed if self.line(v) == line and v != line]
        if not siblings:
            return self._status_beyond_lines(line)
        newest = max(siblings, key=_key)
        if _key(version) <= _key(newest):
            return Status.REFUSED
        ahead = self._minor(version) - self._minor(newest)
        return Status.UNKNOWN if not self.counts_minors or ahead <= _AGEING_MINORS else Status.REFUSED

    def _status_beyond_lines(self, line: str) -> Status:
        newest_line = max(self._all_lines, key=_key, default=None)
        newer = newest_line is not None and _key(line) > _key(newest_line)
        return Status.UNKNOWN if newer else Status.REFUSED

    def _minor(self, version: str) -> int:
        rest = version[len(self.line(version)) :].lstrip(".")
        digits = re.match(r"\d+", rest)
        return int(digits[0]) if digits else 0


def _key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Orders versions by their numbers: '15.10' after '15.9', '13.23-rds.20260224' after '13.23'."""
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"[.\-]", version))
