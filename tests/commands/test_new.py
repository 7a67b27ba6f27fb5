"""`preflight new`: what it copies, what it fixes, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from preflight import bundled
from preflight.commands import new_project
from preflight.commands.cli import group
from preflight.preview.run import Request, preview

ROOT = Path(__file__).resolve().parents[2]
STACKS = sorted(path.parent.name for path in (ROOT / "stacks").glob("*/Pulumi.yaml"))


def new(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["new", *map(str, arguments)])


def message(result: Result) -> str:
    """The one line that a refusal is."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def load(path: Path) -> Mapping[str, object]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def files(folder: Path) -> dict[str, str]:
    """Relative path → digest of each file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"__pycache__", ".mypy_cache"} & set(path.parts)
    }


@pytest.fixture
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reference stacks, for tests that put something into them."""
    folder = tmp_path / "stacks"
    shutil.copytree(ROOT / "stacks", folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    monkeypatch.setattr(new_project, "stacks_folder", lambda: folder)
    return folder


def test_a_copy_previews_without_a_finding(tmp_path: Path) -> None:
    folder = tmp_path / "My Records"
    result = new("hipaa_pipeline", folder)
    assert result.exit_code == 0, result.output
    outcome = preview(Request(folder, stack="prod"))
    assert (outcome.program, outcome.errors, outcome.failures) == ("my-records", [], [])
    assert outcome.findings == []
    assert outcome.resources > 100


def test_the_next_steps_can_be_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "My Records"
    lines = new("hipaa_pipeline", folder, "--name", "records").stdout.splitlines()
    assert lines[0].startswith("records: ")
    assert f"  preflight preview '{folder}' --stack dev   # offline; also: dev, prod, staging" in lines
    assert f"  cd '{folder}' && pulumi install && pulumi stack init dev && pulumi up" in lines


@pytest.mark.parametrize("stack", STACKS)
def test_everything_of_the_stack_is_there_and_nothing_else(stack: str, tmp_path: Path) -> None:
    assert new(stack, tmp_path, "--name", "acme").exit_code == 0
    made, source = files(tmp_path), files(ROOT / "stacks" / stack)
    components = {f"components/{path}": digest for path, digest in files(ROOT / "stacks" / "components").items()}
    assert made.keys() == source.keys() | components.keys() | {".gitignore", "preflight.schema.json"}
    fixed = {path for path, digest in (source | components).items() if made[path] != digest}
    assert {"Pulumi.yaml", "Pulumi.dev.yaml"} <= fixed
    assert all("/" not in path and path.endswith((".yaml", ".md")) for path in fixed)


@pytest.mark.parametrize("stack", STACKS)
def test_the_project_is_renamed_everywhere(stack: str, tmp_path: Path) -> None:
    former = str(load(ROOT / "stacks" / stack / "Pulumi.yaml")["name"])
    assert new(stack, tmp_path, "--name", "acme").exit_code == 0
    project = load(tmp_path / "Pulumi.yaml")
    assert project["name"] == "acme"
    assert project["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}
    assert "template" not in project
    for environment in ("dev", "staging", "prod"):
        before = load(ROOT / "stacks" / stack / f"Pulumi.{environment}.yaml")["config"]
        after = load(tmp_path / f"Pulumi.{environment}.yaml")["config"]
        assert isinstance(before, dict)
        assert after == {key.replace(f"{former}:", "acme:"): value for key, value in before.items()}
    settings = (tmp_path / "preflight.yaml").read_text(encoding="utf-8")
    assert not re.search(rf"\b{former}[-(\[]", settings)
    assert settings.count("acme") == len(
        re.findall(rf"\b{former}[-(\[]", (ROOT / "stacks" / stack / "preflight.yaml").read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize("stack", STACKS)
def test_links_and_schema_lead_somewhere(stack: str, tmp_path: Path) -> None:
    assert new(stack, tmp_path, "--name", "acme").exit_code == 0
    for page in tmp_path.glob("*.md"):
        targets = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        assert [target for target in targets if "://" not in target and not (tmp_path / target).exists()] == []
    schema = json.loads((tmp_path / "preflight.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(load(tmp_path / "preflight.yaml"), schema)
    named = re.findall(r"\$schema=(\S+)", (tmp_path / "preflight.yaml").read_text(encoding="utf-8"))
    assert named in ([], ["preflight.schema.json"])


@pytest.mark.parametrize("stack", STACKS)
def test_a_template_has_placeholders_where_the_cli_replaces_them(stack: str, tmp_path: Path) -> None:
    assert new(stack, tmp_path, "--template").exit_code == 0
    project = load(tmp_path / "Pulumi.yaml")
    assert project["name"] == "${PROJECT}"
    template = project["template"]
    assert isinstance(template, dict)
    assert template["description"] == project["description"]
    assert "aws:region" in template["config"]
    declared = project["config"]
    assert isinstance(declared, dict)
    required = {key for key, value in declared.items() if "default" not in value}
    assert required <= template["config"].keys()
    for path in tmp_path.glob("*.yaml"):
        if path.name != "Pulumi.yaml":
            assert "${PROJECT}" not in path.read_text(encoding="utf-8")
    for path in tmp_path.glob("Pulumi.*.yaml"):
        config = load(path)["config"]
        assert isinstance(config, dict)
        assert {key.partition(":")[0] for key in config if ":" in key} == {"aws"}


def test_what_a_template_becomes_previews_without_a_finding(tmp_path: Path) -> None:
    assert new("hipaa_pipeline", tmp_path, "--template").exit_code == 0
    file = tmp_path / "Pulumi.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("${PROJECT}", "acme"), encoding="utf-8")
    outcome = preview(Request(tmp_path, stack="dev"))
    assert (outcome.program, outcome.errors, outcome.findings) == ("acme", [], [])


def test_secrets_and_leftovers_stay_behind(stacks: Path, tmp_path: Path) -> None:
    source = stacks / "hipaa_pipeline"
    file = source / "Pulumi.dev.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        "encryptionsalt: v1:abc=:v1:def\n" + text + "  hipaa-pipeline:token:\n    secure: AAABBB\n", encoding="utf-8"
    )
    for leftover in (
        "__pycache__/a.pyc",
        "tests/test_it.py",
        ".venv/pyvenv.cfg",
        ".DS_Store",
        ".mypy_cache/x",
        "a.pyc",
    ):
        (source / leftover).parent.mkdir(exist_ok=True)
        (source / leftover).write_text("x", encoding="utf-8")
    (source / ".gitignore").write_text("own\n", encoding="utf-8")
    folder = tmp_path / "made"
    assert new("hipaa_pipeline", folder, "--name", "acme").exit_code == 0
    assert (folder / "Pulumi.dev.yaml").read_text(encoding="utf-8") == text.replace("hipaa-pipeline:", "acme:")
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "own\n"
    made = files(folder).keys()
    assert not [path for path in made if "tests" in path or ".pyc" in path or ".venv" in path or ".DS_Store" in path]


def test_the_list_names_each_stack() -> None:
    result = new("--list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == STACKS
    assert all("(dev, prod, staging)" in line for line in result.stdout.splitlines())


@pytest.mark.parametrize(("asked", "meant"), [("hipaa", "hipaa_pipeline"), ("Data-Pipeline", "data_pipeline")])
def test_an_unknown_stack_is_refused_with_the_nearest(asked: str, meant: str, tmp_path: Path) -> None:
    said = message(new(asked, tmp_path / "x"))
    assert said == f"there is no reference stack {asked!r} (did you mean {meant}?); there are: {', '.join(STACKS)}"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("stack", ["components", "../examples/broken_pipeline", "zzz"])
def test_what_is_no_stack_is_refused(stack: str, tmp_path: Path) -> None:
    assert message(new(stack, tmp_path)).endswith(f"; there are: {', '.join(STACKS)}")


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("mine", encoding="utf-8")
    assert "is not empty; name a folder" in message(new("hipaa_pipeline", tmp_path))
    assert "is a file; name a folder" in message(new("hipaa_pipeline", kept))
    assert f"{kept}/x: cannot be written: Not a directory" in message(new("hipaa_pipeline", kept / "x"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("name", ["", "Records", "my_records", "4711", "a--b", "-a", "a.b", "ärzte", "a" * 41])
def test_a_name_that_resources_cannot_have_is_refused(name: str, tmp_path: Path) -> None:
    said = message(new("hipaa_pipeline", tmp_path / "x", "--name", name))
    assert said.startswith(f"--name {name!r} ")
    assert "name another" in said
    assert not (tmp_path / "x").exists()


def test_a_folder_that_gives_no_name_asks_for_one(tmp_path: Path) -> None:
    said = message(new("hipaa_pipeline", tmp_path / "4711"))
    assert "the project's name would be '4711'" in said
    assert "--name PROJECT" in said


def test_the_longest_name_is_that_of_the_components() -> None:
    naming = (ROOT / "stacks" / "components" / "naming.py").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^MAX_PROJECT_LENGTH = (\d+)$", naming) == [str(new_project.MAX_NAME_LENGTH)]


def test_a_template_takes_no_name(tmp_path: Path) -> None:
    assert "exclude each other" in message(new("hipaa_pipeline", tmp_path, "--template", "--name", "x"))


def test_the_pack_alone_says_that_it_has_no_stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_project, "stacks_folder", lambda: None)
    assert "holds no reference stacks" in message(new("hipaa_pipeline", tmp_path))
    assert "holds no reference stacks" in message(new("--list"))


def test_the_repository_comes_with_its_own_pack_and_stacks() -> None:
    assert bundled.pack_folder() == ROOT / "policypack"
    assert bundled.stacks_folder() == ROOT / "stacks"


def test_a_wheel_comes_with_pack_and_stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyproject.toml puts them where `bundled` looks first."""
    included = re.findall(
        r'^"(\S+)" = "preflight/_bundled/(\S+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {target.split("/")[0] for _, target in included} == {"policypack", "stacks"}
    for source, target in included:
        assert (ROOT / source).exists()
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / target).symlink_to(ROOT / source)
    monkeypatch.setattr(bundled, "_IN_WHEEL", tmp_path)
    assert bundled.pack_folder() == tmp_path / "policypack"
    assert bundled.stacks_folder() == tmp_path / "stacks"
