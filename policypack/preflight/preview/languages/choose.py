"""Which mechanism runs a program: its language's own, or the language host that is installed for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from preflight.preview.languages.host.launch import HostProgram
from preflight.preview.languages.nodejs.launch import NodeProgram
from preflight.preview.languages.program import Program
from preflight.preview.languages.python.launch import PythonProgram
from preflight.preview.program.project import Project


def start(project: Project, scratch: Path, on_output: Callable[[str], None]) -> Program:
    """Start a program's process, as far as it can go without an engine.

    Raises:
        UsageError: when the machine or the project lacks what the language needs.
    """
    if project.runtime == "python":
        return PythonProgram(project, scratch, on_output)
    if project.runtime == "nodejs":
        return NodeProgram(project, scratch, on_output)
    return HostProgram(project, on_output)
