"""Clusters and tasks."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, P, R, fails, passes, table, undecided
from tests.rules.ecs.parts import COMPONENT, LOGS, TASK, container, task

CLUSTER = "aws:ecs/cluster:Cluster"
ACCOUNT = "aws:ecs/accountSettingDefault:AccountSettingDefault"
WEST = P("west", region="us-west-2")


def cluster(value: Any, **more: Any) -> R:
    return R(CLUSTER, "cluster", settings=[{"name": "containerInsights", "value": value}], **more)


test_container_insights = table(
    "ecs-container-insights",
    fails("not set", R(CLUSTER, "cluster"), at="settings", says="enhanced"),
    passes("enhanced", cluster("enhanced")),
    passes("enabled", cluster("enabled", provider=V6)),
    fails("disabled", cluster("disabled"), at="settings[0].value"),
    passes("by the account", R(CLUSTER, "cluster"), R(ACCOUNT, "insights", name="containerInsights", value="enabled")),
    passes(
        "by the account, in a component",
        R(CLUSTER, "cluster"),
        COMPONENT,
        R(ACCOUNT, "insights", name="containerInsights", value="enabled", parent=COMPONENT),
    ),
    fails(
        "by the account in another region",
        R(CLUSTER, "cluster"),
        R(ACCOUNT, "insights", name="containerInsights", value="enabled", provider=WEST),
        at="settings",
    ),
    fails(
        "another setting of the account",
        R(CLUSTER, "cluster"),
        R(ACCOUNT, "a", name="fargateFIPSMode", value="on"),
        at="settings",
    ),
    undecided("unknown", cluster(UNKNOWN), at="settings[0].value"),
)

test_task_host_mode_user = table(
    "ecs-task-host-mode-user",
    fails("root", task(networkMode="host"), at="containerDefinitions", says="root"),
    passes("a named user", task(container(user="1000:1000"), networkMode="host")),
    fails("root by name", task(container(user="root"), networkMode="host"), at="containerDefinitions"),
    fails(
        "root by number, with a group", task(container(user="0:1000"), networkMode="host"), at="containerDefinitions"
    ),
    fails("privileged", task(container(privileged=True), networkMode="host"), says="privileged"),
    passes("bridge", task(networkMode="bridge")),
    passes("no mode", task()),
    undecided("unknown containers", task(containerDefinitions=UNKNOWN, networkMode="host")),
    undecided("an unknown mode", task(networkMode=UNKNOWN), at="networkMode"),
)

test_task_logging = table(
    "ecs-task-logging",
    fails("no driver", task(container()), at="containerDefinitions", says="'web'"),
    passes("awslogs", task(container(logConfiguration=LOGS))),
    fails("none", task(container(logConfiguration={"logDriver": "none"})), at="containerDefinitions"),
    fails("one of two", task(container(logConfiguration=LOGS), container(name="app")), says="'app'"),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
)


SERVICE = "aws:ecs/service:Service"
test_fargate_latest_platform = table(
    "ecs-fargate-latest-platform",
    fails("an older one", R(SERVICE, "service", launchType="FARGATE", platformVersion="1.3.0"), at="platformVersion"),
    passes("the latest", R(SERVICE, "service", launchType="FARGATE", platformVersion="LATEST")),
    passes("not stated", R(SERVICE, "service", launchType="FARGATE", provider=V6)),
    undecided("unknown", R(SERVICE, "service", platformVersion=UNKNOWN), at="platformVersion"),
)
test_task_processes_isolated = table(
    "ecs-task-processes-isolated",
    fails("the host's", task(pidMode="host"), at="pidMode"),
    passes("the task's", task(pidMode="task")),
    passes("its own", task(provider=V6)),
    undecided("unknown", task(pidMode=UNKNOWN), at="pidMode"),
)
test_task_readonly_root = table(
    "ecs-task-readonly-root",
    fails("writable", task(container()), at="containerDefinitions", says="'web'"),
    passes("read-only", task(container(readonlyRootFilesystem=True))),
    fails("one of two", task(container(readonlyRootFilesystem=True), container(name="app")), says="'app'"),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
)
test_task_unprivileged = table(
    "ecs-task-unprivileged",
    fails("privileged", task(container(privileged=True)), at="containerDefinitions", says="'web'"),
    passes("not stated", task(container())),
    passes("switched off", task(container(privileged=False))),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
)

STRICT = {"strict": True}
LITERAL = task(container(environment=[{"name": "STAGE", "value": "test"}]))
test_environment_from_files = table(
    "ecs-environment-from-files",
    fails("literal, where asked", LITERAL, at="containerDefinitions", parameters=STRICT),
    passes("a file", task(container(environmentFiles=[{"value": "arn:aws:s3:::a/b.env"}])), parameters=STRICT),
    passes("literal, not asked", LITERAL),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions", parameters=STRICT),
)
