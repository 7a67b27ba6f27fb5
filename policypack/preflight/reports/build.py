"""From what a preview found to what reports show; secrets end here."""

from __future__ import annotations

import datetime
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from preflight.about import VERSION
from preflight.preview.state.calls import Calls, Span
from preflight.preview.state.graph import Location, Registration
from preflight.preview.state.outcome import Outcome
from preflight.preview.verdicts import shown_path
from preflight.reports.model import (
    Exemption,
    Failure,
    Finding,
    Node,
    Place,
    Prerequisite,
    Remediation,
    Report,
    Run,
    SettingsFile,
    Undecided,
)


def report_of(outcomes: Iterable[Outcome]) -> Report:
    """Return the report of one or several previews, with the tool's version, the time and the git commit."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return Report(tuple(run_of(outcome) for outcome in outcomes), VERSION, now.isoformat(), _commit())


def run_of(outcome: Outcome) -> Run:
    """Return what a preview found as a run of a report; files are relative to the working folder."""
    base = Path.cwd()
    spans = _Spans()
    mask = outcome.secrets.mask
    return Run(
        program=outcome.program,
        stack=outcome.stack,
        resources=outcome.resources,
        rules=outcome.rules,
        seconds=outcome.seconds,
        settings=_settings(outcome.settings, base),
        findings=tuple(_finding(item, spans, mask) for item in outcome.findings),
        exempted=tuple(_finding(item, spans, mask, _exemption(item)) for item in outcome.exempted),
        undecided=tuple(
            Undecided(_text(item, "rule"), _text(item, "urn"), _text(item, "path"), mask(_text(item, "reason")))
            for item in outcome.undecided
        ),
        failures=tuple(
            Failure(_text(item, "rule"), _text(item, "urn"), mask(_text(item, "error")), _entry(item.get("location")))
            for item in outcome.failures
        ),
        errors=tuple(
            Failure("", error.urn, outcome.secrets.redact(error.message, words=True), _place(error.location, base))
            for error in outcome.errors
        ),
        prerequisites=tuple(
            Prerequisite(
                mask(item.what), item.token, outcome.secrets.masked(item.arguments), _place(item.location, base)
            )
            for item in outcome.prerequisites
        ),
        remediations=tuple(
            Remediation(
                _text(item, "rule"),
                _text(item, "urn"),
                mask(_text(item, "message")),
                outcome.secrets.masked(item.get("properties") or {}),
            )
            for item in outcome.remediations
        ),
        notes=tuple(map(mask, outcome.notes)),
        held={rule: tuple(urns) for rule, urns in outcome.held.items()},
        nodes=tuple(_node(item, base) for item in outcome.graph),
        usage_error=outcome.usage_error,
    )


class _Spans:
    """Where properties are written; each file is read once."""

    def __init__(self) -> None:
        self._files: dict[str, Calls] = {}

    def of(self, place: Place | None, path: str) -> Span | None:
        """Return the span of a property of the resource that is registered at a place."""
        if place is None or not path:
            return None
        if place.file not in self._files:
            self._files[place.file] = Calls(place.file)
        return self._files[place.file].property(place.line, path)


def _finding(
    item: Mapping[str, Any], spans: _Spans, mask: Callable[[str], str], exemption: Exemption | None = None
) -> Finding:
    controls: Mapping[str, Sequence[str]] = item.get("controls") or {}
    return Finding(
        rule=_text(item, "rule"),
        title=_text(item, "title"),
        kind=_text(item, "kind"),
        severity=_text(item, "severity"),
        certainty=_text(item, "certainty"),
        level=_text(item, "level"),
        urn=_text(item, "urn"),
        type=_text(item, "type"),
        name=_text(item, "name"),
        path=_text(item, "path"),
        message=mask(_text(item, "message")),
        why=_text(item, "why"),
        fix=_text(item, "fix"),
        controls={framework: tuple(numbers) for framework, numbers in controls.items()},
        place=_entry(item.get("location")),
        span=spans.of(_entry(item.get("location")), _text(item, "path")),
        exemption=exemption,
    )


def _exemption(item: Mapping[str, Any]) -> Exemption:
    return Exemption(_text(item, "reason"), _text(item, "owner"), _text(item, "expires"), _text(item, "where"))


def _node(item: Registration, base: Path) -> Node:
    return Node(
        urn=item.urn,
        type=item.type,
        name=item.name,
        parent=item.parent,
        custom=item.custom,
        place=_place(item.location, base),
        waits_for=tuple(item.dependencies),
        refers_to={name: tuple(urns) for name, urns in sorted(item.property_dependencies.items()) if urns},
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    return str(item.get(name) or "")


def _entry(location: Any) -> Place | None:
    return Place(location["file"], location["line"]) if isinstance(location, Mapping) else None


def _place(location: Location | None, base: Path) -> Place | None:
    return Place(shown_path(location.file, base), location.line) if location is not None else None


def _settings(file: Path | None, base: Path) -> SettingsFile | None:
    if file is None or not file.is_file():
        return None
    return SettingsFile(shown_path(str(file), base), f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}")


def shown(path: Path) -> str:
    """Return a path as reports show it: relative to the working folder where it lies below it."""
    return shown_path(str(path), Path.cwd())


def _commit() -> str:
    """The commit of the working folder, ``-dirty`` behind it when files differ; empty outside git."""
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""
