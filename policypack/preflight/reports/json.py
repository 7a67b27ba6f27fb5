"""The JSON report: a versioned contract for machines. Fields are added, never changed, within one version.

``report.schema.json`` beside this module is the contract; every report names it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from preflight.reports.formats import Style
from preflight.reports.model import Failure, Finding, Place, Report, Run

VERSION: Final = 2
SCHEMA: Final = (
    "https://github.com/pulumi-preflight/pulumi-preflight/blob/main/policypack/preflight/reports/report.schema.json"
)
_FINDING: Final = (
    "rule", "title", "kind", "severity", "certainty", "level", "urn", "type", "name", "path", "message", "why", "fix",
    "key", "known",
)  # fmt: skip


def document(report: Report, style: Style) -> dict[str, Any]:
    """Return the report as plain data.

    ``failures`` holds rules that raised, and (with ``rule`` null) errors of the program or of the provider's checks.
    """
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "tool": {"name": "preflight", "version": report.tool_version},
        "time": report.time,
        "commit": report.commit or None,
        "baseline": report.baseline or None,
        "verdict": report.verdict,
        "runs": [_run(run, style) for run in report.runs],
    }


def render(report: Report, style: Style) -> str:
    """Return the report as JSON text, ending with a newline."""
    return json.dumps(document(report, style), indent=2, ensure_ascii=False) + "\n"


def _run(run: Run, style: Style) -> dict[str, Any]:
    entry = {
        "program": run.program,
        "stack": run.stack,
        "verdict": run.verdict,
        "settings": asdict(run.settings) if run.settings else None,
        "resources": run.resources,
        "rules": run.rules,
        "seconds": run.seconds,
        "findings": [_finding(item) for item in run.findings],
        "exempted": [_finding(item) | asdict(item.exemption) for item in run.exempted if item.exemption],
        "undecided": [asdict(item) for item in run.undecided],
        "prerequisites": [
            {"what": item.what, "token": item.token, "arguments": item.arguments, "location": _location(item.place)}
            for item in run.prerequisites
        ],
        "remediations": [asdict(item) for item in run.remediations],
        "failures": [_failure(item) for item in (*run.failures, *run.errors)],
        "notes": list(run.notes),
    }
    if style.evidence:
        entry["held"] = {rule: list(urns) for rule, urns in sorted(run.held.items())}
    return entry


def _finding(item: Finding) -> dict[str, Any]:
    entry: dict[str, Any] = {name: getattr(item, name) for name in _FINDING}
    entry["controls"] = {framework: list(numbers) for framework, numbers in item.controls.items()}
    entry["help"] = item.help or None
    entry["location"] = _location(item.place)
    entry["property"] = asdict(item.span) if item.span else None
    return entry


def _failure(item: Failure) -> dict[str, Any]:
    return {"rule": item.rule or None, "urn": item.urn, "error": item.error, "location": _location(item.place)}


def _location(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line} if place else None
