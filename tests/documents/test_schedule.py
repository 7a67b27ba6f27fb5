"""Schedule expressions in each service's dialect, and windows."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import schedule, window
from preflight.documents.answer import Invalid
from preflight.documents.window import Window

DIALECTS = [
    schedule.EVENTS,
    schedule.SCHEDULER,
    schedule.AUTOSCALING,
    schedule.BACKUP,
    schedule.GLUE,
    schedule.SSM,
    schedule.CANARY,
    schedule.ROTATION,
]


@pytest.mark.parametrize(
    "text",
    [
        "cron(0 12 * * ? *)",
        "cron(0 12 ? * * *)",
        "cron(15 10 ? * 6L 2019-2022)",
        "cron(0/10 * ? * MON-FRI *)",
        "cron(0 8 1 * ? *)",
        "cron(0 18 ? * MON-FRI *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(0 9 3W * ? *)",
        "cron(0 9 L * ? *)",
        "cron(0 9 ? JAN,MAR fri *)",
        "cron(5,35 14 * * ? *)",
        "cron(*/5 1/2 1/1 * ? *)",
        " rate(5 minutes) ",
        "rate(1 hour)",
        "rate(7 days)",
    ],
)
def test_eventbridge_takes(text: str) -> None:
    assert schedule.problem(text) is None


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "neither rate(value unit) nor cron(six fields)"),
        ("0 12 * * ? *", "wrap the fields in cron(...)"),
        ("Cron(0 12 * * ? *)", "lower case"),
        ("cron(0 12 * * ?)", "five fields of Unix"),
        ("cron(0 12 * * * *)", "set day-of-week to '?'"),
        ("cron(0 12 * * MON *)", "set day-of-month to '?'"),
        ("cron(0 12 ? * ? *)", "only one of them"),
        ("cron(60 12 * * ? *)", "'60' does not fit minutes, which takes 0-59"),
        ("cron(0 24 * * ? *)", "hours"),
        ("cron(0 0 32 * ? *)", "day-of-month"),
        ("cron(0 0 1 13 ? *)", "month, which takes 1-12 or JAN-DEC"),
        ("cron(0 0 ? * 0 *)", "day-of-week"),
        ("cron(0 0 ? * MONDAY *)", "day-of-week"),
        ("cron(0 0 1 * ? 1969)", "year"),
        ("cron(0 0/0 1 * ? *)", "hours"),
        ("cron(0 0 ? * 2#6 *)", "day-of-week"),
        ("cron(? 0 1 * ? *)", "minutes"),
        ("rate(1 hours)", "it is rate(1 hour)"),
        ("rate(5 minute)", "it is rate(5 minutes)"),
        ("rate(0 minutes)", "positive"),
        ("rate(5 seconds)", "minutes, hours, days"),
        ("rate(5 weeks)", "unit 'weeks'"),
        ("rate(5minutes)", "not of the form"),
        ("rate(1.5 hours)", "not of the form"),
        ("at(2027-01-01T00:00:00)", "takes no at() expression"),
    ],
)
def test_eventbridge_refuses(text: str, fragment: str) -> None:
    assert fragment in (schedule.problem(text) or "")


def test_what_is_read() -> None:
    rate = schedule.parse("rate(2 hours)")
    assert isinstance(rate, schedule.Rate)
    assert rate.minutes == 120
    cron = schedule.parse("cron(0 12 ? * MON *)")
    assert isinstance(cron, schedule.Cron)
    assert (cron.hours, cron.day_of_week) == ("12", "MON")
    once = schedule.parse("at(2027-01-02T03:04:05)", schedule.SCHEDULER)
    assert once == schedule.At(datetime.datetime(2027, 1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    ("text", "dialect", "fragment"),
    [
        ("rate(1 minutes)", schedule.SCHEDULER, None),
        ("at(2027-13-01T00:00:00)", schedule.SCHEDULER, "at(yyyy-mm-ddThh:mm:ss)"),
        ("at(2027-01-01T00:00:00Z)", schedule.SCHEDULER, "without a time zone"),
        ("at(2027-01-01T00:00:00)", schedule.AUTOSCALING, None),
        ("rate(1 day)", schedule.GLUE, "takes no rate()"),
        ("cron(0 5 ? * * *)", schedule.BACKUP, None),
        ("rate(0 hour)", schedule.CANARY, None),
        ("rate(1 day)", schedule.CANARY, "unit 'day'"),
        ("cron(0 0/30 * 1/1 * ? *)", schedule.SSM, None),
        ("cron(0 2 * * SUN)", schedule.SSM, None),
        ("cron(0 2 ? * SUN#2 *)", schedule.SSM, None),
    ],
)
def test_dialects(text: str, dialect: schedule.Dialect, fragment: str | None) -> None:
    found = schedule.problem(text, dialect)
    assert found is None if fragment is None else fragment in (found or "")


@pytest.mark.parametrize(
    ("text", "duration", "fragment"),
    [
        ("rate(4 hours)", None, None),
        ("rate(30 days)", "3h", None),
        ("rate(1 day)", None, None),
        ("cron(0 8 1 * ? *)", "2h", None),
        ("cron(0 0/12 * * ? *)", None, None),
        ("rate(3 hours)", None, "every 4 hours"),
        ("rate(1000 days)", None, "999 days"),
        ("rate(5 minutes)", None, "hours, days"),
        ("rate(4 hours)", "5h", "reaches into the next one"),
        ("rate(10 days)", "90m", "not of the form '2h'"),
        ("rate(10 days)", "25h", "from 1h to 24h"),
        ("cron(30 8 1 * ? *)", None, "on the hour"),
        ("cron(0 * * * ? *)", None, "every 4 hours"),
        ("cron(0 0/2 * * ? *)", None, "every 4 hours"),
        ("cron(0 22 1 * ? *)", "3h", "the next day"),
        ("cron(0 8 * * * *)", None, "day-of-week"),
    ],
)
def test_rotation(text: str, duration: str | None, fragment: str | None) -> None:
    found = schedule.rotation_problem(text, duration)
    assert found is None if fragment is None else fragment in (found or "")


FIELD = st.text("0123456789*?/,-LW#MONSU", max_size=6)


@given(
    st.text(max_size=30)
    | st.lists(FIELD, min_size=4, max_size=8).map(lambda fields: f"cron({' '.join(fields)})")
    | st.tuples(st.sampled_from(["rate", "at"]), st.text(max_size=20)).map(lambda pair: f"{pair[0]}({pair[1]})"),
    st.sampled_from(DIALECTS),
)
def test_no_text_raises(text: str, dialect: schedule.Dialect) -> None:
    found = schedule.problem(text, dialect)
    assert found is None or found
    schedule.rotation_problem(text, text)
    window.backup_problem(text)
    window.maintenance_problem(text)
    window.conflict(text, text)


@given(st.integers(0, 1439), st.integers(0, 1439))
def test_daily_windows(start: int, end: int) -> None:
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    read = window.daily(text)
    assert isinstance(read, Window)
    assert read.minutes == (end - start) % 1440
    assert sum(last - first for first, last in read.spans()) == 7 * read.minutes


@pytest.mark.parametrize(
    ("text", "least", "fragment"),
    [
        ("03:00-03:30", 30, None),
        ("23:45-00:30", 30, None),
        ("03:00-03:29", 30, "29 minutes"),
        ("03:00-03:30", 60, "at least 60"),
        ("3:00-4:00", 30, "hh24:mi"),
        ("03:00-24:00", 30, "hh24:mi"),
        ("03:60-04:00", 30, "hh24:mi"),
        ("03:00", 30, "hh24:mi"),
        ("03:00-03:00", 30, "0 minutes"),
    ],
)
def test_backup_windows(text: str, least: int, fragment: str | None) -> None:
    found = window.backup_problem(text, least=least)
    assert found is None if fragment is None else fragment in (found or "")


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("sun:05:00-sun:06:00", None),
        ("Mon:00:00-Mon:03:00", None),
        ("sun:23:30-mon:00:30", None),
        ("sun:05:00-sun:05:10", "10 minutes"),
        ("sunday:05:00-sunday:06:00", "ddd:hh24:mi"),
        ("05:00-06:00", "ddd:hh24:mi"),
        ("sun:5:00-sun:6:00", "ddd:hh24:mi"),
    ],
)
def test_maintenance_windows(text: str, fragment: str | None) -> None:
    found = window.maintenance_problem(text)
    assert found is None if fragment is None else fragment in (found or "")


@pytest.mark.parametrize(
    ("backup", "maintenance", "conflicts"),
    [
        ("03:00-04:00", "sun:04:00-sun:05:00", False),
        ("03:00-04:00", "sun:03:30-sun:04:30", True),
        ("23:30-00:30", "mon:00:00-mon:01:00", True),
        ("23:30-00:30", "sun:23:00-sun:23:30", False),
        ("00:00-01:00", "sun:23:30-mon:00:30", True),
        ("05:00-06:00", "sat:06:00-mon:04:00", True),
        ("garbage", "sun:03:30-sun:04:30", False),
    ],
)
def test_conflicts(backup: str, maintenance: str, conflicts: bool) -> None:
    assert bool(window.conflict(backup, maintenance)) is conflicts


def test_a_bad_window_says_why() -> None:
    found = window.weekly("x")
    assert isinstance(found, Invalid)
    assert str(found) == "'x' is not of the form ddd:hh24:mi-ddd:hh24:mi, such as sun:05:00-sun:06:00"
