"""Exemptions at the resource's call: which they excuse, and what is said of those that don't hold."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Ran, Workbench


@pytest.fixture
def rule(bench: Workbench) -> str:
    """The id of the rule that the programs here break."""
    bench.program('import pulumi_aws as aws\naws.sqs.Queue("q", message_retention_seconds=5)\n')
    [found] = [item["rule"] for item in bench.preview(pack=None).report["findings"] if item["level"] == "mandatory"]
    return str(found)


def preview(bench: Workbench, *lines: str) -> Ran:
    bench.program("\n".join(("import pulumi_aws as aws", *lines)) + "\n")
    return bench.preview(pack=None)


def holds(ran: Ran) -> list[tuple[str, int]]:
    found: list[dict[str, Any]] = ran.report["findings"]
    return [
        (item["message"], item["location"]["line"]) for item in found if item["rule"] == "preflight-exemption-holds"
    ]


def test_a_comment_excuses_its_resource_only(bench: Workbench, rule: str) -> None:
    ran = preview(
        bench,
        f'aws.sqs.Queue("a", message_retention_seconds=5)  # preflight: ignore[{rule}] a test (ann, until 2999-01-31)',
        'aws.sqs.Queue("b", message_retention_seconds=5)',
        "aws.sqs.Queue(",
        '    "c",',
        f"    message_retention_seconds=5,  # preflight: ignore[{rule}] inside the call",
        ")",
        f"# preflight: ignore[{rule}] above the call",
        'aws.sqs.Queue("d", message_retention_seconds=5)',
    )
    assert ran.code == 1
    assert [item["name"] for item in ran.report["findings"] if item["rule"] == rule] == ["b"]
    exempted = {item["name"]: item for item in ran.report["exempted"]}
    assert set(exempted) == {"a", "c", "d"}
    assert {key: exempted["a"][key] for key in ("reason", "owner", "expires", "where")} == {
        "reason": "a test", "owner": "ann", "expires": "2999-01-31", "where": "project/__main__.py:2",
    }  # fmt: skip
    assert holds(ran) == []


def test_what_does_not_hold_is_a_finding(bench: Workbench, rule: str) -> None:
    ran = preview(
        bench,
        f'aws.sqs.Queue("a", message_retention_seconds=5)  # preflight: ignore[{rule}]',
        f'aws.sqs.Queue("b", message_retention_seconds=5)  # preflight: ignore[{rule}] old (until 2020-01-31)',
        f'aws.sqs.Queue("c", message_retention_seconds=5)  # preflight: ignore[{rule}] when? (until soon)',
        f'aws.sqs.Queue("d")  # preflight: ignore[{rule}] not needed',
        'aws.sqs.Queue("e")  # preflight: ignore[sqs-nothing-like-this] what?',
        'aws.sqs.Queue("f")  # preflight: ignore everything',
        f'print("# preflight: ignore[{rule}] in a string")',
    )
    assert ran.code == 1
    assert [item["name"] for item in ran.report["findings"] if item["rule"] == rule] == ["a", "b", "c"]
    assert ran.report["exempted"] == []
    said = holds(ran)
    assert said[:4] == [
        (f"the exemption from {rule} gives no reason", 2),
        (f"the exemption from {rule} expired on 2020-01-31", 3),
        (f"the exemption from {rule} has the date 'soon', which must be YYYY-MM-DD", 4),
        (f"the exemption from {rule} excuses nothing", 5),
    ]
    assert said[4][0].startswith("the exemption from sqs-nothing-like-this names no rule")
    assert said[5] == ("the exemption names no rule; write `ignore[RULE]`", 7)
    assert len(said) == 6


def test_what_is_undecided_or_not_judged_is_not_unused(bench: Workbench, rule: str) -> None:
    lines = (
        'other = aws.sqs.Queue("a")',
        f'aws.sqs.Queue("b", message_retention_seconds=other.id.apply(int))  # preflight: ignore[{rule}] later',
    )
    assert holds(preview(bench, *lines)) == []
    failing = (f'aws.sqs.Queue("a")  # preflight: ignore[{rule}] not needed', "raise ValueError('late')")
    assert holds(preview(bench, *failing)) == []
