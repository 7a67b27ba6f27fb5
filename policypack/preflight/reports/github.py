"""Annotations of a GitHub Actions run: workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from typing import Final

from preflight.reports.formats import Style
from preflight.reports.model import Finding, Place, Report, headline
from preflight.reports.text import weight

_MOST: Final = 50
"""Annotations, unless more block; GitHub shows ten of a kind."""

_COMMANDS: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}


def render(report: Report, style: Style) -> str:
    """Return one command per finding and failure, the gravest first (GitHub shows ten of each kind), then verdicts."""
    lines = []
    for run in report.runs:
        for failure in (*run.errors, *run.failures):
            title = f"rule {failure.rule} failed internally" if failure.rule else f"{run.program} ({run.stack}) failed"
            lines.append(_command("error", failure.place, title, failure.error))
    new = [finding for _, finding in report.findings() if not finding.known]
    ordered = sorted(new, key=lambda item: (*weight(item), item.rule, item.urn))
    shown = max(_MOST, sum(finding.blocks for finding in ordered))
    lines += [_finding(finding) for finding in ordered[:shown]]
    if len(ordered) > shown:
        lines.append(f"{len(ordered) - shown} more that advise; the JSON report has them all")
    lines += [_escaped(headline(run)) for run in report.runs]
    return "\n".join(lines) + "\n"


def _finding(finding: Finding) -> str:
    command = _COMMANDS.get(finding.severity, "warning") if finding.blocks else "notice"
    text = f"{finding.subject}: {finding.statement}\nFix: {finding.fix}"
    return _command(command, finding.at, finding.rule, text)


def _command(command: str, place: Place | None, title: str, text: str) -> str:
    where = f"file={_property(place.file)},line={place.line}," if place else ""
    return f"::{command} {where}title={_property(title)}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
