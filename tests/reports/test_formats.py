"""Each format of one outcome: its contract, its content, and that no secret gets into it."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner
from sarif_pydantic import Sarif  # type: ignore[import-untyped]

from preflight.about import VERSION
from preflight.commands.cli import group
from preflight.preview.state.graph import Location
from preflight.preview.state.outcome import Outcome, PrerequisiteFound, ProgramError
from preflight.reports import exit_code
from preflight.reports.build import report_of
from preflight.reports.formats import FORMATS, Style, missing, render
from preflight.reports.markdown import LIMIT, escaped
from preflight.reports.model import Report, headline
from preflight.wire import secret

URN = "urn:pulumi:dev::demo::aws:s3/bucket:Bucket::b"


def entry(**more: Any) -> dict[str, Any]:
    return {
        "rule": "s3-x", "title": "Buckets hold.", "kind": "compliance", "severity": "high", "certainty": "certain",
        "level": "mandatory", "urn": URN, "type": "aws:s3/bucket:Bucket", "name": "b", "path": "acl",
        "message": "is public", "why": "Because.", "fix": "Do it.", "controls": {"hipaa": ["164.1(a)"]},
        "location": {"file": "main.py", "line": 3},
    } | more  # fmt: skip


def excused(**more: Any) -> dict[str, Any]:
    said = {"reason": "agreed", "owner": "ann", "expires": "2030-01-31", "where": "preflight.yaml: exemptions[0]"}
    return entry(rule="s3-z", **said) | more


def full() -> Outcome:
    return Outcome(
        "demo", "dev", resources=2, rules=9, seconds=1.25,
        findings=[
            entry(),
            entry(urn=f"{URN}2", name="b2", location=None),
            entry(rule="s3-y", kind="deployment", level="advisory", severity="low", certainty="race", path=""),
            entry(rule="s3-q", level="advisory", severity="medium", message="has no tag"),
        ],
        undecided=[{"rule": "s3-u", "urn": URN, "path": "policy", "reason": "is not known yet"}],
        exempted=[excused()],
        failures=[{"rule": "s3-f", "urn": URN, "error": "KeyError: 'x'", "location": None}],
        prerequisites=[
            PrerequisiteFound("a VPC exists", "aws:ec2/getVpc:getVpc", {"default": True, "key": secret("hunter2")}, Location("/x/m.py", 4))
        ],
        remediations=[{"rule": "s3-r", "urn": URN, "message": "set acl", "properties": {"password": secret("hunter2")}}],
        errors=[ProgramError("it <broke> & stopped\n::x", URN, Location("/x/m.py", 9))],
        notes=["no region"],
        held={"s3-h": [URN]},
    )  # fmt: skip


def shown(form: str, outcome: Outcome | None = None, **style: bool) -> str:
    return render(report_of([outcome or full()]), form, Style(**style))


@pytest.mark.parametrize("form", FORMATS)
def test_no_secret_gets_into_a_report(form: str) -> None:
    text = shown(form, strict=True, advisories=True, statistics=True, evidence=True)
    assert text.endswith("\n")
    assert "hunter2" not in text
    assert "s3-x" in text


@pytest.mark.parametrize("form", FORMATS)
def test_a_clean_run_is_a_report(form: str) -> None:
    assert "Error" not in shown(form, Outcome("demo", "dev"))


def test_text_says_each_rule_once() -> None:
    outcome = replace(full(), errors=[], failures=[], remediations=[])
    assert shown("text", outcome) == (
        "high  s3-x\n"
        "  b  aws:s3/bucket:Bucket  main.py:3  at acl\n"
        "  b2  aws:s3/bucket:Bucket  at acl\n"
        "      is public\n"
        "    why: Because.\n"
        "    fix: Do it.\n"
        "    controls: hipaa 164.1(a)\n"
        "\n"
        "low  s3-y (advisory, race)\n"
        "  b  aws:s3/bucket:Bucket  main.py:3\n"
        "      is public\n"
        "    why: Because.\n"
        "    fix: Do it.\n"
        "    controls: hipaa 164.1(a)\n"
        "\n"
        "must exist before a deployment: a VPC exists (default=True, key='[secret]')  /x/m.py:4\n"
        "\n"
        "exempted: s3-z on b: agreed\n"
        "\n"
        "note: no region\n"
        "\n"
        "1 compliance advisory not shown; --advisories lists them\n"
        "\n"
        "demo (dev): 2 resources · 9 rules · 2 findings, 2 advisory · 1 undecided · 1 prerequisite · 1 exempted · 1.2 s\n"
    )


def test_text_shows_more_and_less() -> None:
    assert "s3-q (advisory)" in shown("text", advisories=True)
    assert f"undecided until values are known: s3-u: {URN} at policy" in shown("text", strict=True)
    assert "     2  s3-x  high, mandatory\n" in shown("text", statistics=True)
    quiet = shown("text", quiet=True)
    assert "s3-x" in quiet
    assert not {"s3-y", "s3-q", "s3-z", "note:"} & set(quiet.split())


def test_text_names_twenty_places_of_a_rule() -> None:
    outcome = Outcome("demo", "dev", findings=[entry(name=f"b{number}") for number in range(25)])
    text = shown("text", outcome)
    assert "  b19  " in text
    assert "  b20  " not in text
    assert "  and 5 more; --format json lists all\n" in text


def test_markup_in_messages_is_text() -> None:
    outcome = Outcome("p", "s", findings=[entry(message="rules[0] [bold]x[/bold] :smile:")])
    assert "rules[0] [bold]x[/bold] :smile:" in shown("text", outcome)


def test_headline_of_a_clean_run() -> None:
    [run] = report_of([Outcome("demo", "dev", resources=1, rules=1)]).runs
    assert headline(run) == "demo (dev): 1 resource · 1 rule · 0 findings · 0 undecided · 0 prerequisites · 0.0 s"


@pytest.mark.parametrize("evidence", [False, True])
def test_json_meets_its_schema(evidence: bool) -> None:
    schema = json.loads((files("preflight.reports") / "report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(shown("json", evidence=evidence))
    jsonschema.validate(document, schema)
    assert document["verdict"] == "failed"
    [run] = document["runs"]
    assert run["undecided"] == [{"rule": "s3-u", "urn": URN, "path": "policy", "reason": "is not known yet"}]
    assert run["exempted"][0]["owner"] == "ann"
    assert run["prerequisites"][0]["arguments"] == {"default": True, "key": "[secret]"}
    assert [failure["rule"] for failure in run["failures"]] == ["s3-f", None]
    assert run.get("held") == ({"s3-h": [URN]} if evidence else None)


def test_json_says_where_it_comes_from(tmp_path: Path) -> None:
    settings = tmp_path / "preflight.yaml"
    settings.write_text("frameworks: [hipaa]\n")
    document = json.loads(shown("json", replace(full(), settings=settings)))
    assert document["tool"]["version"]
    assert document["time"].endswith("+00:00")
    assert document["runs"][0]["settings"]["file"] == str(settings)
    assert len(document["runs"][0]["settings"]["digest"]) == 71


def test_sarif_is_what_the_object_model_knows() -> None:
    document = json.loads(shown("sarif"))
    known = Sarif.model_validate(document).model_dump(mode="json", by_alias=True, exclude_none=True)
    assert _subset(document, known) == []


def _subset(document: Any, known: Any, path: str = "$") -> list[str]:
    """The properties of a document that the object model lost, which it does with those it does not know."""
    if isinstance(document, dict):
        lost = [f"{path}.{key}" for key in document if key not in known]
        return lost + [
            said for key in document if key in known for said in _subset(document[key], known[key], f"{path}.{key}")
        ]
    if isinstance(document, list):
        return [
            said
            for index, (a, b) in enumerate(zip(document, known, strict=True))
            for said in _subset(a, b, f"{path}[{index}]")
        ]
    return []


def test_sarif_describes_rules_and_results() -> None:
    [run] = json.loads(shown("sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["s3-q", "s3-x", "s3-y", "s3-z"]
    assert rules[1]["helpUri"].endswith("/docs/rules/s3.md#s3-x")
    assert rules[1]["help"]["text"] == "Why: Because.\nFix: Do it."
    assert rules[1]["properties"]["security-severity"] == "8.0"
    results = run["results"]
    assert [(result["ruleId"], result["level"]) for result in results] == [
        ("s3-x", "error"), ("s3-x", "error"), ("s3-y", "note"), ("s3-q", "warning"), ("s3-z", "error"),
    ]  # fmt: skip
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    assert results[0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "main.py", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 3},
    }  # fmt: skip
    assert "physicalLocation" not in results[1]["locations"][0]
    assert results[4]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "agreed; owner: ann; until 2030-01-31"}
    ]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert [item["message"]["text"] for item in run["invocations"][0]["toolExecutionNotifications"]] == [
        "it <broke> & stopped\n::x", "KeyError: 'x'",
    ]  # fmt: skip


def test_fingerprints_stay_when_lines_move_and_in_other_stacks() -> None:
    def fingerprint(**more: Any) -> str:
        [run] = json.loads(shown("sarif", Outcome("demo", "dev", findings=[entry(**more)])))["runs"]
        found: str = run["results"][0]["partialFingerprints"]["preflightFinding/v1"]
        return found

    same = fingerprint()
    assert fingerprint(location={"file": "main.py", "line": 300}, message="is public, says another table") == same
    assert fingerprint(urn=URN.replace("dev::", "prod::")) == same
    assert len({same, fingerprint(path="policy"), fingerprint(rule="s3-w"), fingerprint(urn=f"{URN}2")}) == 4


def test_junit_has_a_case_per_rule_and_resource() -> None:
    root = ElementTree.fromstring(shown("junit"))
    cases = {(case.get("name"), case.get("classname")): case for case in root.iter("testcase")}
    bucket = "aws:s3/bucket:Bucket b"
    what = {name: [child.tag for child in case] for (name, of), case in cases.items() if of == bucket}
    assert what == {
        "s3-f": ["error"], "s3-h": [], "s3-q": ["skipped"], "s3-u": ["skipped"], "s3-x": ["failure"],
        "s3-y": ["skipped"], "s3-z": ["skipped"], "program": ["error"],
    }  # fmt: skip
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9", "failures": "2", "errors": "2", "skipped": "4",
    }  # fmt: skip
    assert "fix: Do it." in (cases["s3-x", bucket].findtext("failure") or "")
    assert cases["s3-z", bucket].find("skipped").get("message") == "exempted: agreed"  # type: ignore[union-attr]


def test_junit_survives_what_xml_cannot_hold() -> None:
    text = shown("junit", Outcome("p", "s", findings=[entry(message="a\x00b\x1b[0m")]))
    assert "a\ufffdb\ufffd[0m" in str(ElementTree.fromstring(text).find(".//failure").get("message"))  # type: ignore[union-attr]


def test_github_annotations() -> None:
    lines = shown("github").splitlines()
    assert lines[0] == "::error file=/x/m.py,line=9,title=demo (dev) failed::it <broke> & stopped%0A::x"
    assert lines[1] == "::error title=rule s3-f failed internally::KeyError: 'x'"
    assert lines[2] == "::error file=main.py,line=3,title=s3-x::b: acl: is public%0AFix: Do it."
    assert [line.partition(" ")[0] for line in lines[3:6]] == ["::error", "::notice", "::notice"]
    assert lines[6].startswith("demo (dev): ")


def test_gitlab_code_quality() -> None:
    entries = json.loads(shown("gitlab"))
    assert [(item["check_name"], item["severity"]) for item in entries] == [
        ("program", "blocker"), ("s3-f", "blocker"), ("s3-x", "critical"), ("s3-x", "critical"), ("s3-y", "info"), ("s3-q", "info"),
    ]  # fmt: skip
    assert len({item["fingerprint"] for item in entries}) == 6
    assert entries[2]["location"] == {"path": "main.py", "lines": {"begin": 3}}
    assert entries[2]["description"] == "b: acl: is public. Do it."


def test_markdown_says_the_verdict_first() -> None:
    text = shown("markdown", replace(full(), errors=[], failures=[]))
    assert text.startswith("## ❌ Preflight: blocked\n")
    assert "| demo | dev | 2 | 2 | 2 | 1 | 1 | 0 |" in text
    assert "| high | [s3-x](https://" in text
    assert "<details><summary>2 advisory</summary>" in text
    assert "- `s3-z` on b: agreed" in text
    assert text.count("<details>") == text.count("</details>") == 5
    assert shown("markdown", Outcome("p", "s")).startswith("## ✅ Preflight: passed\n")


def test_markdown_fits_a_comment() -> None:
    many = [entry(urn=f"{URN}{number}", name=f"b{number}", message="is public " * 20) for number in range(900)]
    text = shown("markdown", Outcome("demo", "dev", findings=many))
    assert len(text) <= LIMIT
    assert "sections left out, because a comment holds no more" in text


def test_markdown_shows_texts_as_they_are() -> None:
    assert escaped("a|b *c* `d|e` <f>\n@g") == r"a\|b \*c\* `d\|e` \<f\> \@g"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("p", "s"), 0),
        (Outcome("p", "s", findings=[entry(level="advisory")]), 0),
        (Outcome("p", "s", findings=[entry()]), 1),
        (Outcome("p", "s", undecided=[{"rule": "r", "urn": "u", "path": ""}]), 0),
        (Outcome("p", "s", findings=[entry()], failures=[{"rule": "r"}]), 4),
        (Outcome("p", "s", failures=[{"rule": "r"}], errors=[ProgramError("x")]), 3),
        (Outcome("p", "s", errors=[ProgramError("x")], usage_error=True), 2),
    ],
)
def test_exit_codes(outcome: Outcome, code: int) -> None:
    assert exit_code(report_of([outcome])) == code
    assert exit_code(report_of([Outcome("p", "other"), outcome])) == code


def test_exit_code_by_severity() -> None:
    report: Report = report_of([Outcome("p", "s", findings=[entry(level="advisory", severity="medium")])])
    assert [exit_code(report, severity) for severity in ("critical", "high", "medium", "low")] == [0, 0, 1, 1]


def test_a_format_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [missing(form) for form in FORMATS] == [""] * len(FORMATS)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert missing("html") == "format html needs jinja2 and rustworkx: pip install 'pulumi-preflight[html]'"
    ran = CliRunner().invoke(group, ["preview", ".", "--report", "html=x.html"])
    assert (ran.exit_code, "pulumi-preflight[html]" in ran.output) == (2, True)


def test_the_version() -> None:
    assert CliRunner().invoke(group, ["--version"]).output == f"preflight {VERSION}\n"


def test_thousands_of_advisories_stay_readable() -> None:
    many = [entry(urn=f"{URN}{number}", name=f"b{number}", level="advisory") for number in range(3000)]
    outcome = Outcome("demo", "dev", findings=many)
    text = shown("markdown", outcome)
    assert (
        "| 3000 | b0 (main.py:3), b1 (main.py:3), b2 (main.py:3), b3 (main.py:3), b4 (main.py:3) and 2995 more: is public |"
        in text
    )
    assert "left out" not in text
    lines = shown("github", outcome).splitlines()
    assert len(lines) == 52
    assert lines[50] == "2950 more that advise; the JSON report has them all"
    assert len(shown("github", Outcome("demo", "dev", findings=[entry()] * 70)).splitlines()) == 71
