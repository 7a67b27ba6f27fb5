"""The constraints against the rules: random properties of the tables, judged as in production."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from preflight.facts import constraints, schema
from preflight.facts.generate import _asking
from preflight.facts.generate.packages import PINS
from preflight.judging.session import Session
from preflight.testing import R
from preflight.testing.requests import analyze_request
from preflight.testing.tables import find_rule

BUDGET_BYTES = 1_200_000
SESSION = Session([find_rule("aws-values-accepted")])
ROWS = [(token, path, row) for token in constraints.tokens() for path, row in constraints.of(token).rows.items()]  # type: ignore[union-attr]


def judged(token: str, path: str, value: Any) -> list[str]:
    """The messages about one value at a path, through the pack's own way from a request to verdicts."""
    for step in reversed(path.split(".")):
        value = {step: value}
    resource = R(token, "x")
    resource.properties_.update(value)  # some are named as options are
    verdicts = SESSION.analyze(analyze_request(resource, "preview"))[1]
    assert not [verdict.failure for verdict in verdicts if verdict.failure]
    return [finding.message for verdict in verdicts for finding in verdict.findings]


def accepted(row: constraints.Row) -> list[Any]:
    """Values that the table says are accepted."""
    if "e" in row:
        return list(row["e"])
    if "n" in row:
        return [bound for bound in row["n"] if bound is not None]
    if "l" in row and not {"p", "f", "c", "w"} & row.keys():
        return ["a" * bound for bound in row["l"] if bound]
    return list(_asking.SAMPLES.get(row.get("f", ""), ()))[:1]


def refused(row: constraints.Row) -> list[Any]:
    """Values near what is accepted that the table says are not."""
    if "e" in row:
        near = [change for value in row["e"] for change in (f"{value} ", f"{value}s", f"x{value}")]
        known = {value.lower() for value in row["e"]}
        return [value for value in near if value.lower() not in known]
    if "n" in row:
        low, high = row["n"]
        return [number for number in (low and low - 1, high and high + 1) if number is not None and number != 0]
    if "l" in row and row["l"][1] is not None:
        return ["a" * (row["l"][1] + 1)]
    return [_asking.GARBAGE] if "f" in row else []


@pytest.mark.parametrize("seed", range(24))
def test_random_properties_are_judged_as_the_table_says(seed: int) -> None:
    draw = random.Random(seed)
    for token, path, row in draw.sample(ROWS, 60):
        good, bad = accepted(row), refused(row)
        for value in draw.sample(good, min(3, len(good))):
            assert not judged(token, path, value), (token, path, value)
        for value in draw.sample(bad, min(3, len(bad))):
            assert len(judged(token, path, value)) == 1, (token, path, value)


def test_every_path_is_one_that_the_type_has() -> None:
    for token, path, _ in ROWS:
        described = [found for found in (schema.resource(token, 7), schema.resource(token, 6)) if found is not None]
        assert any(path.partition(".")[0] in found.inputs for found in described), (token, path)


def test_the_tables_stay_within_their_budget_and_name_their_sources() -> None:
    assert sum(path.stat().st_size for path in constraints.FOLDER.iterdir()) < BUDGET_BYTES
    pinned = {(pin.name, pin.version, pin.date) for pin in PINS}
    named = {(source.package, source.version, source.date) for source in constraints.sources()}
    assert {package for package, _, _ in named} == {"terraform-provider-aws", "pulumi-aws", "botocore", "cfn-lint"}
    assert {row for row in named if row[0] in ("botocore", "cfn-lint")} <= pinned
    assert json.loads((constraints.FOLDER / "index.json").read_text(encoding="utf-8"))["rows"]["values"] > 1000


def test_a_service_without_a_file_has_no_constraints() -> None:
    assert constraints.of("aws:nothing/thing:Thing") is None
    assert constraints.of("aws:index:Thing") is None


@pytest.mark.parametrize(
    ("row", "value", "kind"),
    [
        ({"e": ["a", "B"]}, "A", "values"), ({"e": ["a"], "i": 1}, "A", None), ({"e": ["a"]}, "", None),
        ({"e": ["a"], "z": 1}, "", "values"), ({"e": ["0", "5"]}, 5.0, None), ({"e": ["0", "5"]}, 6, "values"),
        ({"n": [1, None]}, 0, "range"), ({"n": [None, 3]}, "4", "range"), ({"n": [1, 3]}, "no", None),
        ({"l": [2, 3]}, "é", None), ({"l": [2, 3]}, "éééé", "length"), ({"l": [2, None]}, "a", "length"),
        ({"p": ["^a+$", "^b$"]}, "b", None), ({"p": ["^a+$"]}, "c", "pattern"), ({"c": ["!", "-", ""]}, "-a", "characters"),
        ({"f": "arn"}, "arn:aws:s3:::b", None), ({"f": "arn"}, "arn:aws:iam::1:role/a", "arn"),
        ({"f": "json"}, "{", "json"), ({"f": "cidr4"}, "2001:db8::/32", "cidr4"), ({"f": "cidr"}, "10.0.0.0", "cidr"),
        ({"f": "ip"}, "::1", None), ({"f": "ip4"}, "10.0.0.256", "ip4"), ({"f": "base64"}, "YW", "base64"),
        ({"f": "time"}, "2030-01-02", "time"), ({"f": "account"}, "123", "account"), ({"f": "duration"}, "1d", "duration"),
        ({"f": "weekly"}, "MON:00:00-mon:03:00", None), ({"f": "daily"}, "24:00-01:00", "daily"),
    ],
)  # fmt: skip
def test_one_value_against_one_row(row: constraints.Row, value: Any, kind: str | None) -> None:
    assert constraints.refusal(row, value) == kind
