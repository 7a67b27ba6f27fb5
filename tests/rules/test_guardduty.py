"""GuardDuty."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

DETECTOR = "aws:guardduty/detector:Detector"

test_detector_enabled = table(
    "guardduty-detector-enabled",
    fails("off", R(DETECTOR, "detector", enable=False), at="enable"),
    passes("on unless said", R(DETECTOR, "detector")),
    passes("on", R(DETECTOR, "detector", enable=True)),
    undecided("unknown", R(DETECTOR, "detector", enable=UNKNOWN), at="enable"),
)
