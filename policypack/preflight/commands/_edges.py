"""The outermost edge of the command line: what nobody below has dealt with ends as one line and a code of its own."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

import click

from preflight.preview.state.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE


def run(command: click.Command, *, debug: bool) -> None:
    """Run a command line to its end; does not return.

    Args:
        command: the group of all commands.
        debug: whether a failure of ours shows its traceback.
    """
    _escape_what_cannot_be_encoded()
    try:
        os.getcwd()
    except OSError:
        _say("error: the working folder does not exist any more; go to one that does")
        _end(EXIT_USAGE)
    try:
        answered = command.main(prog_name="preflight", standalone_mode=False)
    except click.Abort:  # click makes it of Ctrl-C as well
        _say("interrupted")
        _end(EXIT_INTERRUPTED)
    except click.ClickException as error:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            error.show()
        _end(error.exit_code)
    except Exception as error:
        if debug:
            raise
        text = f"{type(error).__name__}: {error}".strip(": ").splitlines()[0]
        _say(f"error: preflight itself failed: {text}; `preflight --debug …` shows where, please report it")
        _end(EXIT_INTERNAL)
    _end(answered if isinstance(answered, int) else 0)


@contextlib.contextmanager
def read_enough() -> Iterator[None]:
    """Around a command, below click, which makes exit code 1 of it, that of findings: a reader that has gone."""
    try:
        yield
    except BrokenPipeError:
        _silence()


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Around what writes a report to standard output: a reader that has gone is no failure, a full disk is one."""
    if sys.stdout is None:
        sys.stdout = io.StringIO()
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        _say(f"error: standard output can't be written: {error.strerror or error}")
        _end(EXIT_USAGE)


def _silence() -> None:
    """Let what is still buffered go nowhere: Python writes it out at its end, and would complain then."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _end(code: int) -> None:
    with contextlib.suppress(AttributeError):
        try:
            sys.stdout.flush()
        except (OSError, ValueError):
            _silence()
    sys.exit(code)


def _escape_what_cannot_be_encoded() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
