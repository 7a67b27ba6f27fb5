"""Layer 4: a health check from outside, alarms on each layer, and a dashboard of the same metrics."""

from dataclasses import replace

import pulumi
import pulumi_aws as aws
from compute import HEALTH_PATH, WebService
from database import WebDatabase

from components.keys import EncryptionKey, KeyUser
from components.monitoring import Alarm, AlarmTopic, Dashboard, Graph, Metric
from components.naming import Kind
from components.scope import Component, Scope

HEALTH_REGION = "us-east-1"
"""Where Route 53 keeps the metrics of all health checks; alarms on them stand there (Route 53 Developer Guide,
"Monitoring your resources with Amazon Route 53 health checks and Amazon CloudWatch")."""


class HealthWatch(Component):
    """Visits the application over HTTPS from around the world, and gives alarm when visitors don't get through."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        host: pulumi.Input[str],
        text: str,
        topic: AlarmTopic,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        scope: of `HEALTH_REGION`.
        host: name to visit, with a certificate behind it.
        text: what the first 5,120 bytes of the answer have to hold.
        topic: of the same Region.
        """
        super().__init__("reference:web:HealthWatch", name, scope=scope, opts=opts)
        check = aws.route53.HealthCheck(
            name,
            type="HTTPS_STR_MATCH",
            fqdn=host,
            port=443,
            enable_sni=True,
            resource_path=HEALTH_PATH,
            search_string=text,
            failure_threshold=3,
            request_interval=30,
            measure_latency=True,
            tags=self.named(self.physical(name, Kind.TAG)),
            opts=self.inside(),
        )
        self.id = check.id
        self.metric = Metric(
            namespace="AWS/Route53",
            name="HealthCheckStatus",
            dimensions={"HealthCheckId": self.id},
            statistic="Minimum",
            period_seconds=60,
        )
        Alarm(
            name,
            scope=scope,
            topic=topic,
            metric=self.metric,
            description="Visitors don't get through: do tasks run, is the certificate valid, does the name resolve?",
            threshold=1,
            comparison="LessThanThreshold",
            missing_data="breaching",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"id": self.id})


class WebWatch(Component):
    """What tells people that the application needs them."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        web: WebService,
        database: WebDatabase,
        log_key: EncryptionKey,
        alarm_email: str,
        health_text: str,
        slow_seconds: float,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        log_key: encrypts the topic; used by `KeyUser.ALARMS`.
        alarm_email: address that gets the alarms; empty leaves subscribing to others.
        health_text: what /health answers.
        slow_seconds: mean answer time above which visitors are taken to wait.
        """
        super().__init__("reference:web:WebWatch", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.topic = AlarmTopic("alarms", scope=scope, key=log_key, email=alarm_email, opts=parent)
        health_scope, health_topic = self._health_site(alarm_email)
        health = HealthWatch(
            "health", scope=health_scope, host=web.host, text=health_text, topic=health_topic, opts=parent
        )
        self.health_check_id = health.id

        balancer = {"LoadBalancer": web.balancer.arn_suffix}
        requests = _metric("ApplicationELB", "RequestCount", **balancer)
        errors = replace(requests, name="HTTPCode_Target_5XX_Count")
        refused = replace(requests, name="HTTPCode_ELB_5XX_Count")
        seconds = replace(requests, name="TargetResponseTime", statistic="Average")
        unhealthy = replace(
            requests,
            name="UnHealthyHostCount",
            statistic="Maximum",
            dimensions={**balancer, "TargetGroup": web.balancer.target_group.arn_suffix},
        )
        cpu = replace(
            seconds,
            namespace="AWS/ECS",
            name="CPUUtilization",
            dimensions={"ClusterName": web.cluster_name, "ServiceName": web.service_name},
        )
        memory = replace(cpu, name="MemoryUtilization")
        database_cpu = replace(cpu, namespace="AWS/RDS", dimensions={"DBInstanceIdentifier": database.identifier})
        space = replace(database_cpu, name="FreeStorageSpace", statistic="Minimum")

        self._alarm("web-errors", errors, "The application answers with server errors: see its log", 5)
        self._alarm(
            "balancer-errors", refused, "The load balancer finds no task to answer: see the service's events", 5
        )
        self._alarm("web-slow", seconds, "Visitors wait: look at CPU of tasks and database", slow_seconds)
        self._alarm("web-unhealthy", unhealthy, f"Tasks fail {HEALTH_PATH}: see their log", 0, periods=3)
        self._alarm("web-cpu", cpu, "The service is short of CPU: raise tasks or taskCpu", 80)
        self._alarm("web-memory", memory, "The service is short of memory: raise taskMemory", 80)
        self._alarm("database-cpu", database_cpu, "The database is short of CPU: look for slow queries", 80)
        self._alarm("database-space", space, "Less than 5 GiB are free: raise maxStorageGib", 5 * 2**30, below=True)
        dashboard = Dashboard(
            name,
            scope=scope,
            graphs=[
                Graph(title="Requests and errors", metrics=[requests, errors, refused]),
                Graph(title="Seconds to answer", metrics=[seconds]),
                Graph(title="Service: percent of CPU and memory", metrics=[cpu, memory]),
                Graph(title="Unhealthy tasks", metrics=[unhealthy]),
                Graph(title="Database: percent of CPU", metrics=[database_cpu]),
                Graph(title="Database: sessions", metrics=[replace(database_cpu, name="DatabaseConnections")]),
            ],
            opts=parent,
        )
        self.dashboard_name = dashboard.dashboard_name
        self.register_outputs({"health_check_id": self.health_check_id})

    def _health_site(self, email: str) -> tuple[Scope, AlarmTopic]:
        """Scope and topic of `HEALTH_REGION`: the stack's own when it is there, else made there."""
        if self.scope.region == HEALTH_REGION:
            return self.scope, self.topic
        parent = pulumi.ResourceOptions(parent=self)
        scope = self.scope.in_region(HEALTH_REGION)
        key = EncryptionKey(
            "health", scope=scope, purpose="Alarms on the health check", used_by=[KeyUser.ALARMS], opts=parent
        )
        return scope, AlarmTopic("health-alarms", scope=scope, key=key, email=email, opts=parent)

    def _alarm(
        self,
        name: str,
        metric: Metric,
        description: str,
        threshold: float,
        *,
        below: bool = False,
        periods: int | None = None,
    ) -> None:
        Alarm(
            name,
            scope=self.scope,
            topic=self.topic,
            metric=metric,
            description=description,
            threshold=threshold,
            comparison="LessThanThreshold" if below else "GreaterThanThreshold",
            periods=periods or (1 if metric.statistic == "Sum" else 3),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _metric(service: str, name: str, **dimensions: pulumi.Input[str]) -> Metric:
    return Metric(namespace=f"AWS/{service}", name=name, statistic="Sum", dimensions=dimensions)
