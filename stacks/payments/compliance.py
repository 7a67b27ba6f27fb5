"""Compliance: the audit trail, and a monitor that turns events of this environment into findings on a topic."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
from network import PaymentNetwork
from security import Security
from storage import ReplicaSite, Storage

from components.audit import AuditTrail
from components.functions import PythonFunction, Queue
from components.monitoring import AlarmTopic
from components.naming import Kind
from components.policies import allow
from components.scope import Component, Scope
from components.storage import Replication

CODE = Path(__file__).with_name("functions")
UNCUT = 20
"""Characters of a project's name that no name loses which the monitor looks for, those of buckets and roles."""
WATCHED: Mapping[str, Sequence[str]] = json.loads((CODE / "monitor" / "calls.json").read_text(encoding="utf-8"))
"""AWS service to the calls that can weaken the environment; the function judges the same ones."""
PATTERNS: Mapping[str, Mapping[str, Any]] = {
    "calls": {
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": [f"{service}.amazonaws.com" for service in WATCHED],
            "eventName": sorted({call for calls in WATCHED.values() for call in calls}),
        },
    },
    "tags": {
        "source": ["aws.tag"],
        "detail-type": ["Tag Change on Resource"],
        "detail": {"changed-tag-keys": ["CostCenter", "Project", "Environment", "ComplianceLevel"]},
    },
}
"""Event patterns by purpose (EventBridge User Guide, "AWS service events delivered via CloudTrail" and "Tag change
events")."""


class Compliance(Component):
    """Trail, event rules, monitor function, and the dead letters of both ways: to the function, and inside it."""

    def __init__(
        self,
        name: str,
        *,
        scope: Scope,
        security: Security,
        network: PaymentNetwork,
        storage: Storage,
        replica: ReplicaSite | None,
        topic: AlarmTopic,
        log_retention_days: int,
        trail_retention_days: int,
        keep_objects: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        replica: gets a copy of the trail's files.
        topic: gets the findings, under the log key.
        """
        super().__init__("reference:payments:Compliance", name, scope=scope, opts=opts)
        parent = pulumi.ResourceOptions(parent=self)
        self.trail = AuditTrail(
            "audit",
            scope=scope,
            key=security.trail_key,
            access_logs=storage.access_logs,
            watched_buckets=[storage.receipts],
            bucket_retention_days=trail_retention_days,
            log_key=security.log_key,
            log_retention_days=log_retention_days,
            keep_objects=keep_objects,
            insights=True,
            boundary_arn=security.boundary_arn,
            opts=parent,
        )
        if replica:
            Replication(
                "trail-copies",
                scope=scope,
                source=self.trail.bucket,
                destination=replica.trail,
                boundary_arn=security.boundary_arn,
                opts=parent,
            )
        self.monitor = PythonFunction(
            "monitor",
            scope=scope,
            description="Reports what weakens the payments environment",
            code=CODE,
            handler="monitor.handler.handle",
            timeout_seconds=60,
            memory_mib=256,
            concurrency=5,
            subnet_ids=network.private_subnet_ids,
            security_group=network.monitor_group,
            key=security.log_key,
            log_key=security.log_key,
            log_retention_days=log_retention_days,
            environment={
                "ENVIRONMENT": scope.names.environment,
                "PREFIX": scope.names.project.replace("_", "-")[:UNCUT],
                "TOPIC_ARN": topic.arn,
                "WATCHED_IDS": pulumi.Output.json_dumps(
                    [
                        *(key.key.key_id for key in (security.data_key, security.log_key, security.trail_key)),
                        *(
                            group.id
                            for group in (network.balancer_group, network.service_group, network.database_group)
                        ),
                    ]
                ),
            },
            statements=[allow(["sns:Publish"], [scope.arn("sns", topic.topic_name)])],
            boundary_arn=security.boundary_arn,
            opts=parent,
        )
        rule_names = {purpose: self.physical(f"{name}-{purpose}", Kind.EVENT_RULE) for purpose in PATTERNS}
        self.undelivered = Queue(
            f"{name}-undelivered",
            scope=scope,
            key=security.log_key,
            senders={"events.amazonaws.com": [scope.arn("events", f"rule/{rule}") for rule in rule_names.values()]},
            opts=parent,
        )
        for purpose, pattern in PATTERNS.items():
            self._watch(purpose, rule_names[purpose], pattern)
        self.register_outputs({"monitor_arn": self.monitor.arn})

    def _watch(self, purpose: str, rule_name: str, pattern: Mapping[str, Any]) -> None:
        rule = aws.cloudwatch.EventRule(
            f"{self.name}-{purpose}",
            name=rule_name,
            description=f"Compliance events of payments: {purpose}",
            event_pattern=json.dumps(pattern),
            tags=self.named(rule_name),
            opts=self.inside(),
        )
        permission = self.monitor.allow_invocation(
            f"from-{purpose}", service="events.amazonaws.com", source_arn=rule.arn
        )
        aws.cloudwatch.EventTarget(
            f"{self.name}-{purpose}",
            rule=rule.name,
            arn=self.monitor.arn,
            retry_policy={"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 10},
            dead_letter_config={"arn": self.undelivered.arn},
            opts=self.inside(depends_on=[permission, self.undelivered.policy]),
        )
