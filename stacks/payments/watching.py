"""What tells people that payments need them: alarms, and a dashboard of the same metrics."""

from dataclasses import replace

import pulumi
from compliance import Compliance
from compute import PaymentService
from database import Ledger
from storage import Storage

from components.functions import PythonFunction
from components.monitoring import Alarm, AlarmTopic, Dashboard, Graph, Metric
from components.scope import Component, Scope

COUNTERS = ("Findings", "Irrelevant", "Refused")
"""What functions/monitor/handler.py counts, in the namespace of functions/monitor/telemetry.py."""


class PaymentsWatch(Component):
    """Alarms on the service, the database, the table and the monitor; and a dashboard."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        topic: AlarmTopic,
        payments: PaymentService,
        ledger: Ledger,
        storage: Storage,
        compliance: Compliance,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """topic: gets the alarms."""
        super().__init__("reference:payments:PaymentsWatch", name, scope=scope, opts=opts)
        self._topic = topic
        balancer, monitor = payments.balancer, compliance.monitor
        errors = _metric("ApplicationELB", "HTTPCode_Target_5XX_Count", LoadBalancer=balancer.arn_suffix)
        unhealthy = _metric(
            "ApplicationELB",
            "UnHealthyHostCount",
            "Maximum",
            LoadBalancer=balancer.arn_suffix,
            TargetGroup=balancer.target_group.arn_suffix,
        )
        service_cpu = _metric(
            "ECS",
            "CPUUtilization",
            "Average",
            ClusterName=payments.cluster.cluster_name,
            ServiceName=payments.service.service_name,
        )
        database_cpu = _metric("RDS", "CPUUtilization", "Average", DBClusterIdentifier=ledger.cluster.identifier)
        capacity = replace(database_cpu, name="ACUUtilization")
        throttled = _metric("DynamoDB", "ThrottledRequests", TableName=storage.payments.table_name)
        failures = _metric("Lambda", "Errors", FunctionName=monitor.function_name)
        lost = _metric(
            "SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=monitor.dead_letters.queue_name
        )
        undelivered = replace(lost, dimensions={"QueueName": compliance.undelivered.queue_name})

        self._alarm("service-errors", errors, "The payment service answers with server errors: see its log", 5)
        self._alarm("service-unhealthy", unhealthy, "A task fails its health check: see the service's events", 0)
        self._alarm("service-cpu", service_cpu, "The payment service is short of CPU: raise tasks or taskCpu", 80)
        self._alarm("database-cpu", database_cpu, "The database is short of CPU: look for slow queries", 80)
        self._alarm("database-capacity", capacity, "The database is near its limit: raise maxCapacity", 90)
        self._alarm("table-throttled", throttled, "Payments are throttled: look for a hot partition key", 0)
        self._alarm("monitor-errors", failures, "The compliance monitor fails: see its log for the exception", 0)
        self._alarm("monitor-dead-letters", lost, "Events were not judged: fix the cause, then redrive", 0)
        self._alarm("monitor-undelivered", undelivered, "Events did not reach the monitor: see its permission", 0)
        Dashboard(
            name,
            scope=scope,
            graphs=[
                Graph(title="Requests", metrics=[replace(errors, name="RequestCount"), errors]),
                Graph(title="Tasks", metrics=[service_cpu, unhealthy]),
                Graph(title="Database", metrics=[database_cpu, capacity]),
                Graph(title="Table", metrics=[throttled]),
                Graph(title="Compliance", metrics=[_counter(counter, monitor) for counter in COUNTERS]),
                Graph(title="Monitor", metrics=[replace(failures, name="Invocations"), failures, lost, undelivered]),
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _alarm(self, name: str, metric: Metric, description: str, threshold: float) -> None:
        Alarm(
            name,
            scope=self.scope,
            topic=self._topic,
            metric=metric,
            description=description,
            threshold=threshold,
            periods=1 if metric.statistic in ("Sum", "Maximum") else 3,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _metric(service: str, name: str, statistic: str = "Sum", **dimensions: pulumi.Input[str]) -> Metric:
    return Metric(namespace=f"AWS/{service}", name=name, statistic=statistic, dimensions=dimensions)  # type: ignore[arg-type]


def _counter(name: str, function: PythonFunction) -> Metric:
    dimensions = {"Function": function.function_name}
    return Metric(namespace="PaymentsCompliance", name=name, statistic="Sum", dimensions=dimensions)
