"""Preflight's words and the Analyzer protocol's for the same thing."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import analyzer_pb2 as pb

from preflight.finding import Level, Severity

LEVELS: Final = {
    Level.ADVISORY: pb.ADVISORY,
    Level.MANDATORY: pb.MANDATORY,
    Level.DISABLED: pb.DISABLED,
    Level.REMEDIATE: pb.REMEDIATE,
}
LEVEL_OF: Final[dict[int, Level]] = {value: level for level, value in LEVELS.items()}
SEVERITIES: Final = {
    Severity.LOW: pb.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: pb.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: pb.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: pb.POLICY_SEVERITY_CRITICAL,
}
SEVERITY_OF: Final[dict[int, Severity]] = {value: severity for severity, value in SEVERITIES.items()}

VERDICTS_SERVICE: Final = "preflight.Verdicts"
VERDICTS_TAKE: Final = "Take"
"""The method beside Pulumi's protocol: empty bytes in, UTF-8 JSON out, everything judged since the last call."""

RUN_TOKEN: Final = "PREFLIGHT_RUN_TOKEN"
"""The variable that gives a pack, or a program's runner, the secret of this run."""

TOKEN_KEY: Final = "preflight-token"
"""The metadata that carries it with each call. Whoever calls without it is refused: ports on the loopback interface are
open to every process of the machine."""

PROGRAM_FOLDER: Final = "PREFLIGHT_PROGRAM_FOLDER"
"""The variable by which Preflight's own engine tells a pack where the program runs."""

PROGRAM_RUNTIME: Final = "PREFLIGHT_PROGRAM_RUNTIME"
"""The variable by which it tells the program's runtime, as Pulumi.yaml names it."""


def level_name(value: int) -> str:
    """Return the name of the protocol's enforcement level; one that is not known advises."""
    return LEVEL_OF.get(value, Level.ADVISORY).value


def severity_name(value: int) -> str:
    """Return the name of the protocol's severity; empty for none, and for one that is not known."""
    found = SEVERITY_OF.get(value)
    return found.value if found is not None else ""
