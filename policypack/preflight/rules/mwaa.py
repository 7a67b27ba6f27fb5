"""Managed Workflows for Apache Airflow."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, deferred, rule

ENVIRONMENT: Final = "aws:mwaa/environment:Environment"
_LOGS: Final = ("dagProcessingLogs", "schedulerLogs", "taskLogs", "webserverLogs", "workerLogs")
_COARSE: Final = ("CRITICAL", "ERROR", "WARNING")


@rule(ENVIRONMENT, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def logging(environment: Resource) -> Findings:
    """An Airflow environment writes its five logs at INFO or finer.

    Why: Who started a run, what a task did and why the scheduler left one out stands in these logs alone; each is off
    unless it is set, but for the one of the tasks.
    Fix: Set `enabled=true` and `logLevel` INFO for each log in `loggingConfiguration`.
    Source: Amazon MWAA User Guide, "Viewing Airflow logs in Amazon CloudWatch"; API Reference, "LoggingConfiguration".
    """
    for name in _LOGS:
        path = f"loggingConfiguration.{name}"
        with deferred():
            if not environment.has(path) and name == "taskLogs":
                continue
            if environment.flag(f"{path}.enabled") is not True:
                yield environment.finding(f"`{name}` are off; set `enabled=true`", at=f"{path}.enabled")
            elif environment.text(f"{path}.logLevel") in _COARSE:
                level = environment.text(f"{path}.logLevel")
                yield environment.finding(
                    f"`{name}` are written at {level}; set `logLevel` INFO", at=f"{path}.logLevel"
                )
