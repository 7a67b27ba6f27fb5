"""The baseline: what it knows, that it only shrinks, and what it says about entries that nothing needs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from preflight.reports import exit_code
from preflight.reports.baseline import STALE, Baseline, BaselineError
from preflight.reports.model import Failure, Finding, Place, Report, Run, Undecided


def finding(rule: str = "s3-a", name: str = "b", stack: str = "dev", path: str = "acl", line: int = 3) -> Finding:
    urn = f"urn:pulumi:{stack}::demo::aws:s3/bucket:Bucket::{name}"
    place = Place("main.py", line)
    return Finding(
        rule, "T.", "deployment", "high", "certain", "mandatory", urn, "t", name, path, "m", "W.", "F.", {}, place
    )


def report(*findings: Finding, stack: str = "dev", **more: tuple[Undecided | Failure, ...]) -> Report:
    return Report((replace(Run("demo", stack, findings=findings), **more),))  # type: ignore[arg-type]


KNOWN = Baseline.of(report(finding(), finding("s3-c")))


def known(baseline: Baseline, of: Report) -> list[bool]:
    return [item.known for _, item in baseline.apply(of, "f").findings() if item.rule != STALE]


def stale(baseline: Baseline, of: Report) -> list[str]:
    return [item.message for _, item in baseline.apply(of, "f.json").findings() if item.rule == STALE]


def test_known_findings_fail_nothing() -> None:
    now = report(finding(), finding("s3-c"), finding("s3-new"))
    assert known(KNOWN, now) == [True, True, False]
    assert exit_code(KNOWN.apply(now, "f")) == 1
    assert exit_code(KNOWN.apply(report(finding(), finding("s3-c")), "f")) == 0
    assert exit_code(KNOWN.apply(report(finding()), "f"), "high") == 0


def test_lines_and_stacks_do_not_matter() -> None:
    assert known(KNOWN, report(finding(line=99), finding("s3-c", stack="prod"), stack="prod")) == [True, True]


def test_another_place_is_another_finding() -> None:
    assert known(KNOWN, report(finding(path="policy"), finding(name="c"), finding("s3-d"))) == [False] * 3


def test_the_second_of_two_alike_is_new() -> None:
    assert known(KNOWN, report(finding(), finding())) == [True, False]


def test_stale_entries_are_findings_that_advise() -> None:
    now = report(finding())
    assert stale(KNOWN, now) == [
        "f.json: s3-c on demo::aws:s3/bucket:Bucket::b at acl is not found any more; remove the entry"
    ]
    assert exit_code(KNOWN.apply(now, "f")) == 0


def test_what_was_not_judged_is_not_stale() -> None:
    urn = finding().urn
    assert stale(KNOWN, report(finding(), undecided=(Undecided("s3-c", urn, "acl", "is not known yet"),))) == []
    assert stale(KNOWN, report(errors=(Failure("", "", "it stopped", None),))) == []
    assert stale(KNOWN, report(stack="prod")) == []
    assert stale(KNOWN, Report((Run("other", "dev"),))) == []


def test_an_update_only_shrinks_and_keeps_other_stacks() -> None:
    both = Baseline.of(
        Report((*report(finding(), finding("s3-c")).runs, *report(finding(stack="prod"), stack="prod").runs))
    )
    after = both.updated(report(finding("s3-new")))
    assert [(key.rule, sorted(entry.stacks)) for key, entry in after.entries.items()] == [("s3-a", ["prod"])]
    assert [key.rule for key in both.missing(report(finding("s3-new"), finding()))] == ["s3-new"]


def test_the_file_reads_back(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    file.write_text(KNOWN.text())
    assert Baseline.read(file) == KNOWN
    assert json.loads(KNOWN.text())["findings"][0] == {
        "rule": "s3-a", "resource": "demo::aws:s3/bucket:Bucket::b", "path": "acl", "count": 1, "stacks": ["dev"],
    }  # fmt: skip
    assert json.loads(Baseline().text())["findings"] == []


def test_differences_read_as_lines() -> None:
    other = Baseline.of(report(finding(), finding("s3-d"), finding("s3-d")))
    assert list(KNOWN.differences(other)) == [
        "- s3-c on demo::aws:s3/bucket:Bucket::b at acl",
        "+ s3-d on demo::aws:s3/bucket:Bucket::b at acl (2 times)",
    ]


@pytest.mark.parametrize("content", ["", "[]", '{"version": 7, "findings": []}', '{"version": 1, "findings": [{}]}'])
def test_a_file_that_is_not_a_baseline(tmp_path: Path, content: str) -> None:
    file = tmp_path / "b.json"
    file.write_text(content)
    with pytest.raises(BaselineError, match="is not a baseline"):
        Baseline.read(file)
    with pytest.raises(BaselineError, match="cannot be read"):
        Baseline.read(tmp_path / "none.json")
