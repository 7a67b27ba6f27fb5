"""The text report, for people: each rule once, with the places where it is not met; colours on a terminal only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import IO, TYPE_CHECKING, Final

from preflight.judging.wording import controls_text
from preflight.reports.formats import Style
from preflight.reports.model import SEVERITIES, Failure, Finding, Report, Run, headline

if TYPE_CHECKING:
    from rich.console import Console

_STYLES: Final = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_PLAIN_WIDTH: Final = 10_000
_MOST_PLACES: Final = 20


def print_report(report: Report, stream: IO[str], style: Style) -> None:
    """Write the report."""
    from rich.console import Console

    live = stream.isatty()
    console = Console(
        file=stream, highlight=False, soft_wrap=True, emoji=False, markup=False, width=None if live else _PLAIN_WIDTH
    )
    for run in report.runs:
        if len(report.runs) > 1 and not style.quiet:
            console.rule(f"{run.program} ({run.stack})") if live else console.print(f"== {run.program} ({run.stack})\n")
        _run(console, run, style)
    for run in report.runs:
        console.print(headline(run), style="bold" if live else None)


def render(report: Report, style: Style) -> str:
    """Return the report as plain text."""
    stream = StringIO()
    print_report(report, stream, style)
    return stream.getvalue()


def _run(console: Console, run: Run, style: Style) -> None:
    for error in run.errors:
        console.print("error: ", style="bold red", end="")
        console.print(error_text(error))
        console.print()
    shown, left_out = _shown(run, style)
    for group in grouped(shown):
        _group(console, group)
    for failure in run.failures:
        subject = failure.urn or "the stack"
        console.print(f"rule {failure.rule} failed internally on {subject}: {failure.error}", style="red")
    if not style.quiet:
        _rest(console, run, style, left_out)
    if style.statistics:
        _statistics(console, run)


def _rest(console: Console, run: Run, style: Style, left_out: int) -> None:
    for item in run.remediations:
        console.print(f"remediated by {item.rule}: {item.urn}: {item.message}")
    _section(
        console,
        "must exist before a deployment",
        (f"{item.text}{f'  {item.place}' if item.place else ''}" for item in run.prerequisites),
    )
    _section(
        console,
        "exempted",
        (f"{item.rule} on {item.subject}: {item.exemption.reason}" for item in run.exempted if item.exemption),
    )
    if style.strict:
        _section(
            console,
            "undecided until values are known",
            (f"{item.rule}: {item.urn}{f' at {item.path}' if item.path else ''}" for item in run.undecided),
        )
    _section(console, "note", run.notes)
    if left_out:
        noun = "advisory" if left_out == 1 else "advisories"
        console.print(f"{left_out} compliance {noun} not shown; --advisories lists them\n")


def _shown(run: Run, style: Style) -> tuple[list[Finding], int]:
    """The findings to show, and how many compliance advisories are left out."""
    new = [finding for finding in run.findings if not finding.known]
    if style.quiet:
        return [finding for finding in new if finding.blocks], 0
    if style.advisories:
        return new, 0
    shown = [finding for finding in new if finding.blocks or finding.kind != "compliance"]
    return shown, len(new) - len(shown)


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return findings by rule, level, severity and certainty: what blocks first, the most severe first."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for item in findings:
        groups.setdefault((item.rule, item.level, item.severity, item.certainty, item.why, item.fix), []).append(item)
    return sorted(groups.values(), key=lambda group: (*weight(group[0]), group[0].rule))


def weight(finding: Finding) -> tuple[bool, int]:
    """Return the sort key of a finding: what blocks first, then the most severe."""
    severity = SEVERITIES.index(finding.severity) if finding.severity in SEVERITIES else len(SEVERITIES)
    return not finding.blocks, severity


def _group(console: Console, group: list[Finding]) -> None:
    first = group[0]
    severity = first.severity or first.level
    marks = [first.level] if first.level != "mandatory" else []
    marks += [first.certainty] if first.certainty not in ("certain", "") else []
    console.print(severity, style=_STYLES.get(severity, ""), end="")
    console.print(f"  {first.rule}{' (' + ', '.join(marks) + ')' if marks else ''}", style="bold")
    for message, places in _by_message(group[:_MOST_PLACES]):
        for item in places:
            path = f"  at {item.path}" if item.path else ""
            console.print(f"  {item.subject}", style="bold", end="")
            console.print(f"  {item.type}{f'  {item.place}' if item.place else ''}{path}")
        _block(console, message, 6)
    if len(group) > _MOST_PLACES:
        console.print(f"  and {len(group) - _MOST_PLACES} more; --format json lists all")
    if first.why and first.why != first.message:
        _block(console, f"why: {first.why}", 4)
    if first.fix:
        _block(console, f"fix: {first.fix}", 4)
    if first.controls:
        _block(console, f"controls: {controls_text(first.controls)}", 4)
    console.print()


def _by_message(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    by_message: dict[str, list[Finding]] = {}
    for finding in findings:
        by_message.setdefault(finding.message, []).append(finding)
    yield from by_message.items()


def _statistics(console: Console, run: Run) -> None:
    counted = Counter((finding.rule, finding.severity, finding.level) for finding in run.findings)
    for (rule, severity, level), count in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        console.print(f"{count:6}  {rule}  {severity}, {level}")
    if counted:
        console.print()


def _block(console: Console, text: str, indent: int) -> None:
    """Print text below a finding: wrapped to the terminal's width, or one line per line elsewhere."""
    from rich.padding import Padding
    from rich.text import Text

    if console.is_terminal:
        console.print(Padding(Text(text), (0, 0, 0, indent)), soft_wrap=False)
    else:
        console.print("\n".join(f"{' ' * indent}{line}" for line in text.splitlines()))


def _section(console: Console, title: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    for line in shown:
        console.print(f"{title}: ", style="dim", end="")
        console.print(line)
    if shown:
        console.print()


def error_text(error: Failure) -> str:
    """Return an error's message with its place, unless the message already tells it."""
    if error.place is None or "\n  at " in error.error:
        return error.error
    return f"{error.error}\n  at {error.place}"
