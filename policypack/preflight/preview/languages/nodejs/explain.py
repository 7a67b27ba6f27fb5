"""Why a Node program failed: its own errors once each, with file and line, without colors or echoes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from preflight.preview.languages.program import MAX_FRAMES, Ended, Known, hung, killed, missing_config, uncolored
from preflight.preview.state.graph import Location
from preflight.preview.state.outcome import ProgramError

_UNHANDLED: Final = re.compile(r"Running program '.*' failed with an unhandled exception:")
_ECHO: Final = re.compile(r"^(failed to (register|read)|Invoke of |\d+ [A-Z_]+: |Resource monitor )|: \d+ [A-Z_]+: ")
"""What the SDK raises when the engine refuses a request."""
_DIAGNOSTIC: Final = re.compile(
    r"^(?P<file>[^\s(][^(]*)\((?P<line>\d+),(?P<column>\d+)\): error TS(?P<code>\d+): (?P<text>.*)"
)
_CONFIG: Final = re.compile(
    r"Missing required configuration variable '(?P<key>[^']+)'|Configuration '(?P<other>[^']+)'"
)
_MODULE: Final = re.compile(r"Cannot find (?:module|package) '(?P<name>[^']+)'")


def explain(ended: Ended, known: Known, tail: str) -> tuple[list[ProgramError], bool]:
    """Say why the program failed; ``tail`` is the end of what it printed."""
    entries: list[dict[str, Any]] = list(ended.report.get("entries", ()))
    failures = [entry for entry in entries if entry["kind"] != "end"]
    errors: list[ProgramError] = []
    config = False
    for entry in failures:
        if known.errors and _ECHO.search(str(entry.get("message", ""))):
            continue
        found, at_fault = _errors(entry, known.stack_file)
        errors.extend(error for error in found if error not in errors)
        config = config or at_fault
    told = {str(entry.get("message", "")).strip() for entry in failures}
    for message, urn in known.logged:
        text = uncolored(message).strip()
        if text in told or _UNHANDLED.match(text) or (known.errors and _ECHO.search(text)):
            continue
        errors.append(ProgramError(text, urn))
    if ended.timed_out:
        return [*errors, hung(ended, known.timeout)], False
    if not errors and not known.errors and ended.code != 0:
        errors.append(ProgramError(_died(ended.code, tail)))
    return errors, config


def _errors(entry: Mapping[str, Any], stack_file: Path) -> tuple[list[ProgramError], bool]:
    message = uncolored(str(entry.get("message", "")))
    frames = entry.get("frames") or []
    location = Location(frames[0]["file"], frames[0]["line"]) if frames else None
    if entry["kind"] == "exit":
        said = f"the program called process.exit({message}) before it had finished; later resources were not seen"
        return [ProgramError(said, location=location)], False
    diagnostics = [match for line in message.splitlines() if (match := _DIAGNOSTIC.match(line.strip()))]
    if diagnostics:
        return [
            ProgramError(
                f"TypeScript: {match['text']} (TS{match['code']})",
                location=Location(str(Path(stack_file.parent, match["file"]).resolve()), int(match["line"])),
            )
            for match in diagnostics
        ], False
    config = _CONFIG.search(message)
    if config:
        key = config["key"] or config["other"]
        first = message.strip().splitlines()[0]
        return [ProgramError(missing_config(first, key, stack_file), location=location)], True
    module = _MODULE.search(message)
    if module and not module["name"].startswith((".", "/")):
        package = "/".join(module["name"].split("/")[: 2 if module["name"].startswith("@") else 1])
        return [
            ProgramError(
                f"the package `{package}` is not installed; add it with `npm install {package}`", location=location
            )
        ], False
    head = message if entry.get("run") or entry.get("resource") else f"{entry.get('type', 'Error')}: {message}"
    return [ProgramError(f"{head}{_trace(frames)}", location=location)], False


def _trace(frames: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for frame in reversed(frames[:MAX_FRAMES]):
        inside = f", in {frame['function']}" if frame.get("function") and "<anonymous>" not in frame["function"] else ""
        lines.append(f"\n  at {frame['file']}:{frame['line']}{inside}")
    return "".join(lines)


def _died(code: int | None, tail: str) -> str:
    if signalled := killed(code):
        return f"{signalled}{tail}"
    if code == 13:
        return f"the program waits at its top level for a promise that never settles (Node's exit code 13){tail}"
    return f"the program's process ended with exit code {code}, before its resources were registered{tail}"
