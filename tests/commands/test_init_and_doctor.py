"""`preflight init` and `preflight doctor`: what they write, what they find, and that nothing is overwritten."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from preflight.commands import doctor
from preflight.commands.cli import group
from preflight.commands.init import settings, workflow
from preflight.commands.preview import command as preview_command
from preflight.rules import load as load_rules
from preflight.settings.check import checked


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "infra"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.prod.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (folder / "Pulumi.qa.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text("")
    return folder


def test_init_writes_settings_that_hold(project: Path) -> None:
    ran = run("init", project, "--framework", "hipaa")
    assert ran.exit_code == 0, ran.output
    assert checked((project / "preflight.yaml").read_text(), "preflight.yaml", load_rules())[0] == {
        "frameworks": ["hipaa"]
    }
    for line in (
        "shop is a python project with 2 stacks",
        "prod: eu-west-1",
        "qa: no aws:region",
        "--stack prod",
        "--ci github",
    ):
        assert line in ran.output


def test_every_comment_of_the_settings_holds_as_well() -> None:
    text = settings(["dev", "prod"])
    live = re.sub(r"(?m)^#(?! \S)", "", text)
    content: dict[str, Any] = checked(live, "preflight.yaml", load_rules())[0]
    assert set(content) == {"frameworks", "levels", "stacks", "prerequisites", "exemptions", "baseline"}


def test_init_overwrites_nothing(project: Path) -> None:
    (project / "preflight.yaml").write_text("frameworks: [hipaa]\n")
    ran = run("init", project)
    assert (ran.exit_code, "preflight.yaml exists" in ran.output) == (2, True)
    assert run("init", project, "--ci", "github").exit_code == 0
    assert (project / "preflight.yaml").read_text() == "frameworks: [hipaa]\n"
    again = run("init", project, "--ci", "github")
    assert (again.exit_code, "is not overwritten" in again.output) == (2, True)
    assert run("init", project.parent).exit_code == 2


def test_init_writes_a_workflow(project: Path) -> None:
    ran = run("init", project, "--ci", "github")
    assert ran.exit_code == 0, ran.output
    content = yaml.safe_load((project.parent / ".github/workflows/preflight.yml").read_text())
    step = content["jobs"]["preflight"]["steps"][1]
    assert step["with"] == {"directory": "infra", "stack": "*"}


def test_the_gitlab_job_runs_what_the_command_knows() -> None:
    content = yaml.safe_load(workflow("gitlab", "infra", ["dev"]))
    words = content["preflight"]["script"][1].replace("'*'", "*").split()
    context = preview_command.make_context("preview", words[2:])
    assert context.params["stacks"] == ("*",)
    assert [target.form for target in context.params["reports"]] == ["gitlab", "junit"]


def test_doctor_finds_what_is_there(project: Path) -> None:
    ran = run("doctor", project)
    assert ran.exit_code == 0, ran.output
    assert "project shop (python), stacks: prod, qa" in ran.output
    assert "ok    pulumi-aws" in ran.output
    assert "the tables describe" in ran.output
    assert "preflight init writes preflight.yaml" in ran.output


def test_doctor_says_what_is_missing_and_the_way_out(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PULUMI_HOME", str(project / "nothing"))
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    (project / "preflight.yaml").write_text("frameworks: [hippa]\n")
    aws = project / "node_modules" / "@pulumi" / "aws"
    aws.mkdir(parents=True)
    (aws / "package.json").write_text('{"version": "5.1.0"}')
    ran = run("doctor", project)
    assert ran.exit_code == 1
    for line in (
        "FAIL  node is not on PATH",
        "FAIL  @pulumi/pulumi is not in node_modules\n      npm install",
        "note  @pulumi/aws 5.1.0; the tables describe",
        "FAIL  preflight.yaml:1: frameworks[0]: 'hippa' is none of the known values",
        "note  the Pulumi CLI is not on PATH",
        "3 to fix",
    ):
        assert line in ran.output
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\n")
    assert "pulumi-language-yaml, which runs yaml programs, is not on PATH" in run("doctor", project).output


def test_doctor_names_packages_that_the_program_lacks(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_VERSIONS", 'print(\'{"pulumi": "3.1", "pulumi-aws": null}\')')
    ran = run("doctor", project)
    assert ran.exit_code == 1
    assert "FAIL  pulumi-aws is not installed there" in ran.output
    assert "-m pip install -r requirements.txt" in ran.output


def test_doctor_outside_a_project(tmp_path: Path) -> None:
    ran = run("doctor", tmp_path)
    assert (ran.exit_code, "is not a Pulumi project" in ran.output) == (1, True)
