"""The JSON contract, the text report and the exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema

from preflight.reports.formats import FORMATS

from .conftest import COMMAND, DUMP_PACK, Workbench, environment

SCHEMA = json.loads((files("preflight.reports") / "report.schema.json").read_text("utf-8"))

PROGRAM = """
import pulumi_aws as aws
print("noise on standard output")
vpc = aws.ec2.get_vpc(default=True)
aws.ec2.SecurityGroup("g", vpc_id=vpc.id, ingress=[{"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}])
aws.s3.Bucket("b", bucket_prefix="x")
"""


def test_contract_with_the_bundled_pack(bench: Workbench) -> None:
    bench.program(PROGRAM)
    ran = bench.preview(pack=None)
    assert ran.code in (0, 1), ran.err
    jsonschema.validate(ran.document, SCHEMA)
    assert ran.report["rules"] > 100
    assert ran.report["findings"]
    assert {finding["location"]["file"] for finding in ran.report["findings"]} == {"project/__main__.py"}
    assert "noise on standard output" in ran.err


def test_contract_of_a_failed_program(bench: Workbench) -> None:
    bench.program(PROGRAM + "raise ValueError('late')\n")
    ran = bench.preview(pack=None)
    assert ran.code == 3
    jsonschema.validate(ran.document, SCHEMA)
    assert [failure["rule"] for failure in ran.report["failures"]] == [None]


def test_output_file(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM)
    ran = bench.preview("--output", str(tmp_path / "report.json"))
    assert ran.out == ""
    jsonschema.validate(json.loads((tmp_path / "report.json").read_text()), SCHEMA)
    ran = bench.preview("--output", str(tmp_path / "report.txt"), form="text")
    assert ran.out == ""
    assert "demo (dev): 2 resources" in (tmp_path / "report.txt").read_text()


def test_output_that_cannot_be_written(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM)
    ran = bench.preview("--output", str(tmp_path / ("x" * 300)))
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_several_reports_of_several_stacks(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM, Pulumi__dev__yaml="config: {}\n", Pulumi__prod__yaml="config: {}\n")
    sarif, junit = tmp_path / "r.sarif", tmp_path / "r.xml"
    ran = bench.preview("--stack", "*", "--report", f"sarif={sarif}", "--report", f"junit={junit}", pack=None)
    jsonschema.validate(ran.document, SCHEMA)
    assert [run["stack"] for run in ran.document["runs"]] == ["dev", "prod"]
    keys = [[finding["key"] for finding in run["findings"]] for run in ran.document["runs"]]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0]) > 0
    first, second = json.loads(sarif.read_text())["runs"]
    assert len(first["results"]) == len(second["results"])
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in first["results"]]
    lines = (bench.folder / "__main__.py").read_text().splitlines()
    marked = {
        lines[item["startLine"] - 1][item["startColumn"] - 1 : item["endColumn"] - 1]
        for item in regions
        if "endLine" in item
    }
    assert '"0.0.0.0/0"' in marked
    assert junit.read_text().count("<testsuite ") == 2


def test_several_folders_are_one_report(bench: Workbench) -> None:
    bench.program(PROGRAM)
    other = bench.folder.parent / "other"
    other.mkdir()
    (other / "Pulumi.yaml").write_text("name: other\nruntime: python\n")
    (other / "__main__.py").write_text("raise ValueError('late')\n")
    ran = bench.preview(str(other), pack=None)
    assert ran.code == 3
    assert [(run["program"], run["verdict"]) for run in ran.document["runs"]] == [
        ("demo", "passed"),
        ("other", "failed"),
    ]
    text = bench.preview(str(other), pack=None, form="text").out.splitlines()
    assert text[0] == "== demo (dev)"
    assert [line.partition(":")[0] for line in text[-2:]] == ["demo (dev)", "other (dev)"]


def test_a_report_that_cannot_be_written(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM)
    for report, says in (
        ("sarif", "write FORMAT=FILE"),
        ("sariff=x", "there is no format 'sariff'"),
        ("json=no/x", "there is no folder no"),
    ):
        ran = bench.preview("--report", report)
        assert ran.code == 2
        assert says in ran.err


def test_selected_findings(bench: Workbench) -> None:
    bench.program(PROGRAM)
    chosen = bench.preview("--select", "s3", "--ignore", "severity:low", pack=None).report["findings"]
    assert chosen
    assert {(item["rule"].split("-")[0], item["severity"] == "low") for item in chosen} == {("s3", False)}
    ran = bench.preview("--select", "s4", pack=None)
    assert (ran.code, "'s4' is neither a rule nor a service" in ran.err) == (2, True)


def test_what_fails_a_run(bench: Workbench) -> None:
    bench.program(PROGRAM)
    assert bench.preview("--fail-on", "low", pack=None).code == 1
    assert bench.preview("--fail-on", "low", "--exit-zero", pack=None).code == 0
    bench.program("raise ValueError('x')\n")
    assert bench.preview("--exit-zero", pack=None).code == 3


def test_no_stack_matches(bench: Workbench) -> None:
    bench.program(PROGRAM, Pulumi__dev__yaml="config: {}\n")
    ran = bench.preview("--stack", "prod-*")
    assert ran.code == 2
    assert "--stack prod-*: matches no stack of" in ran.err
    assert "stacks there: dev" in ran.err


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


def test_no_format_shows_a_secret(bench: Workbench, tmp_path: Path) -> None:
    bench.program(
        "import pulumi, pulumi_aws as aws\n"
        "word = pulumi.Output.secret('hunter2 hunter2')\n"
        "aws.rds.Instance('db', engine='postgres', instance_class='db.t4g.micro', username='admin', password=word,"
        " identifier=word, allocated_storage=20)\n"
        "aws.s3.Bucket('b', bucket=word, tags={'word': word})\n"
        "aws.sqs.Queue('q', name=word, policy=word)\n"
    )
    files = {form: tmp_path / f"report.{form}" for form in FORMATS}
    options = [f"--report={form}={file}" for form, file in files.items()]
    ran = bench.preview("--evidence", "--advisories", "--strict", "--statistics", *options, pack=None)
    assert any("[secret]" in finding["message"] for finding in ran.report["findings"])
    for file in files.values():
        assert "hunter2" not in file.read_text()
    assert "hunter2" not in ran.said
