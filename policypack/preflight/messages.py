"""What a finding says: the text of a diagnostic, and the entry of a report."""

from __future__ import annotations

from typing import Any

from .finding import Finding, Level
from .rule import Rule


def message_of(rule: Rule, finding: Finding) -> str:
    """Return the text that Pulumi prints under a rule's title: where, what, why, fix, controls."""
    where = f"{finding.path}: " if finding.path else ""
    lines = [f"{where}{finding.message}", f"Why: {rule.why}", f"Fix: {rule.fix}"]
    if rule.controls:
        controls = "; ".join(f"{framework} {', '.join(numbers)}" for framework, numbers in rule.controls.items())
        lines.append(f"Controls: {controls}")
    return "\n".join(lines)


def entry_of(rule: Rule, finding: Finding, level: Level) -> dict[str, Any]:
    """Return a finding as an entry of the JSON report (without its location, which only the engine knows)."""
    return {
        "rule": rule.id,
        "kind": rule.kind.value,
        "severity": (finding.severity or rule.severity).value,
        "level": level.value,
        "urn": finding.urn,
        "type": finding.type,
        "name": finding.name,
        "path": finding.path,
        "message": finding.message,
        "why": rule.why,
        "fix": rule.fix,
        "controls": {framework: list(numbers) for framework, numbers in rule.controls.items()},
    }
