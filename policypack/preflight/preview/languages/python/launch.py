"""Starting the program's process, and waiting for its end."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from preflight.preview.languages.process import Child, OutputLines, start
from preflight.preview.languages.python.interpreter import Interpreter
from preflight.preview.program.project import Project

RUNNER: Final = Path(__file__).with_name("runner.py")
MAX_SHOWN_LINES: Final = 200
_DUMPED_FRAME: Final = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)')


@dataclass(frozen=True)
class Ended:
    """How a program ended: its report (see ``runner.py``), exit code, and where it hung if the time was over."""

    report: dict[str, Any]
    code: int | None
    hung_at: tuple[str, int] | None = None
    timed_out: bool = False


class Program:
    """The program's process. It starts importing at once; ``run`` tells it what to run and where its engine is."""

    def __init__(
        self, project: Project, interpreter: Interpreter, scratch: Path, on_output: Callable[[str], None]
    ) -> None:
        self._project = project
        self._report_file = scratch / "report.json"
        self._stack_file = scratch / "stack.txt"
        self._on_output = on_output
        self._shown = 0
        self.output = OutputLines()
        environment = {
            key: value for key, value in interpreter.environment.items() if not key.startswith("PULUMI_CONFIG")
        }
        environment["PYTHONUNBUFFERED"] = "1"
        self._child: Child = start([interpreter.executable, str(RUNNER)], cwd=project.program_folder, env=environment)
        for stream in ("stdout", "stderr"):
            self._child.drain(stream, self._keep)

    def _keep(self, line: str) -> None:
        self.output.add(line)
        self._shown += 1
        if self._shown <= MAX_SHOWN_LINES:
            self._on_output(line)
        elif self._shown == MAX_SHOWN_LINES + 1:
            self._on_output("… the program prints more; the rest is not shown")

    def run(
        self, *, address: str, organization: str, stack: str, config: Mapping[str, str], secret_keys: set[str]
    ) -> None:
        """Tell the process to run the program against the engine at ``address``."""
        order = {
            "monitor": address,
            "engine": address,
            "organization": organization,
            "project": self._project.name,
            "stack": stack,
            "root": str(self._project.root),
            "folder": str(self._project.program_folder),
            "entry": self._project.entry,
            "config": dict(config),
            "secret_keys": sorted(secret_keys),
            "report_file": str(self._report_file),
            "stack_file": str(self._stack_file),
        }
        assert self._child.process.stdin is not None
        try:
            self._child.process.stdin.write(json.dumps(order).encode() + b"\n")
            self._child.process.stdin.close()
        except BrokenPipeError:
            return  # It ended already; `wait` tells how.

    def wait(self, seconds: float | None, stopped: Callable[[], bool]) -> Ended:
        """Wait for the end, at most so many seconds; earlier when ``stopped`` says that nothing more can come of it."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while (code := self._child.wait(0.02)) is None:
            if stopped():
                self._child.stop()
                break
            if deadline is not None and time.monotonic() > deadline:
                where = self._where()
                self._child.stop()
                return Ended({}, None, where, timed_out=True)
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
