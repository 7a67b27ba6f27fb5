"""The ready pieces for CI: their scripts run here, and use what the commands know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    tools = folder / "bin"
    tools.mkdir()
    (tools / "preflight").write_text(f'#!/bin/sh\nexec {sys.executable} -m preflight "$@"\n')
    (tools / "preflight").chmod(0o755)
    (tools / "python").symlink_to(sys.executable)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_", "PREFLIGHT_"))}
    python_path = str(ROOT / "policypack")
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, text=True, capture_output=True, check=False, timeout=120,
        env=kept | {"PATH": path, "PYTHONPATH": python_path} | variables,
    )  # fmt: skip


def project(folder: Path) -> None:
    (folder / "infra").mkdir()
    (folder / "infra" / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "infra" / "Pulumi.dev.yaml").write_text("config: {}\n")
    (folder / "infra" / "__main__.py").write_text(
        'import pulumi_aws as aws\naws.sqs.Queue("q", message_retention_seconds=5)\n'
    )


def test_the_github_action_previews(tmp_path: Path) -> None:
    project(tmp_path)
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    [step] = [step for step in action["runs"]["steps"] if step.get("id") == "preview"]
    reports, summary, output = tmp_path / "reports", tmp_path / "summary", tmp_path / "output"
    ran = run(
        step["run"], tmp_path, DIRECTORY="infra", STACK=action["inputs"]["stack"]["default"], ARGUMENTS="",
        REPORTS=str(reports), GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(output),
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.startswith("::error file=infra/__main__.py,line=2,title=sqs-")
    assert output.read_text() == "reports=true\nverdict=blocked\n"
    assert summary.read_text().startswith("## ❌ Preflight: blocked")
    assert sorted(file.name for file in reports.iterdir()) == [
        "preflight.html", "preflight.json", "preflight.md", "preflight.sarif",
    ]  # fmt: skip


def test_the_action_uses_the_inputs_that_it_declares() -> None:
    text = (ROOT / "action.yml").read_text()
    inputs = yaml.safe_load(text)["inputs"]
    assert all(f"inputs.{name}" in text for name in inputs)


def test_the_gitlab_template_previews(tmp_path: Path) -> None:
    project(tmp_path)
    job = yaml.safe_load((ROOT / "templates" / "preflight.gitlab-ci.yml").read_text())[".preflight"]
    ran = run("\n".join(job["script"]), tmp_path, **(job["variables"] | {"PREFLIGHT_DIRECTORY": "infra"}))
    assert ran.returncode == 1, ran.stderr
    [first, *_] = json.loads((tmp_path / job["artifacts"]["reports"]["codequality"]).read_text())
    assert first["location"]["path"] == "infra/__main__.py"
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).is_file()
    assert (tmp_path / job["artifacts"]["paths"][0]).is_file()


def test_the_pre_commit_hook_previews(tmp_path: Path) -> None:
    project(tmp_path)
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    ran = run(f"{hook['entry']} infra --stack dev", tmp_path)
    assert ran.returncode == 1, ran.stderr
    assert "critical  sqs-" in ran.stdout


def test_the_github_action_says_when_nothing_could_be_judged(tmp_path: Path) -> None:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    [step] = [step for step in action["runs"]["steps"] if step.get("id") == "preview"]
    output = tmp_path / "output"
    ran = run(
        step["run"], tmp_path, DIRECTORY="nowhere", STACK="*", ARGUMENTS="", REPORTS=str(tmp_path / "reports"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"), GITHUB_OUTPUT=str(output),
    )  # fmt: skip
    assert ran.returncode == 2
    assert "nowhere: there is no such folder" in ran.stderr
    assert output.read_text() == "verdict=failed\n"
