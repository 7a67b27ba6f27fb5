"""Hardening of tasks: users, namespaces, file systems, privileges."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, rule
from ._containers import DEFINITIONS, TASK, containers, shown

_ROOT: Final = ("", "0", "root")


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def task_host_mode_user(task: Resource) -> Findings:
    """Containers of a task in network mode host run as a user that is not root.

    Why: In host mode a container shares the network of its instance; as root it can reach the instance's services and
    credentials, privileged or not.
    Fix: Name a user in the container definition ("user": "1000"), or use network mode awsvpc.
    Source: AWS Security Hub User Guide, "Amazon ECS controls" (ECS.1); AWS Config rule
    ecs-task-definition-user-for-host-mode-check.
    """
    if task.text("networkMode") != "host":
        return
    for container in containers(task):
        user = str(container.get("user") or "").partition(":")[0].strip().lower()
        if user in _ROOT:
            how = "privileged and as root" if container.get("privileged") is True else "as root"
            yield task.finding(
                f"{shown(container)} runs {how} in network mode host; name another user in the definition",
                at=DEFINITIONS,
            )


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def task_processes_isolated(task: Resource) -> Findings:
    """A task does not share the process namespace of its host.

    Why: Its containers would see and end the processes of the host and of other tasks.
    Fix: Leave `pidMode` out, or set it to task.
    Source: AWS Security Hub User Guide, "Amazon ECS controls" (ECS.3); AWS Config rule
    ecs-task-definition-pid-mode-check.
    """
    if task.text("pidMode") == "host":
        yield task.finding("the task shares the processes of its host; remove `pidMode`", at="pidMode")


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def task_readonly_root(task: Resource) -> Findings:
    """The containers of a task mount their root file system read-only.

    Why: What gets into a container can't change its programs.
    Fix: Set `readonlyRootFilesystem` to true, and mount volumes where the container writes.
    Source: AWS Security Hub User Guide, "Amazon ECS controls" (ECS.5); AWS Config rule ecs-containers-readonly-access.
    """
    for container in containers(task):
        if container.get("readonlyRootFilesystem") is not True:
            yield task.finding(
                f"{shown(container)} can write to its root file system; set `readonlyRootFilesystem`", at=DEFINITIONS
            )


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def task_unprivileged(task: Resource) -> Findings:
    """No container of a task is privileged.

    Why: A privileged container is root on its host.
    Fix: Leave privileged out, and add the Linux capabilities that are needed.
    Source: AWS Security Hub User Guide, "Amazon ECS controls" (ECS.4); AWS Config rule ecs-containers-nonprivileged.
    """
    for container in containers(task):
        if container.get("privileged") is True:
            yield task.finding(f"{shown(container)} is privileged; leave privileged out", at=DEFINITIONS)
