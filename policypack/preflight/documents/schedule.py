"""Schedule expressions: ``rate()``, ``cron()``, ``at()``, each in the dialect of the service that reads it.

Sources: "Schedule types on EventBridge Scheduler", "Cron expressions" (EventBridge), "Schedule expressions in Secrets
    Manager rotation", "Time-based schedules for jobs and crawlers" (Glue), "Cron and rate expressions for Systems
    Manager", "Scheduled scaling for Application Auto Scaling", "Scheduling canary runs using cron".
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from .answer import Invalid

_FORM = re.compile(r"(cron|rate|at)\((.*)\)", re.DOTALL)
_RATE = re.compile(r"(\d+)\s+([A-Za-z]+)")
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?")
_DURATION = re.compile(r"(\d{1,4})h")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MINUTES_OF = {"minute": 1, "hour": 60, "day": 1440}


@dataclass(frozen=True)
class Dialect:
    """What one service takes: its forms, the units of a rate, and how strictly it reads both.

    ``singular``: whether ``rate(1 hours)`` and ``rate(5 hour)`` are refused. ``zero``: whether a rate of 0 has a
    meaning.
    """

    name: str
    forms: frozenset[str]
    units: tuple[str, ...] = ("minute", "hour", "day")
    singular: bool = False
    zero: bool = False


_ALL = frozenset({"cron", "rate", "at"})
_REPEATED = frozenset({"cron", "rate"})

EVENTS = Dialect("EventBridge rules", _REPEATED, singular=True)
SCHEDULER = Dialect("EventBridge Scheduler", _ALL)
AUTOSCALING = Dialect("Application Auto Scaling", _ALL)
BACKUP = Dialect("AWS Backup", _REPEATED)
GLUE = Dialect("AWS Glue", frozenset({"cron"}))
SSM = Dialect("Systems Manager", _ALL)
CANARY = Dialect("CloudWatch Synthetics", _REPEATED, units=("minute", "hour"), zero=True)
ROTATION = Dialect("Secrets Manager rotation", _REPEATED, units=("hour", "day"))


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    special: str = ""


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day-of-month", 1, 31, special="?LW"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day-of-week", 1, 7, _DAYS, special="?L#"),
    _Field("year", 1970, 2199),
)


@dataclass(frozen=True)
class Rate:
    """``rate(value unit)``; ``minutes`` is the interval."""

    value: int
    unit: str

    @property
    def minutes(self) -> int:
        """The time between two runs, in minutes."""
        return self.value * _MINUTES_OF[self.unit]


@dataclass(frozen=True)
class Cron:
    """``cron(...)`` with its six fields as they are written."""

    minutes: str
    hours: str
    day_of_month: str
    month: str
    day_of_week: str
    year: str


@dataclass(frozen=True)
class At:
    """``at(yyyy-mm-ddThh:mm:ss)``: once; the time zone is set beside the expression."""

    time: datetime.datetime


Schedule = Rate | Cron | At


def parse(text: str, dialect: Dialect = EVENTS) -> Schedule | Invalid:
    """Read a known schedule expression as a service would; :class:`Invalid` says why it would refuse it."""
    form = _FORM.fullmatch(text.strip())
    if not form:
        return Invalid(f"{text!r} is neither {_listed(dialect)}" + _hint(text))
    kind, inner = form.groups()
    if kind not in dialect.forms:
        return Invalid(f"{dialect.name} takes no {kind}() expression, only {_listed(dialect)}")
    if kind == "rate":
        return _rate(inner.strip(), dialect)
    if kind == "at":
        return _at(inner.strip())
    return _cron(inner.split(), dialect)


def problem(text: str, dialect: Dialect = EVENTS) -> str | None:
    """Say why a service would refuse a known schedule expression; ``None`` when it would take it."""
    found = parse(text, dialect)
    return found.reason if isinstance(found, Invalid) else None


def rotation_problem(text: str, duration: str | None = None) -> str | None:
    """Say why Secrets Manager would refuse a known rotation schedule (and window such as ``3h``); ``None`` when it
    takes it.

    Rates run from 4 hours to 999 days; cron expressions start on the hour; a window ends with its day, or before the
    next one. Source: "Rotation schedules", AWS Secrets Manager user guide.
    """
    found = parse(text, ROTATION)
    if isinstance(found, Invalid):
        return found.reason
    hours = None
    if duration is not None:
        match = _DURATION.fullmatch(duration)
        if not match or not 1 <= int(match[1]) <= 24:
            return f"the window {duration!r} is not of the form '2h', from 1h to 24h"
        hours = int(match[1])
    if isinstance(found, Rate):
        if found.minutes < 240:
            return f"{text} is more often than every 4 hours, the most that Secrets Manager allows"
        if found.minutes > 999 * 1440:
            return f"{text} is longer than 999 days, the most that Secrets Manager allows"
        if hours and found.unit == "hour" and hours * 60 > found.minutes:
            return f"the window of {hours} hours reaches into the next one; {text} leaves {found.value} hours"
        return None
    if isinstance(found, Cron):
        return _rotation_cron_problem(text, found, hours)
    return None


def _rotation_cron_problem(text: str, cron: Cron, hours: int | None) -> str | None:
    if not re.fullmatch(r"0{1,2}", cron.minutes):
        return f"{text} has {cron.minutes!r} as minutes; a rotation window starts on the hour, so it has to be 0"
    step = re.fullmatch(r"(?:\d+|\*)?/(\d+)", cron.hours)
    if cron.hours == "*" or (step and int(step[1]) < 4):
        return f"{text} is more often than every 4 hours, the most that Secrets Manager allows"
    if hours and cron.hours.isdecimal() and int(cron.hours) + hours > 24:
        return f"the window of {hours} hours from {int(cron.hours)}:00 on reaches into the next day"
    return None


def _listed(dialect: Dialect) -> str:
    shapes = {"rate": "rate(value unit)", "cron": "cron(six fields)", "at": "at(yyyy-mm-ddThh:mm:ss)"}
    return " nor ".join(shapes[form] for form in ("rate", "cron", "at") if form in dialect.forms)


def _hint(text: str) -> str:
    words = text.split()
    if len(words) in (5, 6) and re.fullmatch(r"[\d*/,?\-A-Za-z#]+", words[0]):
        return "; wrap the fields in cron(...)"
    if re.match(r"\s*(cron|rate|at)\b", text, re.IGNORECASE):
        return "; the form is lower case with one pair of brackets"
    return ""


def _rate(inner: str, dialect: Dialect) -> Rate | Invalid:
    match = _RATE.fullmatch(inner)
    if not match:
        return Invalid(f"rate({inner}) is not of the form rate(value unit), such as rate(5 minutes)")
    digits, unit = match.groups()
    value, single = int(digits[:12]), unit.removesuffix("s")
    if single not in dialect.units:
        units = ", ".join(f"{name}s" for name in dialect.units)
        return Invalid(f"rate({inner}) has the unit {unit!r}; {dialect.name} takes {units}")
    if value == 0 and not dialect.zero:
        return Invalid(f"rate({inner}) has the value 0; it has to be positive")
    if dialect.singular and (value == 1) == unit.endswith("s"):
        right = f"rate({digits} {single}{'' if value == 1 else 's'})"
        return Invalid(f"rate({inner}) has the wrong number; it is {right}")
    return Rate(value, single)


def _at(inner: str) -> At | Invalid:
    try:
        if not _AT.fullmatch(inner):
            raise ValueError
        return At(datetime.datetime.fromisoformat(inner))
    except ValueError:
        return Invalid(f"at({inner}) is not of the form at(yyyy-mm-ddThh:mm:ss), without a time zone")


def _cron(fields: list[str], dialect: Dialect) -> Cron | Invalid:
    shown = f"cron({' '.join(fields)})"
    if dialect is SSM and len(fields) in (5, 7):
        # The older five-field form, and the form with seconds in front, which only Systems Manager reads.
        return Cron(*([*fields, "*"] if len(fields) == 5 else fields[1:]))
    if len(fields) != 6:
        hint = "; AWS adds the year to the five fields of Unix" if len(fields) == 5 else ""
        return Invalid(
            f"{shown} has {len(fields)} fields, minutes hours day-of-month month day-of-week year are six{hint}"
        )
    for value, field in zip(fields, _FIELDS, strict=True):
        reason = _field_problem(value.upper(), field)
        if reason:
            return Invalid(f"{shown}: {reason}")
    days, weekdays = fields[2], fields[4]
    if days != "?" and weekdays != "?" and dialect is not SSM:
        fixed = "set day-of-week to '?'" if weekdays == "*" else "set day-of-month to '?'"
        return Invalid(f"{shown} has a value in day-of-month and in day-of-week; one of them has to be '?': {fixed}")
    if days == weekdays == "?":
        return Invalid(f"{shown} has '?' in day-of-month and in day-of-week; only one of them can be '?'")
    return Cron(*fields)


def _field_problem(value: str, field: _Field) -> str | None:
    if value == "?" and "?" in field.special:
        return None
    for part in value.split(","):
        if not _part_fits(part, field):
            return f"{part!r} does not fit {field.name}, {_expected(field)}"
    return None


def _part_fits(part: str, field: _Field) -> bool:
    base, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and len(step) < 5 and int(step) > 0):
        return False
    if base == "*" or (slash and not base):
        return True
    if "L" in field.special and _last_fits(base, field):
        return True
    if "W" in field.special and base.endswith("W"):
        return _number(base[:-1], field) is not None
    if "#" in field.special and "#" in base:
        day, _, week = base.partition("#")
        return _number(day, field) is not None and week in ("1", "2", "3", "4", "5")
    low, dash, high = base.partition("-")
    return _number(low, field) is not None and (not dash or _number(high, field) is not None)


def _last_fits(base: str, field: _Field) -> bool:
    if base in ("L", "LW") or (base.startswith("L-") and _number(base[2:], field) is not None):
        return True
    return "#" in field.special and base.endswith("L") and _number(base[:-1], field) is not None


def _number(text: str, field: _Field) -> int | None:
    if text in field.words:
        return field.least + field.words.index(text)
    if text.isdecimal() and text.isascii() and len(text) < 5 and field.least <= int(text) <= field.most:
        return int(text)
    return None


def _expected(field: _Field) -> str:
    words = f" or {field.words[0]}-{field.words[-1]}" if field.words else ""
    return f"which takes {field.least}-{field.most}{words}"
