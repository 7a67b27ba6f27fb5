"""How a rule's remediation is tested: remediate, then pass, then nothing more to fix."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from preflight.judging.judge import Status, defaults
from preflight.judging.session import Session
from preflight.testing.program import R
from preflight.testing.requests import analyze_request
from preflight.testing.tables import Case, find_rule, verdicts_of


def remedied(rule_id: str, subject: R) -> R | None:
    """The resource with what the rule's remediation sets, None when there is nothing to fix; the subject stays."""
    rule = find_rule(rule_id)
    assert rule.remediation is not None, f"{rule_id} has no remediation"
    resource = Session([rule]).resource(analyze_request(subject, "preview"))
    changes = rule.remediation(resource, defaults(rule)) if rule.takes_parameters else rule.remediation(resource)
    if changes is None:
        return None
    properties = copy.deepcopy(subject.properties_)
    for path, value in changes.items():
        _put(properties, path, value)
    return R(subject.type_, subject.name_, provider=subject.provider_, **properties)


def remediates(rule_id: str, subject: R) -> Mapping[str, Any]:
    """Check that a remediation fixes a finding, once and for all; the properties that the resource has then."""
    rule = find_rule(rule_id)

    def status(resource: R) -> Status:
        return verdicts_of(rule, Case(Status.PASS, "", (resource,)), "preview")[0].status

    assert status(subject) is Status.FINDING
    better = remedied(rule_id, subject)
    assert better is not None
    assert status(better) is Status.PASS
    assert remedied(rule_id, better) is None
    return better.properties_


def _put(properties: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for step in above:
        properties = properties.setdefault(step, {})
    properties[last] = value
