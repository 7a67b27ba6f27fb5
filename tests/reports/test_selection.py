"""`--select` and `--ignore`: what they keep, and what a wrong one is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from preflight.reports.model import Finding, Report, Run, Undecided
from preflight.reports.selection import Selection, Selector, SelectorError
from preflight.rules import load


def finding(rule: str, severity: str = "high", kind: str = "deployment", certainty: str = "certain") -> Finding:
    return Finding(
        rule, "T.", kind, severity, certainty, "mandatory", "urn", "t", "n", "", "m", "W.", "F.", {"hipaa": ("1",)}
    )


S3, LOW, RACE = finding("s3-a", kind="compliance"), finding("sqs-b", "low"), finding("sqs-c", certainty="race")
BARE = replace(finding("sns-d"), controls={})
REPORT = Report((Run("p", "s", findings=(S3, LOW, RACE, BARE), undecided=(Undecided("s3-u", "urn", "p", "r"),)),))


@pytest.mark.parametrize(
    ("select", "ignore", "kept", "undecided"),
    [
        ([], [], [S3, LOW, RACE, BARE], 1),
        (["s3"], [], [S3], 1),
        (["sqs"], [], [LOW, RACE], 0),
        (["s3-a", "sns"], [], [S3, BARE], 0),
        (["sqs-*"], ["sqs-c"], [LOW], 0),
        (["kind:compliance"], [], [S3], 1),
        ([], ["severity:low", "certainty:race"], [S3, BARE], 1),
        (["framework:hipaa"], ["s3"], [LOW, RACE], 0),
    ],
)
def test_what_is_kept(select: list[str], ignore: list[str], kept: list[Finding], undecided: int) -> None:
    selection = Selection(
        tuple(Selector.parse(text, None) for text in select), tuple(Selector.parse(text, None) for text in ignore)
    )
    [run] = selection.apply(REPORT).runs
    assert list(run.findings) == kept
    assert len(run.undecided) == undecided


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rds-storage-encryptd", "is neither a rule nor a service; did you mean rds-"),
        ("nosuch*", "is neither a rule nor a service"),
        ("sort:x", "there is no 'sort'; known: kind, severity"),
        ("severity:hihg", "there is no severity 'hihg'; did you mean high?"),
        ("framework:sox", "there is no framework 'sox'; known: fedramp-moderate, hipaa"),
    ],
)
def test_a_wrong_selector_says_what_to_write(text: str, says: str) -> None:
    with pytest.raises(SelectorError, match=r"there is no|neither") as caught:
        Selector.parse(text, load())
    assert says in str(caught.value)


def test_a_former_id_is_the_rule() -> None:
    renamed = replace(load()[0], formerly=("s3-as-it-was",))
    assert Selector.parse("s3-as-it-was", [renamed]).value == renamed.id
