"""The JSON contract, the text report and the exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from preflight.preview.state.graph import Location
from preflight.preview.state.outcome import Outcome, PrerequisiteFound, ProgramError
from preflight.reports import exit_code
from preflight.reports.json import document, render
from preflight.reports.text import print_report, summary
from preflight.wire import secret

from .conftest import COMMAND, DUMP_PACK, Workbench, environment

LOCATION = {
    "oneOf": [
        {"type": "null"},
        {
            "type": "object",
            "properties": {"file": {"type": "string"}, "line": {"type": "integer", "minimum": 1}},
            "required": ["file", "line"],
            "additionalProperties": False,
        },
    ]
}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TEXT = {"type": "string"}
CONTRACT = _object(
    version={"const": 1},
    program=TEXT,
    stack=TEXT,
    resources={"type": "integer"},
    rules={"type": "integer"},
    seconds={"type": "number"},
    findings={
        "type": "array",
        "items": _object(
            rule=TEXT,
            kind={"enum": ["deployment", "compliance", "policy"]},
            certainty={"enum": ["certain", "race", "outside"]},
            severity={"enum": ["critical", "high", "medium", "low", ""]},
            level={"enum": ["mandatory", "advisory"]},
            urn=TEXT,
            type=TEXT,
            name=TEXT,
            path=TEXT,
            message=TEXT,
            why=TEXT,
            fix=TEXT,
            controls={"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
            location=LOCATION,
        ),
    },
    undecided={"type": "array", "items": _object(rule=TEXT, urn=TEXT, path=TEXT)},
    prerequisites={
        "type": "array",
        "items": _object(what=TEXT, token=TEXT, arguments={"type": "object"}, location=LOCATION),
    },
    exempted={"type": "array"},
    failures={
        "type": "array",
        "items": _object(rule={"type": ["string", "null"]}, urn=TEXT, error=TEXT, location=LOCATION),
    },
)

PROGRAM = """
import pulumi_aws as aws
print("noise on standard output")
vpc = aws.ec2.get_vpc(default=True)
aws.ec2.SecurityGroup("g", vpc_id=vpc.id, ingress=[{"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}])
aws.s3.Bucket("b", bucket_prefix="x")
"""


def _finding(**more: Any) -> dict[str, Any]:
    return {
        "rule": "s3-x", "kind": "compliance", "severity": "high", "level": "mandatory", "urn": "urn:b", "name": "b",
        "type": "aws:s3/bucket:Bucket", "path": "acl", "message": "is public", "why": "because", "fix": "do", "controls": {},
        "location": {"file": "main.py", "line": 3},
    } | more  # fmt: skip


def test_contract_with_the_bundled_pack(bench: Workbench) -> None:
    bench.program(PROGRAM)
    ran = bench.preview(pack=None)
    assert ran.code in (0, 1), ran.err
    jsonschema.validate(ran.report, CONTRACT)
    assert ran.report["rules"] > 100
    assert ran.report["findings"]
    assert {finding["location"]["file"] for finding in ran.report["findings"]} == {"project/__main__.py"}
    assert "noise on standard output" in ran.err


def test_contract_of_a_failed_program(bench: Workbench) -> None:
    bench.program(PROGRAM + "raise ValueError('late')\n")
    ran = bench.preview(pack=None)
    assert ran.code == 3
    jsonschema.validate(ran.report, CONTRACT)
    assert [failure["rule"] for failure in ran.report["failures"]] == [None]


def test_output_file(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM)
    ran = bench.preview("--output", str(tmp_path / "report.json"))
    assert ran.out == ""
    jsonschema.validate(json.loads((tmp_path / "report.json").read_text()), CONTRACT)
    ran = bench.preview("--output", str(tmp_path / "report.txt"), form="text")
    assert ran.out == ""
    assert "demo (dev): 2 resources" in (tmp_path / "report.txt").read_text()


def test_output_that_cannot_be_written(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM)
    ran = bench.preview("--output", str(tmp_path / ("x" * 300)))
    assert ran.code == 2
    assert "cannot be written" in ran.err


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("p", "s"), 0),
        (Outcome("p", "s", findings=[_finding(level="advisory")]), 0),
        (Outcome("p", "s", findings=[_finding()]), 1),
        (Outcome("p", "s", undecided=[{"rule": "r", "urn": "u", "path": ""}]), 0),
        (Outcome("p", "s", findings=[_finding()], failures=[{"rule": "r"}]), 4),
        (Outcome("p", "s", failures=[{"rule": "r"}], errors=[ProgramError("x")]), 3),
        (Outcome("p", "s", errors=[ProgramError("x")], usage_error=True), 2),
    ],
)
def test_exit_codes(outcome: Outcome, code: int) -> None:
    assert exit_code(outcome) == code


def test_text_groups_by_resource() -> None:
    outcome = Outcome(
        "demo", "dev", resources=2, rules=9, seconds=1.25,
        findings=[_finding(), _finding(rule="s3-y", level="advisory", severity="low", path="", controls={"hipaa": ["164.1(a)", "164.2"], "pci-dss-4.0": ["1.2"]})],
        prerequisites=[PrerequisiteFound("a VPC exists", "aws:ec2/getVpc:getVpc", {"default": True}, Location("/x/m.py", 4))],
        exempted=[{"rule": "s3-z", "urn": "urn:b", "name": "b", "reason": "agreed"}],
        notes=["no region"],
    )  # fmt: skip
    stream = StringIO()
    print_report(outcome, stream)
    assert stream.getvalue() == (
        "b  aws:s3/bucket:Bucket  main.py:3\n"
        "  high  s3-x  at acl\n"
        "      is public\n"
        "      why: because\n"
        "      fix: do\n"
        "  low  s3-y (advisory)\n"
        "      is public\n"
        "      why: because\n"
        "      fix: do\n"
        "      controls: hipaa 164.1(a), 164.2; pci-dss-4.0 1.2\n"
        "\n"
        "must exist before a deployment: a VPC exists (default=True)  /x/m.py:4\n"
        "\n"
        "exempted: s3-z on b: agreed\n"
        "\n"
        "note: no region\n"
        "\n"
        "demo (dev): 2 resources · 9 rules · 1 finding, 1 advisory · 0 undecided · 1 prerequisite · 1 exempted · 1.2 s\n"
    )


def test_summary_of_a_clean_run() -> None:
    assert summary(Outcome("demo", "dev", resources=1, rules=1)) == (
        "demo (dev): 1 resource · 1 rule · 0 findings · 0 undecided · 0 prerequisites · 0.0 s"
    )


def test_secrets_in_arguments_are_not_shown() -> None:
    outcome = Outcome("p", "s", prerequisites=[PrerequisiteFound("x", "t", {"a": secret("hunter2")}, None)])
    stream = StringIO()
    print_report(outcome, stream)
    assert "hunter2" not in stream.getvalue() + render(outcome)
    assert document(outcome)["prerequisites"][0]["arguments"] == {"a": "[secret]"}


def test_markup_in_messages_is_text() -> None:
    stream = StringIO()
    print_report(Outcome("p", "s", findings=[_finding(message="rules[0] [bold]x[/bold] :smile:")]), stream)
    assert "rules[0] [bold]x[/bold] :smile:" in stream.getvalue()


def test_on_a_terminal(bench: Workbench) -> None:
    """Colours, wrapped text and a counter; none of them elsewhere."""
    bench.program(PROGRAM + "import time\ntime.sleep(0.3)\naws.s3.Bucket('c')\n")
    master, slave = pty.openpty()
    variables = environment(TERM="xterm-256color", COLUMNS="80", PREFLIGHT_DUMP=str(bench.dump_file))
    command = [*COMMAND, str(bench.folder), "--policy-pack", str(DUMP_PACK)]
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=variables, cwd=bench.folder) as process:
        os.close(slave)
        said = b""
        while True:
            try:
                chunk = os.read(master, 4096)
            except OSError:
                break
            if not chunk:
                break
            said += chunk
    os.close(master)
    assert process.returncode == 0
    assert "previewing…" in said.decode()
    assert b"\x1b[1m" in said
