"""What tells people that the pipeline needs them: alarms, and a dashboard of the same metrics."""

from dataclasses import replace

import pulumi

from components.api import RestApi
from components.database import DatabaseInstance
from components.functions import PythonFunction, Queue
from components.monitoring import Alarm, AlarmTopic, Dashboard, Graph, Metric
from components.scope import Component, Scope

COUNTERS = ("Stored", "Known", "Conflicts", "Invalid", "Deferred", "Failed", "Refused")
"""What functions/processor.py counts, in the namespace of functions/telemetry.py."""


class PipelineWatch(Component):
    """Alarms on errors, throttling, waiting and dead letters, and on the database; and a dashboard."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        topic: AlarmTopic,
        api: RestApi,
        processor: PythonFunction,
        retries: Queue,
        dead_letters: Queue,
        rotation: PythonFunction,
        database: DatabaseInstance,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """topic: gets the alarms."""
        super().__init__("reference:data:PipelineWatch", name, scope=scope, opts=opts)
        self._topic = topic
        api_errors = _metric("ApiGateway", "5XXError", ApiName=api.api_name, Stage=api.stage_name)
        errors = _metric("Lambda", "Errors", FunctionName=processor.function_name)
        throttles = replace(errors, name="Throttles")
        rotation_errors = replace(errors, dimensions={"FunctionName": rotation.function_name})
        oldest = _metric("SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName=retries.queue_name)
        dead = _metric("SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=dead_letters.queue_name)
        undelivered = replace(dead, dimensions={"QueueName": rotation.dead_letters.queue_name})
        cpu = _metric("RDS", "CPUUtilization", "Average", DBInstanceIdentifier=database.identifier)
        space = replace(cpu, name="FreeStorageSpace", statistic="Minimum")

        self._alarm("api-errors", api_errors, "The API answers with server errors: see its access log", 5)
        self._alarm("processor-errors", errors, "The processor fails: see its log for the exception", 0)
        self._alarm("processor-throttles", throttles, "Requests find no free processor: raise processorConcurrency", 0)
        self._alarm("retries-age", oldest, "Transactions wait to be stored: is the database up, is its login?", 900)
        self._alarm("dead-letters", dead, "Transactions were given up: fix the cause, then redrive the queue", 0)
        self._alarm("rotation-errors", rotation_errors, "The login is not rotated: see the function's log", 0)
        self._alarm("rotation-dead-letters", undelivered, "The rotation function lost an event: see its queue", 0)
        self._alarm("database-cpu", cpu, "The database is short of CPU: look for slow queries, or a larger class", 80)
        self._alarm("database-space", space, "Less than 5 GiB are free: raise maxStorageGib", 5 * 2**30, below=True)
        Dashboard(
            name,
            scope=scope,
            graphs=[
                Graph(title="Transactions", metrics=[_counter(counter, processor) for counter in COUNTERS]),
                Graph(title="API: server errors", metrics=[api_errors, replace(api_errors, name="Count")]),
                Graph(title="Processor", metrics=[replace(errors, name="Invocations"), errors, throttles]),
                Graph(title="Waiting and given up", metrics=[oldest, dead]),
                Graph(title="Rotation", metrics=[_counter("Rotations", rotation), rotation_errors]),
                Graph(title="Database", metrics=[cpu, replace(cpu, name="DatabaseConnections")]),
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _alarm(self, name: str, metric: Metric, description: str, threshold: float, *, below: bool = False) -> None:
        Alarm(
            name,
            scope=self.scope,
            topic=self._topic,
            metric=metric,
            description=description,
            threshold=threshold,
            comparison="LessThanThreshold" if below else "GreaterThanThreshold",
            periods=1 if metric.statistic in ("Sum", "Maximum") else 3,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _metric(service: str, name: str, statistic: str = "Sum", **dimensions: str) -> Metric:
    return Metric(namespace=f"AWS/{service}", name=name, statistic=statistic, dimensions=dimensions)  # type: ignore[arg-type]


def _counter(name: str, function: PythonFunction) -> Metric:
    return Metric(namespace="DataPipeline", name=name, statistic="Sum", dimensions={"Function": function.function_name})
