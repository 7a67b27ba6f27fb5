"""Logs of tasks."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided
from tests.rules.ecs.parts import LOGS, TASK, container, task

test_task_logging = table(
    "ecs-task-logging",
    fails("no driver", task(container()), at="containerDefinitions", says="'web'"),
    passes("awslogs", task(container(logConfiguration=LOGS))),
    fails("none", task(container(logConfiguration={"logDriver": "none"})), at="containerDefinitions"),
    fails("one of two", task(container(logConfiguration=LOGS), container(name="app")), says="'app'"),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
)
