"""Starting the program's process, and waiting for its end."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from preflight.preview.languages.process import Child, start
from preflight.preview.languages.program import (
    FORM_KEY,
    PLACE_KEY,
    SECRETS_KEY,
    Ended,
    Known,
    Order,
    Output,
    Patience,
    wait_for,
    without_config,
)
from preflight.preview.languages.python.explain import explain
from preflight.preview.languages.python.interpreter import interpreter
from preflight.preview.program.project import Project
from preflight.preview.state.outcome import ProgramError
from preflight.serving.protocol import TOKEN_KEY

RUNNER: Final = Path(__file__).with_name("runner.py")
_DUMPED_FRAME: Final = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)')


class PythonProgram:
    """The program's process. It starts importing at once; ``run`` tells it what to run and where its engine is."""

    needs_schemas = False
    carries_token = True

    def __init__(self, project: Project, scratch: Path, on_output: Callable[[str], None]) -> None:
        self._project = project
        self._report_file = scratch / "report.json"
        self._stack_file = scratch / "stack.txt"
        found = interpreter(project.root, project.options, what=str(project.file))
        self.notes: Sequence[str] = [found.note] if found.note else []
        self.output = Output(on_output)
        environment = without_config(found.environment)
        environment["PYTHONUNBUFFERED"] = "1"
        self._child: Child = start([found.executable, str(RUNNER)], cwd=project.program_folder, env=environment)
        for stream in ("stdout", "stderr"):
            self._child.drain(stream, self.output.add)

    def run(self, order: Order) -> None:
        """Tell the process to run the program against the engine."""
        document = {
            "monitor": order.address,
            "engine": order.address,
            "organization": order.organization,
            "project": self._project.name,
            "stack": order.stack,
            "root": str(self._project.root),
            "folder": str(self._project.program_folder),
            "entry": self._project.entry,
            "config": dict(order.config),
            "secret_keys": sorted(order.secret_keys),
            "report_file": str(self._report_file),
            "stack_file": str(self._stack_file),
            "form_key": FORM_KEY,
            "place_key": PLACE_KEY,
            "secrets_key": SECRETS_KEY,
            "token": [TOKEN_KEY, order.token],
            "allow_network": order.allow_network,
        }
        assert self._child.process.stdin is not None
        try:
            self._child.process.stdin.write(json.dumps(document).encode() + b"\n")
            self._child.process.stdin.close()
        except BrokenPipeError:
            return  # It ended already; `wait` tells how.

    def wait(self, patience: Patience) -> Ended:
        """Wait for the end, as long as there is patience."""
        code, late = wait_for(self._child, patience)
        if late:
            where = self._where()
            self._child.stop()
            return Ended(hung_at=where, timed_out=True)
        if code is None:
            self._child.stop()
        self._child.wait_output()
        self._child.stop(0)
        try:
            report = json.loads(self._report_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            report = {}
        return Ended(report if isinstance(report, dict) else {}, code)

    def _where(self) -> tuple[str, int] | None:
        """Ask the process for its stack, and return the innermost line of the program itself."""
        if not hasattr(signal, "SIGUSR1") or not self._stack_file.exists():
            return None
        self._child.process.send_signal(signal.SIGUSR1)
        until = time.monotonic() + 1
        while time.monotonic() < until:
            for line in self._stack_file.read_text(encoding="utf-8", errors="replace").splitlines():
                match = _DUMPED_FRAME.match(line)
                if (
                    match
                    and Path(match["file"]).resolve().is_relative_to(self._project.root)
                    and "site-packages" not in line
                ):
                    return match["file"], int(match["line"])
            time.sleep(0.02)
        return None

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._child.stop()

    def explain(self, ended: Ended, known: Known) -> tuple[list[ProgramError], bool]:
        """Say why the program failed; see :class:`preflight.preview.languages.program.Program`."""
        return explain(ended, known)
