"""What an audit finds in a state is what the pack finds at `pulumi up`: the situations of every rule's table, both ways."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from preflight.fleet.judge import Judge
from preflight.fleet.sources import StateRef
from preflight.fleet.tables import no_rows
from preflight.settings.model import Settings
from preflight.testing.fleet import TODAY, S
from preflight.testing.tables import TABLES, Case, find_rule, verdicts_of

pytestmark = pytest.mark.slow
RULES = Path(__file__).parents[1] / "rules"


def load_tables() -> None:
    for path in sorted(RULES.rglob("test_*.py")):
        name = ".".join(("tests", "rules", *path.relative_to(RULES).with_suffix("").parts))
        if path.name != "test_catalogue.py" and name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, path)
            assert spec is not None
            assert spec.loader is not None
            module = sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)


def comparable(case: Case) -> bool:
    """Whether the situation is one of values alone: a state has no program folder, and keeps fewer options."""
    plain = not (case.parameters or case.prerequisites or case.program_folder or case.environment_region)
    return plain and case.only != "preview" and case.stack == "dev" and not any(r.options_ for r in case.resources)


def test_every_table() -> None:
    load_tables()
    compared, different = 0, []
    for rule_id, cases in sorted(TABLES.items()):
        rule = find_rule(rule_id)
        for case in filter(comparable, cases):
            wanted = sorted(
                (found.name, found.path) for verdict in verdicts_of(rule, case, "up") for found in verdict.findings
            )
            rows = no_rows()
            judge = Judge(Settings(levels={"rules": {rule_id: "advisory"}}), TODAY, rules=[rule])
            judge.one(
                StateRef("t", "t", "t", "program", "dev"), S("program", *case.resources).state().encode(), rows, "", ""
            )
            found = sorted(
                (row["name"], row["path"]) for row in (*rows["findings"], *rows["exempted"]) if row["rule"] == rule_id
            )
            compared += 1
            if found != wanted:
                different.append(
                    f"{rule_id}, {case.title}: {json.dumps(found)} instead of {json.dumps(wanted)} {rows['failures']}"
                )
    assert compared > 2000
    assert different == []
