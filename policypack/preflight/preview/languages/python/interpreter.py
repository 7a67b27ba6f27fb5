"""Which Python interpreter runs a program or a policy pack."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from preflight.nearest import did_you_mean
from preflight.preview.state.errors import UsageError

TOOLCHAINS: Final = ("pip", "poetry", "uv")


@dataclass(frozen=True)
class Interpreter:
    """A Python interpreter, and the environment variables that make it the active one."""

    executable: str
    environment: Mapping[str, str]
    note: str | None = None


def interpreter(root: Path, options: Mapping[str, Any], *, what: str) -> Interpreter:
    """Find the interpreter that the runtime options ask for, else the current one (with a note if that is a fallback).

    ``options`` are ``toolchain`` (pip, poetry, uv) and ``virtualenv``; ``what`` names their file in the note.

    Raises:
        UsageError: for a toolchain that Pulumi does not know.
    """
    toolchain = str(options.get("toolchain") or "pip").lower()
    if toolchain not in TOOLCHAINS:
        raise UsageError(
            f"{what}: there is no toolchain '{toolchain}'{did_you_mean(toolchain, TOOLCHAINS)}; "
            f"Pulumi knows {', '.join(TOOLCHAINS)}"
        )
    wanted = options.get("virtualenv")
    if toolchain == "poetry":
        folder = _poetry_environment(root)
    elif toolchain == "uv":
        folder = _uv_environment(root, str(wanted) if wanted else ".venv")
    elif wanted:
        folder = root / str(wanted)
    else:
        return Interpreter(sys.executable, dict(os.environ))
    executable = _executable(folder) if folder is not None else None
    if folder is None or executable is None:
        asked = f"virtualenv `{wanted}`" if wanted else f"{toolchain} environment"
        return Interpreter(
            sys.executable,
            dict(os.environ),
            f"{what} asks for the {asked}, which does not exist (pulumi install creates it); "
            f"used {sys.executable} instead",
        )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONHOME"}
    environment["VIRTUAL_ENV"] = str(folder)
    environment["PATH"] = os.pathsep.join((str(executable.parent), environment.get("PATH", "")))
    return Interpreter(str(executable), environment)


def _executable(folder: Path) -> Path | None:
    for name in ("bin/python", "bin/python3", "Scripts/python.exe"):
        if (folder / name).exists():
            return folder / name
    return None


def _uv_environment(root: Path, name: str) -> Path | None:
    """Find uv's environment: one per workspace, beside the nearest ``uv.lock`` at or above the root."""
    for parent in (root, *root.parents):
        if (parent / name / "pyvenv.cfg").is_file():
            return parent / name
        if (parent / "uv.lock").is_file():
            break
    return None


def _poetry_environment(root: Path) -> Path | None:
    if (root / ".venv" / "pyvenv.cfg").is_file():
        return root / ".venv"
    try:
        answer = subprocess.run(
            ["poetry", "env", "info", "--path"], cwd=root, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    path = answer.stdout.strip()
    return Path(path) if answer.returncode == 0 and path else None
