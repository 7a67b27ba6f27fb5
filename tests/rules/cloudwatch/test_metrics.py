"""Alarms and dashboards."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

METRIC = {
    "type": "metric",
    "width": 12,
    "properties": {"metrics": [["AWS/EC2", "CPUUtilization"]], "region": "us-east-1"},
}
TEXT = {"type": "text", "properties": {"markdown": "# Orders"}}


def dashboard(body: Any, name: Any = "orders") -> R:
    return R("aws:cloudwatch/dashboard:Dashboard", "dashboard", dashboardName=name, dashboardBody=body)


def showing(*widgets: Any) -> R:
    return dashboard(json.dumps({"widgets": list(widgets)}))


BODY = "dashboardBody"
test_dashboard_valid = table(
    "cloudwatch-dashboard-valid",
    fails(
        "no region",
        showing(TEXT, {"type": "metric", "properties": {"metrics": []}}),
        at=BODY,
        says=("widgets[1]", "region"),
    ),
    passes("a metric and a text", showing(METRIC, TEXT)),
    fails("no properties", showing({"type": "text"}), says="properties"),
    fails("no type", showing({"properties": {}}), says="type"),
    fails("an unknown type", showing({**TEXT, "type": "graph"}), says="'graph'"),
    fails("too wide", showing({**METRIC, "width": 25}), says="25"),
    fails("nothing to show", showing({"type": "metric", "properties": {"region": "us-east-1"}}), says="annotations"),
    fails("no widgets", dashboard("{}"), says="widgets"),
    fails("no JSON", dashboard("{'widgets': []}"), says="double quotes"),
    fails("a name with a space", dashboard(json.dumps({"widgets": []}), "my orders"), at="dashboardName"),
    passes("an empty dashboard", showing()),
    undecided("an unknown body", dashboard(UNKNOWN), at=BODY),
)


def alarm(**properties: Any) -> R:
    own = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": 1}
    return R("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", **{**own, **properties})


def simple(**properties: Any) -> R:
    return alarm(**{"metricName": "Errors", "namespace": "AWS/Lambda", "statistic": "Sum", "period": 60, **properties})


QUERIES = [{"id": "e1", "expression": "m1 / m2", "returnData": True}]
test_alarm_complete = table(
    "cloudwatch-alarm-complete",
    fails("no statistic", simple(statistic=None), at="statistic"),
    passes("a metric", simple()),
    passes("a percentile", simple(statistic=None, extendedStatistic="p99")),
    fails("no period", simple(period=None), at="period"),
    fails("neither metric nor queries", alarm(), at="metricName"),
    fails("both", simple(metricQueries=QUERIES), at="metricQueries"),
    passes("queries", alarm(metricQueries=QUERIES)),
    passes("a PromQL query", alarm(evaluationCriteria={"promqlCriteria": {"query": "up == 0"}})),
    fails("90 seconds", simple(period=90), at="period", says="90"),
    passes("ten seconds", simple(period=10)),
    fails("more than a day", simple(period=300, evaluationPeriods=300), at="evaluationPeriods"),
    passes("a week by the hour", simple(period=3600, evaluationPeriods=168)),
    fails("more points than periods", simple(datapointsToAlarm=2), at="datapointsToAlarm"),
    passes("unknown is there", simple(metricName=UNKNOWN)),
    undecided("unknown", simple(period=UNKNOWN), at="period"),
)

TOPIC = R("aws:sns/topic:Topic", "topic")
test_alarm_actions = table(
    "cloudwatch-alarm-actions",
    fails("none", simple(), at="alarmActions"),
    passes("a topic", simple(alarmActions=[TOPIC.arn]), TOPIC),
    fails("switched off", simple(alarmActions=[TOPIC.arn], actionsEnabled=False), TOPIC, at="actionsEnabled"),
    passes("on recovery", simple(okActions=[UNKNOWN])),
    fails(
        "a composite alarm",
        R("aws:cloudwatch/compositeAlarm:CompositeAlarm", "all", alarmRule="ALARM(a)"),
        at="alarmActions",
    ),
    undecided("unknown", simple(alarmActions=["x"], actionsEnabled=UNKNOWN), at="actionsEnabled"),
)
