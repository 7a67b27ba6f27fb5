"""The errors that end a preview, each with the exit code that the command line gives back."""

from __future__ import annotations

from typing import Final

EXIT_CLEAN: Final = 0
EXIT_FINDINGS: Final = 1
EXIT_USAGE: Final = 2
EXIT_PROGRAM: Final = 3
EXIT_RULE: Final = 4
EXIT_INTERNAL: Final = 70
"""A defect of Preflight's own (EX_SOFTWARE of sysexits.h)."""
EXIT_INTERRUPTED: Final = 130


class PreviewError(Exception):
    """A preview that cannot go on; ``str()`` is one message for people: what, where, what to do."""

    exit_code = EXIT_USAGE


class UsageError(PreviewError):
    """A bad argument, project file, stack file or configuration value."""


class PackError(PreviewError):
    """A policy pack that does not start, or that fails while it judges."""

    exit_code = EXIT_RULE


class PackUsageError(PackError):
    """A policy pack that says that its settings can't be used: it ends with exit code 2 before it serves."""

    exit_code = EXIT_USAGE


class RefusedError(Exception):
    """A program's request that ends the program, as it would under the CLI; ``str()`` is the message."""
