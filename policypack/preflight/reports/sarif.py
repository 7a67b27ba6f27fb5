"""The SARIF 2.1.0 report, for code scanning services: one run per stack, with the rules that have something to say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from preflight.preview.state.calls import Span
from preflight.reports.formats import Style
from preflight.reports.model import Failure, Finding, Place, Report, Run

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME: Final = "https://github.com/pulumi-preflight/pulumi-preflight"
FINGERPRINT: Final = "preflightFinding/v1"

_LEVELS: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_SCORES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0"}
"""GitHub sorts security alerts by this number: critical from 9.0, high from 7.0, medium from 4.0."""


def render(report: Report, style: Style) -> str:
    """Return the report as SARIF text, ending with a newline."""
    return json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as plain data."""
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, run) for run in report.runs]}


def _run(report: Report, run: Run) -> dict[str, Any]:
    entries = [*run.findings, *run.exempted]
    by_id = {finding.rule: finding for finding in entries}
    ids = sorted(by_id)
    index = {rule: number for number, rule in enumerate(ids)}
    failures = [*run.errors, *run.failures]
    result: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "Preflight",
                "semanticVersion": report.tool_version,
                "informationUri": HOME,
                "rules": [_rule(by_id[rule]) for rule in ids],
            }
        },
        "automationDetails": {"id": f"preflight/{run.program}/{run.stack}"},
        "invocations": [
            {
                "executionSuccessful": not failures,
                "endTimeUtc": report.time.replace("+00:00", "Z"),
                "toolExecutionNotifications": [_notification(item) for item in failures],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder in which Preflight was run."}}},
        "results": [_result(finding, index, bool(report.baseline)) for finding in entries],
        "properties": {"program": run.program, "stack": run.stack, "verdict": run.verdict},
    }
    if report.commit:
        result["properties"]["commit"] = report.commit
    return result


def _rule(finding: Finding) -> dict[str, Any]:
    """The metadata of a rule, from one of its findings."""
    tags = [tag for tag in (finding.kind, finding.service) if tag]
    tags += [f"{framework}/{number}" for framework, numbers in finding.controls.items() for number in numbers]
    entry: dict[str, Any] = {
        "id": finding.rule,
        "name": "".join(word.capitalize() for word in finding.rule.split("-")),
        "shortDescription": {"text": finding.title or finding.rule},
        "fullDescription": {"text": finding.why or finding.title or finding.rule},
        "help": {
            "text": f"Why: {finding.why}\nFix: {finding.fix}",
            "markdown": f"**Why:** {finding.why}\n\n**Fix:** {finding.fix}",
        },
        "defaultConfiguration": {"level": _level(finding)},
        "properties": {"tags": tags[:20], "precision": _PRECISION.get(finding.certainty, "medium")},
    }
    if finding.help:
        entry["helpUri"] = finding.help
    if finding.severity in _SCORES:
        entry["properties"]["security-severity"] = _SCORES[finding.severity]
    return entry


_PRECISION: Final = {"certain": "very-high", "race": "medium", "outside": "medium"}


def _result(finding: Finding, index: dict[str, int], compared: bool) -> dict[str, Any]:
    where = f" ({finding.path})" if finding.path else ""
    entry: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _level(finding),
        "kind": "fail",
        "message": {"text": f"{finding.subject}{where}: {finding.message}. {finding.fix}".strip()},
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: finding.key},
        "properties": {
            "level": finding.level,
            "severity": finding.severity,
            "certainty": finding.certainty,
            "urn": finding.urn,
        },
    }
    if compared:
        entry["baselineState"] = "unchanged" if finding.known else "new"
    if finding.exemption is not None:
        said = finding.exemption
        inline = ": exemptions[" not in said.where
        details = [said.reason, *([f"owner: {said.owner}"] if said.owner else [])]
        details += [f"until {said.expires}"] if said.expires else []
        entry["suppressions"] = [
            {"kind": "inSource" if inline else "external", "status": "accepted", "justification": "; ".join(details)}
        ]
    return entry


def _level(finding: Finding) -> str:
    return _LEVELS.get(finding.severity) or ("error" if finding.level == "mandatory" else "warning")


def _location(finding: Finding) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "logicalLocations": [
            {"name": finding.subject, "fullyQualifiedName": finding.urn or finding.subject, "kind": "resource"}
        ]
    }
    if finding.place:
        entry["physicalLocation"] = _physical(finding.place, finding.span)
    return entry


def _physical(place: Place, span: Span | None = None) -> dict[str, Any]:
    path = Path(place.file)
    artifact = {"uri": path.as_uri()} if path.is_absolute() else {"uri": quote(place.file), "uriBaseId": "%SRCROOT%"}
    region = {"startLine": place.line}
    if span is not None:
        region = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return {"artifactLocation": artifact, "region": region}


def _notification(failure: Failure) -> dict[str, Any]:
    entry: dict[str, Any] = {"level": "error", "message": {"text": failure.error}}
    if failure.rule:
        entry["associatedRule"] = {"id": failure.rule}
    if failure.place:
        entry["locations"] = [{"physicalLocation": _physical(failure.place)}]
    return entry
