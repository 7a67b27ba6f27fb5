"""Managed Service for Apache Flink."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

APPLICATION = "aws:kinesisanalyticsv2/application:Application"
AT = "applicationConfiguration.flinkApplicationConfiguration.checkpointConfiguration.checkpointingEnabled"


def flink(**checkpoints: object) -> R:
    configuration = {"flinkApplicationConfiguration": {"checkpointConfiguration": checkpoints}}
    return R(APPLICATION, "app", applicationConfiguration=configuration)


test_checkpointing = table(
    "kinesisanalyticsv2-checkpointing",
    passes("on", flink(configurationType="CUSTOM", checkpointingEnabled=True)),
    passes("the default", flink(configurationType="DEFAULT")),
    passes("absent", R(APPLICATION, "app")),
    passes("not stated", flink(configurationType="CUSTOM")),
    fails("off", flink(configurationType="CUSTOM", checkpointingEnabled=False), at=AT),
    undecided("unknown", flink(configurationType="CUSTOM", checkpointingEnabled=UNKNOWN), at=AT),
)
