"""Airflow."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

ENVIRONMENT = "aws:mwaa/environment:Environment"
NAMES = ("dagProcessingLogs", "schedulerLogs", "taskLogs", "webserverLogs", "workerLogs")


def airflow(level: object = "INFO", **changed: object) -> R:
    logs = {name: {"enabled": True, "logLevel": level} for name in NAMES}
    return R(ENVIRONMENT, "flow", loggingConfiguration=logs | changed)


test_logging = table(
    "mwaa-logging",
    passes("all", airflow()),
    passes("finer", airflow("DEBUG")),
    fails("one is off", airflow(workerLogs={"enabled": False}), at="loggingConfiguration.workerLogs.enabled"),
    fails(
        "one is coarse",
        airflow(taskLogs={"enabled": True, "logLevel": "ERROR"}),
        at="loggingConfiguration.taskLogs.logLevel",
        says="ERROR",
    ),
    fails("absent", R(ENVIRONMENT, "flow"), on=["flow"] * 4, says="are off"),
    undecided("unknown", airflow(workerLogs=UNKNOWN), at="loggingConfiguration.workerLogs"),
)
