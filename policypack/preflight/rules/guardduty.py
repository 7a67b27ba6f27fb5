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
    controls={
        "hipaa": "164.308(a)(5)(ii)(C) 164.308(a)(6)(ii) 164.312(b)",
        "nist-800-53-r5": (
            "AC-2(12)(a) AC-3(12)(b) AU-3(1) AU-6(1) AU-6(5) AU-12(3) AU-14a AU-14b CA-2d CA-7 CA-7b CM-8(3)(a) "
            "IR-4a PE-6(2) PE-6(4) PM-14a.1 PM-14b PM-16 PM-31 RA-1a RA-1a.1 RA-1a.2 RA-3a.1 RA-3(4) RA-5a "
            "RA-5(4) RA-10a RA-10a.1 RA-10a.2 SC-5a SC-5b SC-5(1) SC-5(3)(a) SC-5(3)(b) SC-43b SI-3(8)(a) SI-4a "
            "SI-4a.1 SI-4a.2 SI-4b SI-4c SI-4(1) SI-4(2) SI-4(3) SI-4(4)(a) SI-4(4)(b) SI-4(10) SI-4(13)(a) "
            "SI-4(14) SI-4(23) SI-4(25) SI-5b SI-5(1)"
        ),
        "pci-dss-3.2.1": "5.1.2 6.1 11.4",
        "pci-dss-4.0": "11.5.1.1 11.5.1",
        "fedramp-moderate": (
            "AC-2(1) AC-2(4) AC-2(12)(a) AC-2(g) AC-17(1) AU-6(1)(3) CA-7(a)(b) CM-8(3)(a) IR-4(1) IR-6(1) "
            "IR-7(1) RA-5 SA-10 SC-5 SI-4(1) SI-4(16) SI-4(2) SI-4(4) SI-4(5) SI-4(a)(b)(c)"
        ),
    },
)
def detector_enabled(detector: Resource) -> Findings:
    """A declared detector is enabled.

    Why: A suspended detector sees nothing.
    Fix: Leave enable on, as it is when left out.
    Source: Amazon GuardDuty User Guide, "Suspending or disabling GuardDuty"; AWS Config rule
    guardduty-enabled-centralized.
    """
    yield from asked(detector, "enable", "is suspended; leave enable on", absent=True)
