"""What a finding says: the text of a diagnostic, and the entry of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from preflight.finding import Finding, Level
from preflight.judging.spelling import Language, property_path, render
from preflight.rule import Rule


def message_of(rule: Rule, finding: Finding, language: Language = Language.UNKNOWN) -> str:
    """Return the text that Pulumi prints under a rule's title: where, what, why, fix, controls."""
    where = f"{property_path(finding.path, language)}: " if finding.path else ""
    lines = [
        f"{where}{render(finding.message, language)}",
        f"Why: {render(rule.why, language)}",
        f"Fix: {render(rule.fix, language)}",
    ]
    if rule.controls:
        lines.append(f"Controls: {controls_text(rule.controls)}")
    return "\n".join(lines)


def controls_text(controls: Mapping[str, Sequence[str]], most: int = 4) -> str:
    """Return controls for a reader: by framework, at most so many numbers of each; the JSON report has them all."""
    shown = []
    for framework, numbers in controls.items():
        more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
        shown.append(f"{framework} {', '.join(numbers[:most])}{more}".strip())
    return "; ".join(shown)


def entry_of(rule: Rule, finding: Finding, level: Level, language: Language = Language.UNKNOWN) -> dict[str, Any]:
    """Return a finding as an entry of the JSON report (without its location, which only the engine knows).

    Texts are in the spelling of the program's language, ``path`` in the schema's.
    """
    return {
        "rule": rule.id,
        "title": rule.title,
        "kind": rule.kind.value,
        "severity": (finding.severity or rule.severity).value,
        "certainty": (finding.certainty or rule.certainty).value,
        "level": level.value,
        "urn": finding.urn,
        "type": finding.type,
        "name": finding.name,
        "path": finding.path,
        "message": render(finding.message, language),
        "why": render(rule.why, language),
        "fix": render(rule.fix, language),
        "controls": {framework: list(numbers) for framework, numbers in rule.controls.items()},
    }
