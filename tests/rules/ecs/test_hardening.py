"""Hardening of tasks: users, namespaces, file systems, privileges."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.ecs.parts import TASK, container, task

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
