"""Why a program failed, in words that name the place, the wrong thing, and the way out.

The description comes from the program's own process (``autopsy.py``); the schema adds what changed between the major
versions of pulumi-aws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from preflight.preview.languages.program import MAX_FRAMES, Ended, Known, hung, killed, missing_config
from preflight.preview.languages.python.migration import argument_hint, name_hint
from preflight.preview.state.graph import Location
from preflight.preview.state.outcome import ProgramError

_ECHOES: Final = ("Exception", "pulumi.errors.RunError")
"""What the SDK raises when the engine refuses a request."""
_NOISE: Final = re.compile(r" at 0x[0-9a-f]+| \(\S+__init__\.py\)$")
"""Object addresses, and the path of the package that an import fails in: neither helps."""


def explain(ended: Ended, known: Known) -> tuple[list[ProgramError], bool]:
    """Say why the program failed; see :class:`preflight.preview.languages.program.Program`."""
    errors = [ProgramError(message.strip(), urn) for message, urn in known.logged]
    if ended.timed_out:
        return [*errors, hung(ended, known.timeout)], False
    report = ended.report
    kind = report.get("kind")
    if kind == "done" and ended.code == 0:
        return errors, False
    if known.errors and report.get("type") in _ECHOES:
        return errors, False
    if not report:
        return [*errors, ProgramError(_died(ended.code))], False
    frames = report.get("frames") or []
    location = Location(frames[-1]["file"], frames[-1]["line"]) if frames else None
    return [*errors, ProgramError(_message(report, known.stack_file), location=location)], kind == "config"


def _died(code: int | None) -> str:
    ended = f"the program's process ended early with exit code {code}, before its resources were registered (os._exit?)"
    return killed(code) or ended


def _message(report: dict[str, Any], stack_file: Path) -> str:
    kind = report.get("kind")
    if kind == "no-sdk":
        return (
            f"the program's Python ({report['executable']}) cannot import pulumi: {report['message']}. "
            f"Install the program's requirements there (pip install -r requirements.txt)"
        )
    if kind == "exit":
        said = f" ({report['message']})" if report.get("message") else ""
        return (
            f"the program called exit{said} before it had finished; resources after that point were not seen"
            f"{_trace(report)}"
        )
    if kind == "config":
        key = report.get("key", "")
        first = str(report.get("message", "")).splitlines()[0]
        return f"{missing_config(first, key, stack_file)}{_trace(report)}"
    head = f"{report.get('type', 'Error')}: {_NOISE.sub('', str(report.get('message', '')))}"
    hint = _hint(report)
    return f"{head}{_trace(report)}{f'{chr(10)}  → {hint}' if hint else ''}"


def _hint(report: dict[str, Any]) -> str:
    kind = report.get("kind")
    near = [str(name) for name in report.get("names") or ()]
    if kind == "argument":
        known = argument_hint(report)
        if known:
            return known
        offered = f"did you mean {_either(near)}?" if near else _offered(report.get("parameters") or [])
        return f"{report['callable']} has no argument `{report['name']}`; {offered}"
    if kind == "missing-argument":
        wanted = ", ".join(f"`{name}`" for name in near)
        return f"{report['callable']} needs {wanted}"
    if kind in ("attribute", "module"):
        known = name_hint(report)
        if known:
            return known
    if kind == "attribute":
        if "Output" in str(report.get("owner")):
            name = report["name"]
            return f"an Output has no `{name}` of its own; read it inside apply: value.apply(lambda v: v.{name})"
        offered = f"; did you mean {_either(near)}?" if near else ""
        return f"{report['owner']} has no `{report['name']}`{offered}"
    if kind == "module":
        if report.get("owner"):
            offered = f"; did you mean {_either(near)}?" if near else ""
            return f"{report['owner']} has no module `{report['name'].rpartition('.')[2]}`{offered}"
        package = report["name"].partition(".")[0]
        return f"install the package that holds `{package}` in the program's environment (requirements.txt)"
    if kind == "json":
        if report.get("name") == "Output":
            return (
                "json.dumps runs before an Output has its value; use pulumi.Output.json_dumps(...), which waits for it"
            )
        return f"json.dumps cannot write a {report.get('name')}; give it plain values, or pulumi.Output.json_dumps(...)"
    return ""


def _either(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _offered(parameters: Sequence[str]) -> str:
    if not parameters:
        return "see its documentation for the arguments that it has"
    shown = ", ".join(sorted(parameters)[:12])
    return f"it has: {shown}{', …' if len(parameters) > 12 else ''}"


def _trace(report: dict[str, Any]) -> str:
    lines = []
    for frame in (report.get("frames") or [])[-MAX_FRAMES:]:
        inside = f", in {frame['function']}" if frame.get("function") and frame["function"] != "<module>" else ""
        lines.append(f"\n  at {frame['file']}:{frame['line']}{inside}")
        if frame.get("text"):
            lines.append(f"\n       {frame['text'].strip()}")
    return "".join(lines)
