"""GuardDuty."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import asked

DETECTOR: Final = "aws:guardduty/detector:Detector"


@rule(
    DETECTOR,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def detector_enabled(detector: Resource) -> Findings:
    """A declared detector is enabled.

    Why: A suspended detector sees nothing.
    Fix: Leave enable on, as it is when left out.
    Source: Amazon GuardDuty User Guide, "Suspending or disabling GuardDuty"; AWS Config rule
    guardduty-enabled-centralized.
    """
    yield from asked(detector, "enable", "is suspended; leave enable on", absent=True)
