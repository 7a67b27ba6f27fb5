"""One cause, one finding: what a rule that gives way still says beside the others."""

from __future__ import annotations

import pytest

from preflight.finding import Certainty, Finding, Kind, Severity, Undecided
from preflight.judging.echoes import without_echoes
from preflight.judging.judge import Status, Verdict
from preflight.judging.session import Session
from preflight.rule import Rule
from preflight.testing import R
from preflight.testing.requests import analyze_request
from preflight.testing.tables import find_rule

GENERIC = find_rule("aws-values-accepted")
SPECIAL = find_rule("aws-ranges-ordered")


def verdict(rule: Rule, path: str, **weight: object) -> Verdict:
    resource = Session([]).analyze(analyze_request(R("aws:sqs/queue:Queue", "q"), "preview"))[0]
    finding = Finding(resource.urn, resource.type, resource.name, "is wrong", path, **weight)  # type: ignore[arg-type]
    return Verdict(rule, resource, Status.FINDING, [finding])


@pytest.mark.parametrize("path", ["a.b", "a", "a.b[0]", "a.b.c"])
def test_a_special_rule_at_above_or_below_the_property_is_heard_alone(path: str) -> None:
    generic, special = without_echoes([verdict(GENERIC, "a.b"), verdict(SPECIAL, path)])
    assert (generic.status, generic.findings, len(special.findings)) == (Status.PASS, [], 1)


@pytest.mark.parametrize("path", ["a.c", "ab", ""])
def test_elsewhere_both_are_heard(path: str) -> None:
    generic, _ = without_echoes([verdict(GENERIC, "a.b"), verdict(SPECIAL, path)])
    assert len(generic.findings) == 1


@pytest.mark.parametrize("weight", [{"certainty": Certainty.RACE}, {"severity": Severity.LOW}])
def test_a_finding_that_weighs_less_silences_nothing(weight: dict[str, object]) -> None:
    generic, _ = without_echoes([verdict(GENERIC, "a"), verdict(SPECIAL, "a", **weight)])
    assert len(generic.findings) == 1


def test_compliance_and_deployment_are_two_causes() -> None:
    compliance = find_rule("acm-certificate-key-algorithm")
    assert compliance.kind is Kind.COMPLIANCE
    generic, _ = without_echoes([verdict(GENERIC, "a"), verdict(compliance, "a")])
    assert len(generic.findings) == 1


def test_what_was_undecided_stays_so() -> None:
    generic = verdict(GENERIC, "a")
    generic.undecided.append(Undecided("b"))
    assert without_echoes([generic, verdict(SPECIAL, "a")])[0].status is Status.UNDECIDED
