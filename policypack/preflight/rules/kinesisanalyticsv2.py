"""Managed Service for Apache Flink."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule

APPLICATION: Final = "aws:kinesisanalyticsv2/application:Application"
_CHECKPOINTS: Final = "applicationConfiguration.flinkApplicationConfiguration.checkpointConfiguration"


@rule(APPLICATION, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def checkpointing(application: Resource) -> Findings:
    """A Flink application takes checkpoints.

    Why: After a failure it goes on from the last checkpoint; without any it begins anew and loses its state.
    Fix: Set `checkpointingEnabled=true`, or `configurationType` to DEFAULT, which takes one every minute.
    Source: Managed Service for Apache Flink Developer Guide, "Fault tolerance"; API Reference,
    "CheckpointConfiguration".
    """
    if application.text(f"{_CHECKPOINTS}.configurationType") != "CUSTOM":
        return
    if application.flag(f"{_CHECKPOINTS}.checkpointingEnabled") is False:
        yield application.finding(
            "does not take checkpoints; set `checkpointingEnabled=true`", at=f"{_CHECKPOINTS}.checkpointingEnabled"
        )
