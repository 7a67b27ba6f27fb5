"""What frameworks ask of clusters and tasks."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, Undecided, rule
from ...stack import Stack
from .._shared_graph import same_scope
from ._containers import CLUSTER, DEFINITIONS, SERVICE, TASK, containers, log_driver, shown

ACCOUNT_SETTING: Final = "aws:ecs/accountSettingDefault:AccountSettingDefault"
_INSIGHTS_ON: Final = ("enabled", "enhanced")
_ROOT: Final = ("", "0", "root")


@rule(CLUSTER, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def container_insights(cluster: Resource, stack: Stack) -> Findings:
    """A cluster has Container Insights, enabled or enhanced, by its own setting or the account's.

    Why: Without it ECS records no metrics of tasks and containers, and not why tasks restart.
    Fix: Set settings=[{"name": "containerInsights", "value": "enhanced"}] on the cluster.
    Source: Amazon ECS Developer Guide, "Monitor Amazon ECS containers using Container Insights"; AWS Config rule
    ecs-container-insights-enabled.
    """
    pending: Undecided | None = None
    own = [setting for setting in cluster.each("settings") if setting.text("name") == "containerInsights"]
    for setting in own:
        if setting.text("value") not in _INSIGHTS_ON:
            yield setting.finding("Container Insights is off; set the value to enhanced", at="value")
    if own:
        return
    for default in stack.of_type(ACCOUNT_SETTING):
        try:
            is_on = default.text("name") == "containerInsights" and default.text("value") in _INSIGHTS_ON
            if is_on and same_scope(stack, cluster, default) is not False:
                return
        except Undecided as unknown:
            pending = unknown
    if pending:
        raise pending
    yield cluster.finding("Container Insights is not set; add settings with value enhanced", at="settings")


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


@rule(
    SERVICE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def fargate_latest_platform(service: Resource) -> Findings:
    """A Fargate service uses platform version LATEST.

    Why: Older platform versions get no fixes.
    Fix: Leave `platformVersion` out, or set it to LATEST.
    Source: Amazon ECS Developer Guide, "Fargate platform versions for Amazon ECS"; AWS Config rule
    ecs-fargate-latest-platform-version.
    """
    version = service.text("platformVersion")
    if version and version != "LATEST":
        yield service.finding(f"platform version {version} is pinned; use LATEST", at="platformVersion")


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


@rule(
    TASK,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={"strict": Parameter.of(False, "Whether literal variables are findings at all.")},
)
def environment_from_files(task: Resource, parameters: Parameters) -> Findings:
    """Containers take their settings from secrets or environment files, not from literal variables (where asked).

    Why: Literal variables are shown to anyone who may describe the task definition.
    Fix: Use `environmentFiles` or secrets; the rule is off unless its parameter strict is true.
    Source: Amazon ECS Developer Guide, "Pass environment variables to an Amazon ECS container".
    """
    if not parameters["strict"]:
        return
    for container in containers(task):
        if container.get("environment"):
            yield task.finding(f"{shown(container)} has literal variables; use `environmentFiles`", at=DEFINITIONS)
