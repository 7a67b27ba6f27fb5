"""The GitLab report: code quality JSON, which a merge request shows beside its changes."""

from __future__ import annotations

import json
from typing import Any, Final

from preflight.reports.formats import Style
from preflight.reports.model import Failure, Finding, Report

_SEVERITIES: Final = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(report: Report, style: Style) -> str:
    """Return a JSON list, ending with a newline; findings of several stacks on one line are one entry."""
    entries = {}
    for run in report.runs:
        for failure in (*run.errors, *run.failures):
            entry = _failure(failure)
            entries[entry["fingerprint"]] = entry
    for _, finding in report.findings():
        if not finding.known:
            entry = _finding(finding)
            entries[entry["fingerprint"]] = entry
    return json.dumps(list(entries.values()), indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "description": f"{finding.subject}: {finding.statement}. {finding.fix}".strip(),
        "check_name": finding.rule,
        "fingerprint": finding.key,
        "severity": _SEVERITIES.get(finding.severity, "major") if finding.blocks else "info",
        "categories": ["Security" if finding.kind == "compliance" else "Bug Risk"],
        "location": {
            "path": finding.at.file if finding.at else "Pulumi.yaml",
            "lines": {"begin": finding.at.line if finding.at else 1},
        },
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "description": failure.error,
        "check_name": failure.rule or "program",
        "fingerprint": failure.key,
        "severity": "blocker",
        "categories": ["Bug Risk"],
        "location": {
            "path": failure.place.file if failure.place else "Pulumi.yaml",
            "lines": {"begin": failure.place.line if failure.place else 1},
        },
    }
