"""One cause, one finding: a generic rule is silent where a rule that knows more has said it."""

from __future__ import annotations

from collections.abc import Iterable

from preflight.finding import Certainty, Finding, Kind
from preflight.judging.judge import Status, Verdict
from preflight.rule import Rule


def without_echoes(verdicts: list[Verdict]) -> list[Verdict]:
    """Take the findings of rules that give way out of one resource's verdicts, where another deployment rule is
    certain of a finding at the same path, above or below it.
    """
    giving = [verdict for verdict in verdicts if verdict.rule.gives_way and verdict.findings]
    if giving:
        told = {finding.path for verdict in verdicts for finding in verdict.findings if _counts(verdict.rule, finding)}
        for verdict in giving:
            verdict.findings = [finding for finding in verdict.findings if not _is_told(finding.path, told)]
            if not verdict.findings and verdict.status is Status.FINDING:
                verdict.status = Status.UNDECIDED if verdict.undecided else Status.PASS
    return verdicts


def _counts(rule: Rule, finding: Finding) -> bool:
    certain = (finding.certainty or rule.certainty) is Certainty.CERTAIN
    return (
        rule.kind is Kind.DEPLOYMENT
        and certain
        and not rule.gives_way
        and finding.severity is None
        and finding.path != ""
    )


def _is_told(path: str, told: Iterable[str]) -> bool:
    return any(path == other or _is_below(path, other) or _is_below(other, path) for other in told)


def _is_below(path: str, other: str) -> bool:
    return path.startswith((f"{other}.", f"{other}["))
