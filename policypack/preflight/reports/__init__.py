"""Reports: what a preview found, for people and for machines. All formats show one :class:`Report`."""

from __future__ import annotations

from preflight.preview.state.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_PROGRAM, EXIT_RULE, EXIT_USAGE
from preflight.reports.model import SEVERITIES, Report, Run


def exit_code(report: Report, fail_on: str | None = None) -> int:
    """Return the command's exit code: a failed program outweighs a failed rule, that outweighs findings.

    Args:
        report: the runs; the worst of them counts.
        fail_on: a severity: findings of it and above fail, whatever their level; None leaves it to the levels.
    """
    codes = {_of_run(run, fail_on) for run in report.runs}
    return next((code for code in (EXIT_USAGE, EXIT_PROGRAM, EXIT_RULE, EXIT_FINDINGS) if code in codes), EXIT_CLEAN)


def _of_run(run: Run, fail_on: str | None) -> int:
    if run.usage_error:
        return EXIT_USAGE
    if run.errors:
        return EXIT_PROGRAM
    if run.failures:
        return EXIT_RULE
    if fail_on is None:
        return EXIT_FINDINGS if run.blocking else EXIT_CLEAN
    heavy = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return EXIT_FINDINGS if any(item.severity in heavy and not item.known for item in run.findings) else EXIT_CLEAN
