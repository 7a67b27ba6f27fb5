"""What a pack can tell of the program that it judges: where it runs, and its language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from preflight.judging.spelling import Language
from preflight.serving.protocol import PROGRAM_FOLDER, PROGRAM_RUNTIME

_MAIN: Final = re.compile(r"^main:", re.MULTILINE)
_RUNTIME: Final = re.compile(r"^runtime:[ \t]*([^\n]*\n(?:[ \t}][^\n]*\n?)*)", re.MULTILINE)
_NAME: Final = re.compile(r"""\bname:[ \t]*["']?([\w-]+)""")


def program_folder(environment: Mapping[str, str]) -> Path | None:
    """Return the folder in which the program runs: told by Preflight's own engine, else that of a project in a working
    folder whose program is not elsewhere; None where neither says.
    """
    told = environment.get(PROGRAM_FOLDER)
    if told:
        return Path(told)
    file = _project_file(environment)
    return file.parent if file is not None and not _MAIN.search(_text(file)) else None


def program_language(environment: Mapping[str, str]) -> Language:
    """Return the program's language: told by Preflight's own engine, else that of a project in a working folder."""
    told = environment.get(PROGRAM_RUNTIME)
    if told:
        return Language.of(told)
    file = _project_file(environment)
    runtime = _RUNTIME.search(_text(file) + "\n") if file is not None else None
    if runtime is None:
        return Language.UNKNOWN
    named = _NAME.search(runtime[1])
    return Language.of(named[1] if named else runtime[1].split("#")[0].strip().strip("\"'"))


def _project_file(environment: Mapping[str, str]) -> Path | None:
    """The Pulumi CLI starts a pack in the pack's folder; the shell's working folder, PWD, is the program's."""
    folders = (Path.cwd(), Path(environment.get("PWD") or "."))
    files = (folder / name for folder in folders for name in ("Pulumi.yaml", "Pulumi.yml"))
    return next((file for file in files if file.is_file()), None)


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace")
