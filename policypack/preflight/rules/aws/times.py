"""Schedules that the service accepts, and timeouts that slow resources need."""

from __future__ import annotations

from typing import Final

from ...documents import schedule
from ...facts import timeouts
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, deferred, rule

_SCHEDULES: Final = {
    "aws:cloudwatch/eventRule:EventRule": ("scheduleExpression", schedule.EVENTS),
    "aws:scheduler/schedule:Schedule": ("scheduleExpression", schedule.SCHEDULER),
    "aws:glue/trigger:Trigger": ("schedule", schedule.GLUE),
    "aws:glue/crawler:Crawler": ("schedule", schedule.GLUE),
    "aws:backup/plan:Plan": ("rules.schedule", schedule.BACKUP),
    "aws:ssm/maintenanceWindow:MaintenanceWindow": ("schedule", schedule.SSM),
    "aws:ssm/association:Association": ("scheduleExpression", schedule.SSM),
    "aws:synthetics/canary:Canary": ("schedule.expression", schedule.CANARY),
}
_GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"


@rule(tuple(_SCHEDULES), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def schedules_valid(resource: Resource) -> Findings:
    """Schedule expressions follow the grammar of their service.

    Why: AWS refuses others ("ValidationException: Parameter ScheduleExpression is not valid"); five-field cron of Unix,
    two day fields without '?', and rate(1 days) are the usual causes.
    Fix: For example rate(1 day), or cron(0 2 * * ? *): minutes, hours, day of month, month, day of week, year.
    Source: Amazon EventBridge User Guide, "Creating an EventBridge rule that runs on a schedule", and each service's
    page on schedules.
    """
    path, dialect = _SCHEDULES[resource.type]
    holder, _, leaf = path.rpartition(".")
    for view in resource.each(holder) if holder else (resource,):
        with deferred():
            text = view.text(leaf)
            problem = schedule.problem(text, dialect) if text else None
            if problem:
                yield view.finding(f"the schedule '{text}' {problem}", at=leaf)


@rule(
    tuple(timeouts.CREATION),
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={"defaults": Parameter.of(False, "Also name resources whose default timeout has been seen to run out.")},
)
def slow_resources_have_timeouts(resource: Resource, parameters: Parameters) -> Findings:
    """A create timeout is not shorter than the resource usually takes.

    Why: The update gives up ("timeout while waiting for state to become 'available'") on a resource that AWS goes on
    making; the next update finds it half owned.
    Fix: Raise `customTimeouts`' create above the usual time that the message gives.
    Source: the type's page in the provider documentation, "Timeouts".
    """
    known = timeouts.CREATION[resource.type]
    minutes = resource.options.create_timeout / 60
    if 0 < minutes < known.usual:
        yield resource.finding(
            f"gives up after {minutes:g} minutes, and such a resource usually takes {known.usual}; "
            "raise `customTimeouts`"
        )
    elif not minutes and parameters["defaults"] and resource.is_a(_GROUP):
        shards = resource.number("numNodeGroups") or 1
        nodes = shards * (1 + (resource.number("replicasPerNodeGroup") or 0))
        count = resource.number("numCacheClusters") or nodes
        if count > timeouts.REPLICATION_GROUP_NODES_WITHIN_DEFAULT:
            yield resource.finding(
                f"has {count:g} nodes, which can outlast the default of {known.default} minutes; set `customTimeouts`"
            )
