"""Child processes that leave nothing behind: each in its own process group, its output read line by line.

A child ends with the engine, even where that is killed (Linux). What a child starts in a session of its own still
carries the mark of the run in its environment, by which it is found and ended; what a killed run has left, the next run
finds and ends.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Final

from preflight.preview.state.errors import UsageError

MAX_LINE_BYTES: Final = 16_384
MAX_LINES: Final = 400
TAIL_LINES: Final = 25
_POSIX: Final = sys.platform != "win32"
_PROCESSES: Final = Path("/proc")
LEASH: Final = Path(__file__).with_name("leash.py")
MARK: Final = "PREFLIGHT_RUN"
"""The variable that all processes of a run inherit: the run's scratch folder."""

_mark: ContextVar[str] = ContextVar("preflight_run", default="")


class OutputLines:
    """The last lines that a child printed, decoded and without control characters."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=MAX_LINES)
        self._lock = threading.Lock()

    def add(self, line: str) -> None:
        """Keep one line."""
        with self._lock:
            self._lines.append(line)

    def lines(self) -> list[str]:
        """Return the lines kept."""
        with self._lock:
            return list(self._lines)

    def tail(self) -> str:
        """Return the last lines, indented, to stand below a message; empty when nothing was printed."""
        lines = self.lines()[-TAIL_LINES:]
        return "".join(f"\n    {line}" for line in lines)


def clean(raw: bytes) -> str:
    """Decode a line of output and drop control characters, which could rewrite the terminal."""
    text = raw.decode("utf-8", errors="replace").rstrip("\r\n")
    return "".join(character for character in text if character == "\t" or character.isprintable())


class Child:
    """A running child process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._threads: list[threading.Thread] = []

    def drain(self, stream: str, keep: Callable[[str], None]) -> None:
        """Read ``stdout`` or ``stderr`` to its end in the background, giving each line to ``keep``."""
        source: IO[bytes] | None = getattr(self.process, stream)
        assert source is not None
        thread = threading.Thread(target=_read_lines, args=(source, keep), daemon=True)
        thread.start()
        self._threads.append(thread)

    def first_line(self, seconds: float) -> str | None:
        """Return the first line of standard output; None when the child ends, or prints nothing for so long."""
        found: list[str] = []

        def read() -> None:
            assert self.process.stdout is not None
            line = self.process.stdout.readline(MAX_LINE_BYTES)
            if line:
                found.append(clean(line))

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        thread.join(seconds)
        return found[0] if found else None

    def wait_output(self, seconds: float = 2.0) -> None:
        """Wait until the streams that are drained have ended."""
        for thread in self._threads:
            thread.join(seconds)

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for the exit code; None when the time is over first."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def signal(self, number: int) -> None:
        """Send a signal to the child and all that it started."""
        try:
            if _POSIX:
                os.killpg(self.process.pid, number)
            else:
                self.process.terminate()
        except (ProcessLookupError, PermissionError):
            return

    def stop(self, seconds: float = 1.0) -> None:
        """End the child and its descendants: politely, then not."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            self.wait(seconds)
        # Descendants may have outlived the child in its group.
        self.signal(signal.SIGKILL if _POSIX else signal.SIGTERM)
        self.wait(seconds)
        for thread in self._threads:
            thread.join(0.2)


def start(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: int = subprocess.PIPE) -> Child:
    """Start a child in a process group of its own, with its output piped.

    Raises:
        UsageError: it can't be started.
    """
    try:
        process = subprocess.Popen(
            list(command),
            cwd=cwd,
            env={**env, MARK: _mark.get()},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=_POSIX,
        )
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno == errno.E2BIG:
            why = "the configuration is longer than the system passes to a process; shorten its longest value"
        raise UsageError(f"{command[0]}: can't be started: {why}") from error
    return Child(process)


def leashed(command: Sequence[str]) -> list[str]:
    """Return a command that ends with the engine; Python processes of ours see to that themselves."""
    if not sys.platform.startswith("linux"):
        return list(command)
    return [sys.executable, "-I", "-S", str(LEASH), *command]


@contextmanager
def marked(scratch: Path) -> Iterator[None]:
    """Mark all processes that are started inside with their run's scratch folder, and end them all behind it."""
    (scratch / _OWNER).write_text(str(os.getpid()))
    token = _mark.set(str(scratch))
    try:
        yield
    finally:
        _mark.reset(token)
        sweep(scratch)


_OWNER: Final = "owner"
_MOST_STALE: Final = 20


def sweep(scratch: Path) -> None:
    """End every process that carries the mark of a run."""
    sought = f"{MARK}={scratch}".encode()
    for process in _PROCESSES.glob("[0-9]*") if _PROCESSES.is_dir() else ():
        with suppress(OSError):
            if sought in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def sweep_stale(scratch: Path) -> None:
    """End what runs have left that were killed themselves, and remove their scratch folders.

    Args:
        scratch: this run's folder; those of other runs are beside it.
    """
    found = (folder for folder in scratch.parent.glob(f"{scratch.name.partition('-')[0]}-*") if folder != scratch)
    for folder, _ in zip(found, range(_MOST_STALE), strict=False):
        with suppress(OSError, ValueError):
            if _POSIX and folder.stat().st_uid == os.getuid() and not _is_running(int((folder / _OWNER).read_text())):
                sweep(folder)
                shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _read_lines(source: IO[bytes], keep: Callable[[str], None]) -> None:
    while True:
        try:
            line = source.readline(MAX_LINE_BYTES)
        except (OSError, ValueError):
            return
        if not line:
            return
        keep(clean(line))
