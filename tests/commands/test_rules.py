import json
from collections.abc import Sequence

import pytest
from click.testing import CliRunner, Result

from preflight import rules
from preflight.commands.cli import group
from preflight.docs import examples
from tests.docs.sample_rules import RULES


@pytest.fixture(autouse=True)
def sample_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "load", lambda: RULES)
    example = examples.Example("bucket = 1", ("the bucket forgets",), "bucket = 2")
    monkeypatch.setattr(examples, "examples", lambda: {"s3-bucket-versioned": example})


def run(arguments: Sequence[str]) -> Result:
    return CliRunner().invoke(group, list(arguments))


def ids(*arguments: str) -> list[str]:
    result = run(["rules", "--format", "json", *arguments])
    assert result.exit_code == 0, result.output
    return [rule["id"] for rule in json.loads(result.stdout)]


def test_json_is_a_list_of_rules() -> None:
    result = run(["rules", "--format", "json"])
    assert json.loads(result.stdout)[1] == {
        "id": "s3-bucket-versioned",
        "formerly": ["s3-versioning-on"],
        "service": "s3",
        "services": ["s3"],
        "kind": "compliance",
        "severity": "medium",
        "certainty": "certain",
        "types": ["aws:s3/bucket:Bucket"],
        "controls": {"hipaa": ["164.308(a)(7)(i)", "164.312(c)(1)"], "pci-dss-3.2.1": ["10.5.3"]},
        "title": "Buckets keep old versions.",
        "remediable": False,
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["apigateway-stage-defined-once", "s3-bucket-versioned"]),
        (["--service", "s3"], ["s3-bucket-versioned"]),
        (["--kind", "deployment"], ["apigateway-stage-defined-once"]),
        (["--severity", "medium"], ["s3-bucket-versioned"]),
        (["--framework", "hipaa"], ["s3-bucket-versioned"]),
        (["--framework", "pci-dss-4.0"], []),
        (["--service", "s3", "--kind", "deployment"], []),
    ],
)
def test_filters_narrow_the_list(arguments: list[str], expected: list[str]) -> None:
    assert ids(*arguments) == expected


def test_text_names_id_kind_severity_and_title() -> None:
    lines = run(["rules", "--framework", "hipaa"]).stdout.splitlines()
    assert lines == [
        "s3",
        "  s3-bucket-versioned  [compliance, medium]",
        "      Buckets keep old versions.",
        "      hipaa: 164.308(a)(7)(i) 164.312(c)(1)",
        "",
        "1 rule; `preflight explain RULE` shows why, and how to fix a finding",
    ]


def test_an_unknown_service_is_refused_with_those_there_are() -> None:
    result = run(["rules", "--service", "s4"])
    assert result.exit_code == 2
    assert "there is no rule of the service 's4'; services: apigateway, s3" in result.stderr


def test_explain_prints_the_page() -> None:
    result = run(["explain", "s3-bucket-versioned"])
    assert result.exit_code == 0
    for text in (
        "compliance, severity medium",
        "formerly s3-versioning-on",
        "Why: An overwritten object is lost.",
        "Fix: Turn versioning on.",
        "Looks at: aws:s3/bucket:Bucket",
        "  except (default ['']): Names of buckets that may go without.",
        "  hipaa 164.312(c)(1)  Protect health information from improper change or destruction",
        "Fails:\n\n    bucket = 1\n\n  → the bucket forgets\n\nPasses:\n\n    bucket = 2\n",
    ):
        assert text in result.stdout


def test_explain_takes_a_former_id() -> None:
    assert run(["explain", "s3-versioning-on"]).stdout.startswith("s3-bucket-versioned\n")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("s3-bucket-versionned", "the nearest: s3-bucket-versioned"),
        ("stage", "the nearest: apigateway-stage-defined-once"),
        ("zzz", "`preflight rules` lists all"),
    ],
)
def test_an_unknown_rule_is_refused_with_the_nearest(asked: str, hint: str) -> None:
    result = run(["explain", asked])
    assert result.exit_code == 2
    assert f"there is no rule '{asked}'; {hint}" in result.stderr
    assert "Traceback" not in result.output
