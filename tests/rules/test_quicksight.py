"""QuickSight."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

SOURCE = "aws:quicksight/dataSource:DataSource"

test_ssl = table(
    "quicksight-ssl",
    passes("on", R(SOURCE, "source", sslProperties={"disableSsl": False})),
    passes("absent", R(SOURCE, "source")),
    fails("off", R(SOURCE, "source", sslProperties={"disableSsl": True}), at="sslProperties.disableSsl"),
    undecided("unknown", R(SOURCE, "source", sslProperties=UNKNOWN), at="sslProperties"),
)
