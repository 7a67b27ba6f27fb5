"""The example of a pack of one's own: its tests, what the commands say of it, and a preview with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from preflight.commands.cli import group

ROOT = Path(__file__).parents[2]
PACK = ROOT / "examples" / "acme_pack"


FORGOTTEN = """
from preflight.rule import Kind, Resource, Severity, rule

@rule("aws:s3/bucket:Bucket", kind=Kind.COMPLIANCE, severity=Severity.LOW)
def forgotten(bucket: Resource):
    yield from ()
"""


def preflight(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def test_its_own_tests_pass() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=PACK, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "18 passed" in ran.stdout


def test_rules_and_explain_know_its_rules() -> None:
    listed = preflight("rules", "--policy-pack", PACK, "--service", "acme", "--format", "json")
    assert [rule["id"] for rule in json.loads(listed.output)] == ["acme-bucket-owner-tagged", "acme-bucket-versioned"]
    page = preflight("explain", "--policy-pack", PACK, "acme-bucket-owner-tagged").output
    assert "Buckets name the team that owns them." in page
    assert "teams (default ['data', 'web'])" in page
    assert "there is no rule" in preflight("explain", "acme-bucket-owner-tagged").output


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import nothing_like_it\n", "ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("import pulumi_policy\n", "makes no preflight.PolicyPack"),
        (FORGOTTEN, "its docstring lacks a title, its first paragraph and 'Why:' and 'Fix:'"),
    ],
)
def test_a_broken_pack_is_one_message(tmp_path: Path, program: str, says: str) -> None:
    (tmp_path / "__main__.py").write_text(program)
    ran = preflight("rules", "--policy-pack", tmp_path)
    assert ran.exit_code == 2
    assert says in ran.output
    assert "Traceback" not in ran.output


def test_a_preview_with_it_reports_all_three_kinds(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(
        "import pulumi_aws as aws\n\naws.s3.Bucket('reports', bucket='reports-dev')\n"
    )
    command = [
        sys.executable,
        "-m",
        "preflight.commands.cli",
        "preview",
        ".",
        "--policy-pack",
        str(PACK),
        "--format",
        "json",
    ]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1, ran.stderr
    findings: list[dict[str, Any]] = json.loads(ran.stdout)["runs"][0]["findings"]
    levels = {finding["rule"]: finding["level"] for finding in findings}
    assert levels["acme-bucket-versioned"] == "mandatory"
    assert levels["acme-bucket-owner-tagged"] == "advisory"
    assert any(rule.startswith("s3-") for rule in levels)
    owner = next(finding for finding in findings if finding["rule"] == "acme-bucket-owner-tagged")
    assert owner["message"] == "owner is not set; set it to one of data, web, payments"
