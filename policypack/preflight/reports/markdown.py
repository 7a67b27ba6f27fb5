"""The Markdown report, for a pull request's comment or a step summary: the verdict first, details folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from preflight.judging.wording import controls_text
from preflight.reports.formats import Style
from preflight.reports.model import Finding, Report, Run, number
from preflight.reports.text import error_text, grouped, weight

LIMIT: Final = 60_000
"""Characters; a comment on GitHub holds 65,536."""

_TITLES: Final = {
    "passed": "✅ Preflight: passed",
    "blocked": "❌ Preflight: blocked",
    "failed": "❌ Preflight: failed",
}
_MOST: Final = 5
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|#~@])")


def render(report: Report, style: Style) -> str:
    """Return the report, ending with a newline; sections that no longer fit are left out, and counted."""
    head = [f"## {_TITLES[report.verdict]}", "", *_overview(report), ""]
    sections = [section for run in report.runs for section in _sections(run, len(report.runs) > 1)]
    tail = _origin(report)
    room = LIMIT - len("\n".join((*head, tail))) - 200
    kept, left_out = [], 0
    for section in sections:
        if len(section) + 1 <= room and not left_out:
            kept.append(section)
            room -= len(section) + 1
        else:
            left_out += 1
    if left_out:
        kept.append(
            f"*{number(left_out, 'section')} left out, because a comment holds no more; see the JSON report.*\n"
        )
    return "\n".join((*head, *kept, tail)) + "\n"


def _overview(report: Report) -> Iterator[str]:
    yield "| program | stack | resources | findings | advisory | undecided | exempted | in the baseline |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for run in report.runs:
        counts = (run.resources, run.blocking, run.advisory, len(run.undecided), len(run.exempted), run.known)
        yield f"| {escaped(run.program)} | {escaped(run.stack)} | {' | '.join(map(str, counts))} |"


def _sections(run: Run, several: bool) -> Iterator[str]:
    of = f" of {escaped(run.program)} ({escaped(run.stack)})" if several else ""
    for error in (*run.errors, *run.failures):
        what = f"Rule `{error.rule}` failed internally" if error.rule else f"The program{of} failed"
        yield f"**{what}**\n\n{_fenced(error_text(error))}\n"
    new = [finding for finding in run.findings if not finding.known]
    blocking = [finding for finding in new if finding.blocks]
    if blocking:
        yield f"### Findings{of}\n"
        yield from _tables(blocking)
    advisory = [finding for finding in new if not finding.blocks]
    if advisory:
        yield _folded(f"{len(advisory)} advisory{of}", "\n".join(_rows(advisory)))
    if run.prerequisites:
        lines = [f"- {escaped(item.text)}{f' ({item.place})' if item.place else ''}" for item in run.prerequisites]
        yield _folded(f"{number(len(lines), 'prerequisite')}{of}: must exist before a deployment", "\n".join(lines))
    if run.exempted:
        lines = [
            f"- `{item.rule}` on {escaped(item.subject)}: {escaped(item.exemption.reason)}"
            for item in run.exempted
            if item.exemption
        ]
        yield _folded(f"{len(lines)} exempted{of}", "\n".join(lines))
    if run.notes:
        yield _folded(f"{number(len(run.notes), 'note')}{of}", "\n".join(f"- {escaped(note)}" for note in run.notes))


def _tables(findings: Iterable[Finding]) -> Iterator[str]:
    """A table per resource, then each rule's why and fix, folded."""
    by_resource: dict[str, list[Finding]] = {}
    for finding in findings:
        by_resource.setdefault(finding.urn, []).append(finding)
    for found in by_resource.values():
        first = found[0]
        place = f" — {first.place}" if first.place else ""
        lines = [
            f"**{escaped(first.subject)}** `{first.type}`{place}\n",
            "| severity | rule | finding |",
            "|---|---|---|",
        ]
        for finding in sorted(found, key=weight):
            path = f"`{finding.path}`: " if finding.path else ""
            lines.append(f"| {finding.severity} | {_rule(finding)} | {path}{escaped(finding.message)} |")
        yield "\n".join(lines) + "\n"
    for group in grouped(findings):
        first = group[0]
        controls = f"\n\n**Controls:** {escaped(controls_text(first.controls))}" if first.controls else ""
        yield _folded(
            f"Why and how to fix: {first.rule}",
            f"**Why:** {escaped(first.why)}\n\n**Fix:** {escaped(first.fix)}{controls}",
        )


def _rows(findings: Iterable[Finding]) -> Iterator[str]:
    """A row per rule, with its first resources: advisories may be thousands."""
    yield "| severity | rule | resources | |"
    yield "|---|---|--:|---|"
    for group in grouped(findings):
        first = group[0]
        shown = ", ".join(escaped(item.subject) + (f" ({item.place})" if item.place else "") for item in group[:_MOST])
        more = f" and {len(group) - _MOST} more" if len(group) > _MOST else ""
        yield f"| {first.severity} | {_rule(first)} | {len(group)} | {shown}{more}: {escaped(first.message)} |"


def _rule(finding: Finding) -> str:
    return f"[{finding.rule}]({finding.help})" if finding.help else f"`{finding.rule}`"


def _origin(report: Report) -> str:
    parts = [f"Preflight {report.tool_version}", report.time]
    parts += [f"commit {report.commit[:12]}"] if report.commit else []
    parts += [f"{sum(run.seconds for run in report.runs):.1f} s"]
    return f"<sub>{' · '.join(filter(None, parts))}</sub>"


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>\n"


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line; what is marked as code stays so."""
    parts = re.split(r"(`[^`\n]+`)", " ".join(text.split()))
    return "".join(
        part.replace("|", r"\|") if index % 2 else _SPECIAL.sub(r"\\\1", part) for index, part in enumerate(parts)
    )
