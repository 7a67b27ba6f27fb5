"""`preflight baseline` and `--baseline`, from the first run to enforced."""

from __future__ import annotations

import json
import subprocess

from .conftest import COMMAND, Ran, Workbench, environment

PROGRAM = """
import pulumi_aws as aws

aws.sqs.Queue("orders", message_retention_seconds=5)
"""
MORE = PROGRAM + 'aws.sqs.Queue("bills", message_retention_seconds=6)\n'


def baseline(bench: Workbench, *options: str) -> Ran:
    command = [*COMMAND[:-1], "baseline", str(bench.folder), "-o", "known.json", *options]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=environment(), cwd=bench.folder.parent, check=False
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def test_from_the_first_run_to_enforced(bench: Workbench) -> None:
    stacks = {"Pulumi__dev__yaml": "config: {}\n", "Pulumi__prod__yaml": "config: {}\n"}
    bench.program(PROGRAM, **stacks)
    assert bench.preview("--stack", "dev", pack=None).code == 1
    made = baseline(bench, "--stack", "*")
    assert made.code == 0, made.err
    entries = json.loads((bench.folder.parent / "known.json").read_text())["findings"]
    assert {tuple(entry["stacks"]) for entry in entries} == {("dev", "prod")}
    assert made.out == f"known.json: {len(entries)} entries\n"

    named = bench.preview("--stack", "dev", "--baseline", "known.json", pack=None)
    assert named.code == 0
    assert named.document["baseline"] == "known.json"
    assert {finding["known"] for finding in named.report["findings"]} == {True}
    assert "exists; --update removes what is fixed" in baseline(bench).err

    bench.write({"preflight.yaml": "baseline: ../known.json\n"})
    bench.program(MORE, **stacks)
    ran = bench.preview("--stack", "prod", pack=None)
    assert ran.code == 1
    new = [
        finding["name"]
        for finding in ran.report["findings"]
        if finding["level"] == "mandatory" and not finding["known"]
    ]
    assert new == ["bills"]
    refused = baseline(bench, "--update", "--stack", "*")
    assert refused.code == 1
    assert " on demo::aws:sqs/queue:Queue::bills" in refused.err
    assert "Queue::bills at messageRetentionSeconds" in baseline(bench, "--diff", "--stack", "*").out

    bench.program("import pulumi\n", **stacks)
    gone = bench.preview("--stack", "dev", pack=None)
    assert gone.code == 0
    assert {finding["rule"] for finding in gone.report["findings"]} == {"preflight-baseline-current"}
    assert baseline(bench, "--update", "--stack", "*").out == f"known.json: 0 entries, {len(entries)} removed\n"


def test_a_failed_program_makes_no_baseline(bench: Workbench) -> None:
    bench.program("raise ValueError('late')\n")
    ran = baseline(bench)
    assert ran.code == 3
    assert "the baseline was not written" in ran.err
    assert not (bench.folder.parent / "known.json").exists()


def test_a_baseline_that_is_not_there(bench: Workbench) -> None:
    bench.program(PROGRAM)
    ran = bench.preview("--baseline", "none.json", pack=None)
    assert ran.code == 2
    assert "none.json: cannot be read" in ran.err
