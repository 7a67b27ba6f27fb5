"""What a rule says: findings, and the two ways of not saying anything (undecided, not applicable)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Kind(Enum):
    """What a rule is about."""

    DEPLOYMENT = "deployment"
    """AWS or the provider refuses it, or it deploys and does not work."""
    COMPLIANCE = "compliance"
    """A control of a framework, or a peer's rule set, asks for it."""
    POLICY = "policy"
    """A stock policy, or one of another pack: what it is about only its author knows."""


class Severity(Enum):
    """How much a finding matters; the catalogue's README maps its words on these."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Certainty(Enum):
    """How certain a finding is that the deployment fails, or does not work."""

    CERTAIN = "certain"
    """From the program alone."""
    RACE = "race"
    """An order that nothing fixes: it may work, today."""
    OUTSIDE = "outside"
    """It rests on what may stand outside the program."""


class Level(Enum):
    """What a finding does to the update; Pulumi's enforcement levels."""

    DISABLED = "disabled"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    REMEDIATE = "remediate"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is not met, on one resource, at one property path.

    ``path`` is the input's path from the resource (``rules[0].destination``), empty for the resource as a whole.
    ``severity`` and ``certainty`` are None unless this finding weighs differently from its rule.
    """

    urn: str
    type: str
    name: str
    message: str
    path: str = ""
    severity: Severity | None = None
    certainty: Certainty | None = None


class Undecided(Exception):
    """Raised where a rule asks for a value that is not known yet; it ends the rule without a verdict.

    Attributes:
        path: the property path that was unknown, from the resource that has it.
        urn: that resource.
        reason: why it can't be told.
    """

    def __init__(self, path: str, urn: str = "", reason: str = "is not known yet") -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.urn = urn
        self.reason = reason


class NotApplicable(Exception):
    """Raised by a rule that has nothing to judge on this resource; ``reason`` says why."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


Findings: TypeAlias = Iterator[Finding]
"""What a rule function returns; rules are generator functions."""
