"""Where the output of containers goes."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, deferred, rule
from ...stack import Stack
from ._containers import DEFINITIONS, TASK, containers, log_driver, log_options, shown

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def log_group_exists(task: Resource, stack: Stack) -> Findings:
    """The log group that a container writes to is made by the program, or by ECS, or is declared to exist.

    Why: Tasks whose group is missing stop ("ResourceInitializationError: failed to validate logger args: …
    ResourceNotFoundException: The specified log group does not exist").
    Fix: Make the LogGroup in the program and pass its name, set awslogs-create-group to "true", or declare the group
    under "prerequisites".
    Source: Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch".
    """
    for container in containers(task):
        options = log_options(container)
        group = options.get("awslogs-group")
        creates = str(options.get("awslogs-create-group")).lower() == "true"
        if log_driver(container) != "awslogs" or not isinstance(group, str) or not group or creates:
            continue
        with deferred():
            if not stack.is_declared(group) and not _is_made(stack, group):
                yield task.finding(
                    f"{shown(container)} writes to log group '{group}', which is not created here; make it, or set "
                    "awslogs-create-group",
                    at=DEFINITIONS,
                    certainty=Certainty.OUTSIDE,
                )


def _is_made(stack: Stack, name: str) -> bool:
    pending: Undecided | None = None
    for group in stack.of_type(LOG_GROUP):
        if name in stack.identities(group):
            return True
        if group.is_unknown("name") and group.known_output("name") is None:
            pending = pending or Undecided("name", group.urn)
    if pending:
        raise pending
    return False


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def task_logging(task: Resource) -> Findings:
    """Each container of a task has a log driver.

    Why: Without one its output stays on the instance, or is lost with the task.
    Fix: Add `logConfiguration` to the container definition, for instance with driver awslogs.
    Source: Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch"; AWS Config rule
    ecs-task-definition-log-configuration.
    """
    for container in containers(task):
        if log_driver(container) in (None, "none"):
            yield task.finding(f"{shown(container)} has no log driver; add `logConfiguration`", at=DEFINITIONS)
