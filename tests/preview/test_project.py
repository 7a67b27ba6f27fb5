"""Which project, stack and interpreter are meant."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from preflight.preview.languages.python.interpreter import interpreter
from preflight.preview.program.config import as_text, load_config
from preflight.preview.program.project import choose_stack, load_project
from preflight.preview.program.yaml_files import read_mapping
from preflight.preview.state.errors import UsageError


def _project(folder: Path, text: str = "name: demo\nruntime: python\n") -> Path:
    (folder / "Pulumi.yaml").write_text(text)
    (folder / "__main__.py").write_text("")
    return folder


def _virtualenv(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text("")
    (folder / "pyvenv.cfg").write_text("")
    return folder


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"virtualenv": "venv"}, "venv"),
        ({"toolchain": "pip", "virtualenv": "sub/venv"}, "sub/venv"),
        ({"toolchain": "uv"}, ".venv"),
        ({"toolchain": "uv", "virtualenv": "env"}, "env"),
        ({"toolchain": "poetry"}, ".venv"),
    ],
)
def test_interpreter_of_the_project(tmp_path: Path, options: dict[str, str], place: str) -> None:
    folder = _virtualenv(tmp_path / place)
    found = interpreter(tmp_path, options, what="Pulumi.yaml")
    assert found.executable == str(folder / "bin" / "python")
    assert found.environment["VIRTUAL_ENV"] == str(folder)
    assert found.environment["PATH"].startswith(str(folder / "bin"))
    assert found.note is None


def test_uv_workspace(tmp_path: Path) -> None:
    folder = _virtualenv(tmp_path / ".venv")
    (tmp_path / "uv.lock").write_text("")
    (tmp_path / "member").mkdir()
    found = interpreter(tmp_path / "member", {"toolchain": "uv"}, what="Pulumi.yaml")
    assert found.executable == str(folder / "bin" / "python")


@pytest.mark.parametrize("options", [{}, {"toolchain": "pip"}])
def test_current_interpreter(tmp_path: Path, options: dict[str, str]) -> None:
    found = interpreter(tmp_path, options, what="Pulumi.yaml")
    assert found.executable == sys.executable
    assert found.note is None


@pytest.mark.parametrize("options", [{"virtualenv": "venv"}, {"toolchain": "uv"}])
def test_missing_environment_is_noted(tmp_path: Path, options: dict[str, str]) -> None:
    found = interpreter(tmp_path, options, what="Pulumi.yaml")
    assert found.executable == sys.executable
    assert found.note is not None
    assert "does not exist" in found.note


@pytest.mark.parametrize(
    ("main", "folder", "entry"),
    [(None, ".", "."), ("src", "src", "."), ("src/app.py", "src", "app.py"), (".", ".", ".")],
)
def test_main(tmp_path: Path, main: str | None, folder: str, entry: str) -> None:
    _project(tmp_path, "name: demo\nruntime: {name: python}\n" + (f"main: {main}\n" if main else ""))
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "__main__.py").write_text("")
    (tmp_path / "src" / "app.py").write_text("")
    project = load_project(tmp_path)
    assert project.program_folder == (tmp_path / folder).resolve()
    assert project.entry == entry


@pytest.mark.parametrize(
    ("files", "wanted", "chosen"),
    [
        ([], None, ("organization", "dev")),
        (["prod"], None, ("organization", "prod")),
        (["dev", "prod"], None, ("organization", "dev")),
        (["dev", "prod"], "prod", ("organization", "prod")),
        (["prod"], "acme/prod", ("acme", "prod")),
        ([], "acme/demo/new", ("acme", "new")),
    ],
)
def test_stack(tmp_path: Path, files: list[str], wanted: str | None, chosen: tuple[str, str]) -> None:
    for name in files:
        (tmp_path / f"Pulumi.{name}.yaml").write_text("")
    assert choose_stack(load_project(_project(tmp_path)), wanted) == chosen


@pytest.mark.parametrize("wanted", ["a/b/c/d", "bad name", "/"])
def test_bad_stack_name(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(UsageError, match="is not a stack name"):
        choose_stack(load_project(_project(tmp_path)), wanted)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", "yes"),
        ("a: True", True),
        ("a: 010", "010"),
        ("a: 0x1F", 31),
        ("a: 1_000", "1_000"),
        ("a: 1.5", 1.5),
        ("a: 1e3", 1000.0),
        ("a: 2024-01-01", "2024-01-01"),
        ("a: 12:30", "12:30"),
        ("a: ~", None),
        ("a:", None),
        ("a: '5'", "5"),
        ('{"a": [1, null]}', [1, None]),
        ("b: &x {c: 1}\na: {<<: *x, d: 2}", {"c": 1, "d": 2}),
    ],
)
def test_yaml_scalars(tmp_path: Path, text: str, value: object) -> None:
    (tmp_path / "x.yaml").write_text(text)
    assert read_mapping(tmp_path / "x.yaml")["a"] == value


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"a: !!python/object/apply:os.getcwd []", b"a: *gone", b"a: \x01"])
def test_yaml_that_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x.yaml").write_bytes(raw)
    with pytest.raises(UsageError, match=r"x\.yaml"):
        read_mapping(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (True, "true"), (3, "3"), (1.5, "1.5"), ({"b": 1, "a": [True]}, '{"a":[true],"b":1}')],
)
def test_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_former_spelling_of_keys(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {'aws:config:region': eu-west-1}\n")
    config = load_config(load_project(_project(tmp_path)), "dev", [])
    assert config.of_package("aws") == {"region": "eu-west-1"}


def test_several_missing_values(tmp_path: Path) -> None:
    _project(
        tmp_path,
        "name: demo\nruntime: python\nconfig:\n  a: {type: string}\n  b: {type: string}\n  c: {type: string}\n",
    )
    with pytest.raises(UsageError, match="configuration values 'demo:a', 'demo:b' and 'demo:c'"):
        load_config(load_project(tmp_path), "dev", [])
