"""What tells people that the monitoring itself needs them: alarms, and a dashboard of the same metrics."""

from dataclasses import replace

import pulumi
from consuming import EventConsumer

from components.api import RestApi
from components.caching import RedisCache
from components.compute import Cluster
from components.database import DatabaseInstance
from components.functions import Queue
from components.monitoring import Alarm, AlarmTopic, Dashboard, Graph, Metric
from components.scope import Component, Scope
from components.streaming import EncryptedStream

COUNTERS = ("Stored", "Known", "Rejected", "Retried", "CacheMissed")
"""What service/consumer counts, in the namespace of service/consumer/telemetry.py."""


class MonitoringWatch(Component):
    """Alarms on every step between a sender and the database, and a dashboard."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        topic: AlarmTopic,
        api: RestApi,
        stream: EncryptedStream,
        cluster: Cluster,
        consumer: EventConsumer,
        dead_letters: Queue,
        database: DatabaseInstance,
        cache: RedisCache,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """topic: gets the alarms."""
        super().__init__("reference:monitoring:MonitoringWatch", name, scope=scope, opts=opts)
        self._topic = topic
        api_errors = _metric("ApiGateway", "5XXError", ApiName=api.api_name, Stage=api.stage_name)
        age = _metric("Kinesis", "GetRecords.IteratorAgeMilliseconds", "Maximum", StreamName=stream.stream_name)
        refused = replace(age, name="WriteProvisionedThroughputExceeded", statistic="Sum")
        dead = _metric("SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=dead_letters.queue_name)
        service_cpu = _metric(
            "ECS", "CPUUtilization", "Average", ClusterName=cluster.cluster_name, ServiceName=consumer.service_name
        )
        database_cpu = _metric("RDS", "CPUUtilization", "Average", DBInstanceIdentifier=database.identifier)
        space = replace(database_cpu, name="FreeStorageSpace", statistic="Minimum")
        memory = _metric(
            "ElastiCache", "DatabaseMemoryUsagePercentage", "Maximum", CacheClusterId=f"{cache.cache_name}-001"
        )

        self._alarm("api-errors", api_errors, "The API answers with server errors: see its execution log", 5)
        self._alarm("stream-age", age, "Events wait for ten minutes: does the consumer run, and keep up?", 600_000)
        self._alarm("stream-full", refused, "The stream refuses events: raise streamShards", 0)
        self._alarm("dead-letters", dead, "Records are no events: the queue says why, and which ones", 0)
        self._alarm("consumer-cpu", service_cpu, "The consumer is short of CPU: raise taskCpu or tasks", 80)
        self._alarm("database-cpu", database_cpu, "The database is short of CPU: look for slow queries", 80)
        self._alarm("database-space", space, "Less than 5 GiB are free: raise maxStorageGib", 5 * 2**30, below=True)
        self._alarm("cache-memory", memory, "The cache is nearly full: choose a larger cacheNodeType", 80)
        Dashboard(
            name,
            scope=scope,
            graphs=[
                Graph(title="Events", metrics=[_counter(counter, scope) for counter in COUNTERS]),
                Graph(title="API", metrics=[replace(api_errors, name="Count"), api_errors]),
                Graph(title="Stream: waiting and refused", metrics=[age, refused]),
                Graph(title="Dead letters", metrics=[dead]),
                Graph(title="Consumer", metrics=[service_cpu, replace(service_cpu, name="MemoryUtilization")]),
                Graph(title="Database", metrics=[database_cpu, replace(database_cpu, name="DatabaseConnections")]),
                Graph(title="Cache", metrics=[memory]),
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


def _counter(name: str, scope: Scope) -> Metric:
    return Metric(
        namespace="Monitoring", name=name, statistic="Sum", dimensions={"Environment": scope.names.environment}
    )
