"""Alarms that reach people through an encrypted topic, and dashboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from components.keys import EncryptionKey
from components.naming import Kind
from components.policies import allow, document, tls_only
from components.scope import Component, Scope

Comparison = Literal[
    "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
]


class AlarmTopic(Component):
    """An encrypted topic for alarms. Its key has to be used by `KeyUser.ALARMS`, and by `KeyUser.EVENTS` for event
    rules."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        key: EncryptionKey,
        email: str = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """email: address that gets the alarms once its owner confirms; empty leaves subscribing to others."""
        super().__init__("reference:monitoring:AlarmTopic", name, scope=scope, opts=opts)
        topic_name = self.topic_name = self.physical(name, Kind.TOPIC)
        self.topic = aws.sns.Topic(
            name,
            name=topic_name,
            kms_master_key_id=key.arn,
            tags=self.named(topic_name),
            opts=self.inside(depends_on=key.ready),
        )
        self.arn = self.topic.arn
        arn = scope.arn("sns", topic_name)
        account = {"StringEquals": {"aws:SourceAccount": scope.account_id}}
        services = {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]}
        self.policy = aws.sns.TopicPolicy(
            name,
            arn=self.topic.arn,
            policy=document(
                [
                    allow(["sns:Publish"], [arn], sid="ServicesPublish", principal=services, conditions=account),
                    {**tls_only("sns", [arn]), "Action": ["sns:Publish"]},
                ]
            ),
            opts=self.inside(),
        )
        if email:
            aws.sns.TopicSubscription(name, topic=self.topic.arn, protocol="email", endpoint=email, opts=self.inside())
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A CloudWatch metric: where it is, and how it is summed up over each period."""

    namespace: str
    """Such as `AWS/RDS`."""
    name: str
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    statistic: Literal["Average", "Maximum", "Minimum", "Sum", "SampleCount"] = "Average"
    period_seconds: int = 300
    """10, 20, 30 or a multiple of 60."""


class Alarm(Component):
    """An alarm on one metric that notifies a topic when it goes off and when it recovers."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        topic: AlarmTopic,
        metric: Metric,
        description: str,
        threshold: float,
        comparison: Comparison = "GreaterThanThreshold",
        periods: int = 3,
        missing_data: Literal["breaching", "notBreaching", "ignore", "missing"] = "notBreaching",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        description: what is wrong when it goes off, and what to look at first.
        threshold: in the metric's unit.
        periods: consecutive periods that have to breach.
        """
        super().__init__("reference:monitoring:Alarm", name, scope=scope, opts=opts)
        alarm_name = self.physical(name, Kind.ALARM)
        self.alarm = aws.cloudwatch.MetricAlarm(
            name,
            name=alarm_name,
            alarm_description=description,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=dict(metric.dimensions),
            statistic=metric.statistic,
            period=metric.period_seconds,
            evaluation_periods=periods,
            threshold=threshold,
            comparison_operator=comparison,
            treat_missing_data=missing_data,
            alarm_actions=[topic.arn],
            ok_actions=[topic.arn],
            tags=self.named(alarm_name),
            opts=self.inside(),
        )
        self.register_outputs({"arn": self.alarm.arn})


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One widget of a dashboard: a title over lines, each a metric."""

    title: str
    metrics: Sequence[Metric]


class Dashboard(Component):
    """A dashboard with two graphs a row."""

    def __init__(
        self, name: str, *, scope: Scope, graphs: Sequence[Graph], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("reference:monitoring:Dashboard", name, scope=scope, opts=opts)
        widgets = [_widget(graph, index, scope.region) for index, graph in enumerate(graphs)]
        self.dashboard_name = self.physical(name, Kind.ALARM)
        aws.cloudwatch.Dashboard(
            name,
            dashboard_name=self.dashboard_name,
            dashboard_body=pulumi.Output.json_dumps({"widgets": widgets}),
            opts=self.inside(),
        )
        self.register_outputs({"name": self.dashboard_name})


def _widget(graph: Graph, index: int, region: str) -> dict[str, Any]:
    """CloudWatch API Reference, "Dashboard body structure and syntax": a grid 24 units wide."""
    lines = []
    for metric in graph.metrics:
        dimensions = [part for pair in metric.dimensions.items() for part in pair]
        lines.append(
            [metric.namespace, metric.name, *dimensions, {"stat": metric.statistic, "period": metric.period_seconds}]
        )
    return {
        "type": "metric",
        "x": 12 * (index % 2),
        "y": 6 * (index // 2),
        "width": 12,
        "height": 6,
        "properties": {"title": graph.title, "region": region, "metrics": lines, "view": "timeSeries"},
    }
