"""Reports: what a preview found, for people and for machines."""

from __future__ import annotations

from preflight.preview.state.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_PROGRAM, EXIT_RULE, EXIT_USAGE
from preflight.preview.state.outcome import Outcome


def exit_code(outcome: Outcome) -> int:
    """Return the command's exit code: a failed program outweighs a failed rule, that outweighs findings."""
    if outcome.usage_error:
        return EXIT_USAGE
    if outcome.errors:
        return EXIT_PROGRAM
    if outcome.failures:
        return EXIT_RULE
    mandatory = any(finding["level"] == "mandatory" for finding in outcome.findings)
    return EXIT_FINDINGS if mandatory else EXIT_CLEAN
