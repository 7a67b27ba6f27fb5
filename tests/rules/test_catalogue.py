"""The pack as a whole: the ids that must exist, a table for every rule, and names that the provider knows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from preflight import frameworks, rules
from preflight.facts import schema
from preflight.judging.judge import Status
from preflight.rule import ALL_AWS, Rule
from preflight.testing.tables import TABLES

HERE = Path(__file__).parent
ALL = rules.load()


@pytest.fixture(scope="module", autouse=True)
def _tables() -> None:
    """Import every table, in a worker that has not run them all too."""
    for path in sorted(HERE.rglob("test_*.py")):
        name = ".".join(("tests", "rules", *path.relative_to(HERE).with_suffix("").parts))
        if path.name == "test_catalogue.py" or name in sys.modules:
            continue
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)


@pytest.mark.parametrize("catalogue", ["deployment", "compliance"])
def test_every_tier_1_row_has_its_rule(catalogue: str) -> None:
    wanted = set((HERE / f"tier1_{catalogue}.txt").read_text().split())
    present = {name for rule in ALL for name in (rule.id, *rule.formerly)}
    assert wanted - present == set()


def test_every_rule_fires_and_passes_in_its_table() -> None:
    """The tables assert each verdict; here, that no rule is without one."""
    assert {rule.id for rule in ALL} - set(TABLES) == set()
    for rule in ALL:
        assert {Status.PASS, Status.FINDING} <= {case.status for case in TABLES[rule.id]}, rule.id


def test_every_failing_situation_checks_what_a_reader_sees() -> None:
    """Its path or its words: that a rule fails says nothing of what it says."""
    silent = [
        (rule_id, case.title)
        for rule_id, cases in TABLES.items()
        for case in cases
        if case.status is Status.FINDING and case.at is None and not case.says
    ]
    assert silent == []


def test_tables_are_of_rules_that_exist() -> None:
    assert set(TABLES) - {rule.id for rule in ALL} == set()


def test_rules_can_be_undecided() -> None:
    """Every rule has a situation with an unknown, judged undecided or still decided; never a guess."""
    without = [
        rule.id
        for rule in ALL
        if not any(
            case.status is Status.UNDECIDED or "unknown" in case.title or "not known" in case.title
            for case in TABLES[rule.id]
        )
    ]
    # A rule that only asks for presence, or for nothing of the resource, has nothing that could be unknown.
    assert len(without) <= len(ALL) // 12, without


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_types_and_controls_exist(rule: Rule) -> None:
    for token in rule.types:
        if token != ALL_AWS:
            assert schema.resource(token, 7) or schema.resource(token, 6), f"no such type: {token}"
    for framework, numbers in rule.controls.items():
        for number in numbers:
            assert number in frameworks.FRAMEWORKS[framework].controls, f"{framework} has no control {number}"


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_pages_are_complete_sentences(rule: Rule) -> None:
    for text in (rule.title, rule.why, rule.fix):
        first = text.split()[0]
        assert first[0].isupper() or not first.islower() or not first.isalpha(), f"{text} begins in lower case"
        assert text.endswith((".", ")", ":", "!")), text
    assert rule.source, "the page names no source"
