"""Alarms and dashboards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ...documents import jsontext
from ...rule import Findings, Kind, Resource, Severity, rule

DASHBOARD: Final = "aws:cloudwatch/dashboard:Dashboard"
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE_ALARM: Final = "aws:cloudwatch/compositeAlarm:CompositeAlarm"

# "Dashboard body structure and syntax", read 2026-11.
WIDGET_TYPES: Final = frozenset({"alarm", "custom", "explorer", "log", "metric", "text"})
GRID_COLUMNS: Final = 24


@rule(DASHBOARD, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def dashboard_valid(dashboard: Resource) -> Findings:
    """A dashboard's body and name are ones that CloudWatch accepts.

    Why: CloudWatch checks the body when it is put: "InvalidParameterInput: The dashboard body is invalid, there are 1
    validation errors". A metric widget without a Region is among them.
    Fix: Fix the widget that the message names; each metric widget needs a Region, and metrics or annotations.
    Source: Amazon CloudWatch API Reference, "Dashboard body structure and syntax", "PutDashboard".
    """
    name = dashboard.known("dashboardName")
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        yield dashboard.finding(
            f"'{name}' is not a valid dashboard name; it may contain only letters, digits, - and _, at most 255",
            at="dashboardName",
        )
    body = jsontext.parse(dashboard.text("dashboardBody") or "")
    if body.error:
        yield dashboard.finding(f"the body is not valid JSON: {body.error}", at="dashboardBody")
        return
    widgets = body.value.get("widgets") if isinstance(body.value, dict) else None
    if not isinstance(widgets, list):
        yield dashboard.finding("the body has no list of widgets", at="dashboardBody")
        return
    for index, widget in enumerate(widgets):
        problem = next(_problems(widget), None)
        if problem:
            yield dashboard.finding(f"widget {index + 1} (widgets[{index}]) {problem}", at="dashboardBody")


def _problems(widget: Any) -> Iterator[str]:
    if not isinstance(widget, dict):
        yield "is not an object"
        return
    kind, properties, width = widget.get("type"), widget.get("properties"), widget.get("width")
    if kind is None:
        yield "has no type"
    elif not isinstance(kind, str) or kind not in WIDGET_TYPES:
        yield f"has the type {kind!r}; the types are {', '.join(sorted(WIDGET_TYPES))}"
    if not isinstance(properties, dict):
        yield "has no properties"
        return
    if isinstance(width, (int, float)) and not 1 <= width <= GRID_COLUMNS:
        yield f"is {width} columns wide; the grid has {GRID_COLUMNS}"
    if kind == "metric":
        if "region" not in properties:
            yield "shows metrics and has no properties.region"
        if "metrics" not in properties and "annotations" not in properties:
            yield "has neither properties.metrics nor properties.annotations"


_SHORT_PERIODS: Final = (10, 20, 30)
_DAY, _WEEK, _HOUR = 86400, 604800, 3600


@rule(ALARM, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def alarm_complete(alarm: Resource) -> Findings:
    """A metric alarm watches one metric, or queries, over periods that CloudWatch accepts.

    Why: CloudWatch refuses others ("ValidationError: Period must be 10, 20, 30 or a multiple of 60", "Metrics cannot be
    checked across more than a day (EvaluationPeriods * Period must be <= 86400)").
    Fix: Give `metricName`, namespace, statistic (or `extendedStatistic`) and period, or `metricQueries` alone; shorten
    the time that is watched to a day, or to seven days with periods of an hour and more.
    Source: Amazon CloudWatch API Reference, "PutMetricAlarm".
    """
    if alarm.has("evaluationCriteria"):
        return
    single, queries = alarm.has("metricName"), alarm.has("metricQueries")
    if single and queries:
        yield alarm.finding("`metricName` and `metricQueries` exclude each other; keep one", at="metricQueries")
    elif not single and not queries:
        yield alarm.finding("has no metric; set `metricName`, or `metricQueries`", at="metricName")
    elif single:
        if not alarm.has("statistic") and not alarm.has("extendedStatistic"):
            yield alarm.finding("has no statistic; set `statistic` or `extendedStatistic`", at="statistic")
        if not alarm.has("period"):
            yield alarm.finding("the alarm has no period; set `period` in seconds", at="period")
    yield from _period_findings(alarm)


def _period_findings(alarm: Resource) -> Findings:
    periods, points = alarm.number("evaluationPeriods"), alarm.number("datapointsToAlarm")
    if points is not None and periods is not None and points > periods:
        yield alarm.finding(
            f"`datapointsToAlarm` is {points}, more than the {periods} `evaluationPeriods`", at="datapointsToAlarm"
        )
    period = alarm.number("period")
    if period is None:
        return
    if period not in _SHORT_PERIODS and (period <= 0 or period % 60):
        yield alarm.finding(
            f"a period of {period} seconds is not supported; use 10, 20, 30 or a multiple of 60", at="period"
        )
    elif periods is not None and period * periods > (_WEEK if period >= _HOUR else _DAY):
        yield alarm.finding(
            f"the alarm looks back {period * periods} seconds; CloudWatch accepts {_DAY}, or {_WEEK} with periods of "
            "an hour and more",
            at="evaluationPeriods",
        )


@rule(
    (ALARM, COMPOSITE_ALARM),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def alarm_actions(alarm: Resource) -> Findings:
    """An alarm does something when its state changes.

    Why: An alarm without actions, or with actions switched off, only shows on a page that somebody has to look at.
    Fix: Set `alarmActions`, to an SNS topic for instance, and leave `actionsEnabled` alone.
    Source: Amazon CloudWatch User Guide, "Using Amazon CloudWatch alarms"; AWS Config rule
    cloudwatch-alarm-action-check.
    """
    if not any(alarm.has(actions) for actions in ("alarmActions", "okActions", "insufficientDataActions")):
        yield alarm.finding("the alarm has no actions; set `alarmActions`", at="alarmActions")
    elif alarm.flag("actionsEnabled") is False:
        yield alarm.finding("the alarm's actions are switched off; remove `actionsEnabled`", at="actionsEnabled")
