"""Preflight's words and the Analyzer protocol's for the same thing."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import analyzer_pb2 as pb

from .finding import Level, Severity

LEVELS: Final = {
    Level.ADVISORY: pb.ADVISORY,
    Level.MANDATORY: pb.MANDATORY,
    Level.DISABLED: pb.DISABLED,
    Level.REMEDIATE: pb.REMEDIATE,
}
LEVEL_OF: Final = {value: level for level, value in LEVELS.items()}
SEVERITIES: Final = {
    Severity.LOW: pb.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: pb.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: pb.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: pb.POLICY_SEVERITY_CRITICAL,
}
