"""How a rule is tested: a table of named situations with exact verdicts, judged as in production.

Each situation is a small program. Its resources become real AnalyzeRequests and an AnalyzeStackRequest, which go
through :class:`preflight.judging.session.Session`, the pack's own decode-and-dispatch path. It is judged twice:

- at *preview*, where what a resource will only have once it exists (``key.arn``) is unknown, and known by dependency;
- at *up*, where the same reference is a known value.

::

    KEY = R("aws:kms/key:Key", "key")

    test_group_encrypted = table(
        "logs-group-encrypted",
        passes("a key of the program", R("aws:cloudwatch/logGroup:LogGroup", "logs", kmsKeyId=KEY.arn), KEY),
        fails("no key", R("aws:cloudwatch/logGroup:LogGroup", "logs"), at="kmsKeyId", says="KMS"),
        undecided("an unknown key", R("aws:cloudwatch/logGroup:LogGroup", "logs", kmsKeyId=UNKNOWN), at="kmsKeyId"),
    )
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest

from preflight import rules
from preflight.finding import Severity
from preflight.judging.judge import Status, Verdict, defaults
from preflight.judging.session import Session
from preflight.rule import Rule
from preflight.testing.program import Mode, R, mentioned
from preflight.testing.requests import analyze_request, analyze_stack_request

MessageCheck = Callable[[str], Iterator[str]]
"""Takes a finding's message and gives what is wrong with it, one short sentence each."""

message_checks: Final[list[MessageCheck]] = []
"""Checks that every message of a failing situation must pass; a pack's conftest.py may append its own house style."""


@dataclass(frozen=True)
class Case:
    """One situation and the verdict it must get; use passes, fails, undecided, not_applicable to make one."""

    status: Status
    title: str
    resources: tuple[R, ...]
    at: str | None = None
    says: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    severity: Severity | None = None
    also_undecided: bool = False
    only: Mode | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prerequisites: frozenset[str] = frozenset()
    stack: str = "dev"
    environment_region: str | None = None
    program_folder: Path | None = None

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes in which it is judged."""
        return (self.only,) if self.only else ("preview", "up")


def _words(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def passes(title: str, *resources: R, **options: Any) -> Case:
    """A situation with no finding and nothing undecided, on any resource."""
    return Case(Status.PASS, title, resources, **options)


def fails(
    title: str, *resources: R, says: str | Sequence[str] = (), on: str | Sequence[str] = (), **options: Any
) -> Case:
    """A situation with exactly one finding on each resource named by ``on`` (the first resource unless said).

    ``at`` is the finding's exact path, ``says`` texts that its message holds, ``severity`` what the finding weighs.
    """
    names = _words(on) or (resources[0].name_,)
    return Case(Status.FINDING, title, resources, says=_words(says), on=names, **options)


def undecided(title: str, *resources: R, **options: Any) -> Case:
    """A situation with no finding that can't be judged (at preview, unless ``only`` says otherwise)."""
    options.setdefault("only", "preview")
    return Case(Status.UNDECIDED, title, resources, **options)


def not_applicable(title: str, *resources: R, **options: Any) -> Case:
    """A situation that the rule says it has nothing to judge in."""
    return Case(Status.NOT_APPLICABLE, title, resources, **options)


TABLES: dict[str, tuple[Case, ...]] = {}
_OWN: Final[dict[str, Rule]] = {}


def table(rule: str | Rule, *cases: Case, given: Sequence[R] = ()) -> Callable[..., None]:
    """Make the test of a rule (one of Preflight's by its id, one of your own as it is).

    Args:
        rule: the rule.
        cases: its situations.
        given: resources that belong to each situation that refers to them.

    Raises:
        AssertionError: no situation passes or none fails, two have one title, one expects a finding on a resource that
            is not in it, or one refers to a resource that is not in it, so that its verdict would mean nothing.
    """
    rule_id = rule if isinstance(rule, str) else rule.id
    if isinstance(rule, Rule):
        _OWN[rule_id] = rule
    statuses = {case.status for case in cases}
    assert {Status.PASS, Status.FINDING} <= statuses, f"{rule_id}: a table needs a passing and a failing situation"
    titles = [case.title for case in cases]
    assert len(set(titles)) == len(titles), f"{rule_id}: two situations have the same title"
    cases = tuple(_with_given(case, given) for case in cases)
    for case in cases:
        _complete(rule_id, case)
    TABLES[rule_id] = cases
    params = [pytest.param(case, mode, id=f"{case.title} [{mode}]") for case in cases for mode in case.modes]

    @pytest.mark.parametrize(("case", "mode"), params)
    def run(case: Case, mode: Mode) -> None:
        check(rule_id, case, mode)

    return run


def _complete(rule_id: str, case: Case) -> None:
    names = {resource.name_ for resource in case.resources}
    missing = sorted(set(case.on) - names)
    assert not missing, f"{rule_id}, {case.title!r}: on={', '.join(missing)} names no resource of the situation"
    there = {resource.urn for resource in case.resources}
    lost = sorted({found.name_ for found in _referred(case.resources) if found.urn not in there})
    assert not lost, (
        f"{rule_id}, {case.title!r}: refers to {', '.join(lost)}, which the situation lacks; add the resource, or give "
        "it to the table (given=[…])"
    )


def _with_given(case: Case, given: Sequence[R]) -> Case:
    """The situation with those of the given resources that it refers to, directly or through one of them."""
    resources = case.resources
    while True:
        wanted = {found.urn for found in _referred(resources)} - {resource.urn for resource in resources}
        more = tuple(found for found in given if found.urn in wanted)
        if not more:
            return replace(case, resources=resources)
        resources = (*resources, *more)


def _referred(resources: Sequence[R]) -> list[R]:
    """The resources that others refer to: in a property, as what they wait for, or as their parent."""
    found: list[R] = []
    for resource in resources:
        found += mentioned(resource.properties_)
        found += resource.depends_on_
        found += [resource.parent_] if resource.parent_ is not None else []
    return found


def find_rule(rule_id: str) -> Rule:
    """The rule with this id."""
    found = _OWN.get(rule_id) or next((r for r in rules.load(rule_id.partition("-")[0]) if r.id == rule_id), None)
    assert found is not None, (
        f"there is no rule {rule_id}; `preflight rules` lists all, and your own are passed as they are"
    )
    return found


def check(rule_id: str, case: Case, mode: Mode) -> None:
    """Judge one situation in one mode and compare."""
    verdicts = verdicts_of(find_rule(rule_id), case, mode)
    failures = [str(verdict.failure) for verdict in verdicts if verdict.failure]
    assert not failures, failures
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    unknowns = [unknown for verdict in verdicts for unknown in verdict.undecided]
    shown = [f"{finding.name} at {finding.path!r}: {finding.message}" for finding in findings]
    told = [f"{unknown.urn.rpartition('::')[2]}: {unknown}" for unknown in unknowns]
    if case.status is Status.FINDING:
        assert sorted(finding.name for finding in findings) == sorted(case.on), (shown, told)
        for finding in findings:
            wrong = [problem for check_message in message_checks for problem in check_message(finding.message)]
            assert not wrong, f"{finding.message!r}: {'; '.join(wrong)}"
            if case.at is not None:
                assert finding.path == case.at, shown
            for text in case.says:
                assert text in finding.message, shown
            assert finding.severity == case.severity, (finding.severity, shown)
        assert case.also_undecided or not unknowns, told
        return
    assert not findings, shown
    if case.status is Status.UNDECIDED:
        assert unknowns, "nothing is undecided"
        if case.at is not None:
            assert case.at in [unknown.path for unknown in unknowns], told
        return
    assert not unknowns, told
    if case.status is Status.NOT_APPLICABLE:
        assert any(verdict.status is Status.NOT_APPLICABLE for verdict in verdicts)
    else:
        assert all(verdict.status in (Status.PASS, Status.NOT_APPLICABLE) for verdict in verdicts)


def verdicts_of(rule: Rule, case: Case, mode: Mode) -> list[Verdict]:
    """What a rule says of a situation."""
    session = Session(
        [rule],
        parameters_of=lambda found: {**defaults(found), **case.parameters},
        environment_region=case.environment_region,
    )
    session.prerequisites = case.prerequisites
    session.stack_name = case.stack
    session.program_folder = case.program_folder
    verdicts: list[Verdict] = []
    for resource in case.resources:
        verdicts += session.analyze(analyze_request(resource, mode))[1]
    verdicts += session.analyze_stack(analyze_stack_request(case.resources, mode))[1]
    return verdicts
