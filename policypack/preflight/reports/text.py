"""The text report: findings by resource, for people; colours on a terminal, plain text elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from preflight.judging.wording import controls_text
from preflight.preview.state.outcome import Outcome
from preflight.preview.verdicts import error_text, location_entry
from preflight.wire import redacted

if TYPE_CHECKING:
    from rich.console import Console

_STYLES: Final = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_PLAIN_WIDTH: Final = 10_000
_INDENT: Final = "      "


def print_report(outcome: Outcome, stream: IO[str], *, strict: bool = False) -> None:
    """Write the report; ``strict`` adds the rules that could not be judged."""
    from rich.console import Console

    live = stream.isatty()
    console = Console(
        file=stream, highlight=False, soft_wrap=True, emoji=False, markup=False, width=None if live else _PLAIN_WIDTH
    )
    for error in outcome.errors:
        console.print("error: ", style="bold red", end="")
        console.print(error_text(error, Path.cwd()))
        console.print()
    for key, group in groupby(outcome.findings, key=lambda item: (item["urn"], item["type"], item["name"])):
        _resource(console, key, list(group))
    for failure in outcome.failures:
        console.print(
            f"rule {failure['rule']} failed internally on {failure['urn'] or 'the stack'}: {failure['error']}",
            style="red",
        )
    for remediation in outcome.remediations:
        console.print(f"remediated by {remediation['rule']}: {remediation['urn']}: {remediation['message']}")
    _section(console, "must exist before a deployment", _prerequisites(outcome))
    _section(
        console,
        "exempted",
        (
            f"{item.get('rule')} on {item.get('name') or item.get('urn')}: {item.get('reason', '')}"
            for item in outcome.exempted
        ),
    )
    if strict:
        _section(
            console,
            "undecided until values are known",
            (f"{item['rule']}: {item['urn']}{_dot(item.get('path'))}" for item in outcome.undecided),
        )
    _section(console, "note", outcome.notes)
    console.print(summary(outcome), style=None if not live else "bold")


def render(outcome: Outcome, *, strict: bool = False) -> str:
    """Return the report as plain text."""
    stream = StringIO()
    print_report(outcome, stream, strict=strict)
    return stream.getvalue()


def summary(outcome: Outcome) -> str:
    """Return the report's last line."""
    mandatory = sum(finding["level"] == "mandatory" for finding in outcome.findings)
    advisory = len(outcome.findings) - mandatory
    found = _number(mandatory, "finding") if mandatory or not advisory else "no mandatory finding"
    parts = [
        _number(outcome.resources, "resource"),
        _number(outcome.rules, "rule"),
        found + (f", {advisory} advisory" if advisory else ""),
        f"{len(outcome.undecided)} undecided",
        _number(len(outcome.prerequisites), "prerequisite"),
    ]
    if outcome.exempted:
        parts.append(f"{len(outcome.exempted)} exempted")
    if outcome.errors:
        parts.insert(0, "the program failed")
    return f"{outcome.program} ({outcome.stack}): {' · '.join(parts)} · {outcome.seconds:.1f} s"


def _resource(console: Console, key: tuple[str, str, str], findings: list[dict[str, Any]]) -> None:
    urn, type_token, name = key
    place = next((_place(finding["location"]) for finding in findings if finding.get("location")), "")
    console.print(f"{name or urn or 'the stack'}", style="bold", end="")
    console.print(f"  {type_token}{'  ' + place if place else ''}")
    for finding in findings:
        level = "" if finding["level"] == "mandatory" else f" ({finding['level']})"
        severity = finding["severity"] or finding["level"]
        console.print("  ", end="")
        console.print(severity, style=_STYLES.get(severity, ""), end="")
        console.print(f"  {finding['rule']}{level}", style="bold", end="")
        console.print(f"  at {finding['path']}" if finding["path"] else "")
        for label, text in (("", finding["message"]), ("why: ", finding["why"]), ("fix: ", finding["fix"])):
            if text and not (label == "why: " and text == finding["message"]):
                _block(console, f"{label}{text}")
        if finding["controls"]:
            _block(console, f"controls: {controls_text(finding['controls'])}")
    console.print()


def _block(console: Console, text: str) -> None:
    """Print text below a finding: wrapped to the terminal's width, or one line per line elsewhere."""
    from rich.padding import Padding
    from rich.text import Text

    if console.is_terminal:
        console.print(Padding(Text(text), (0, 0, 0, len(_INDENT))), soft_wrap=False)
    else:
        console.print("\n".join(f"{_INDENT}{line}" for line in text.splitlines()))


def _place(location: Any) -> str:
    return f"{location['file']}:{location['line']}" if location else ""


def _prerequisites(outcome: Outcome) -> Iterator[str]:
    for item in outcome.prerequisites:
        place = _place(location_entry(item.location, Path.cwd()))
        arguments = ", ".join(
            f"{key}={value!r}" for key, value in redacted(item.arguments).items() if str(value) not in item.what
        )
        yield f"{item.what}{f' ({arguments})' if arguments else ''}{f'  {place}' if place else ''}"


def _section(console: Console, title: str, lines: Any) -> None:
    shown = list(lines)
    for line in shown:
        console.print(f"{title}: ", style="dim", end="")
        console.print(line)
    if shown:
        console.print()


def _dot(path: object) -> str:
    return f" at {path}" if path else ""


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
