"""What a pack learns of the program from Pulumi.yaml, and from Preflight's own engine."""

from pathlib import Path

import pytest

from preflight.judging.spelling import Language
from preflight.serving.program import program_folder, program_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("name: x\nruntime: python\n", Language.PYTHON),
        ("name: x\nruntime: 'nodejs' # ours\n", Language.NODEJS),
        ("name: x\nruntime:\n  name: go\n  options: {}\n", Language.GO),
        ("name: x\nruntime:\n  options:\n    virtualenv: venv\n  name: dotnet\ndescription: y\n", Language.DOTNET),
        ("name: x\nruntime: {name: yaml}\n", Language.YAML),
        ("name: java\nruntime: java", Language.JAVA),
        ("name: python\n", Language.UNKNOWN),
        ("name: x\nruntime: haskell\n", Language.UNKNOWN),
    ],
)
def test_language_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, language: Language) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "Pulumi.yaml").write_text(text)
    assert program_language({"PWD": str(tmp_path / "program")}) is language
    assert program_folder({"PWD": str(tmp_path / "program")}) == tmp_path / "program"


def test_the_engine_knows_better(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\nmain: src\n")
    assert program_folder({}) is None
    told = {"PREFLIGHT_PROGRAM_FOLDER": "/elsewhere", "PREFLIGHT_PROGRAM_RUNTIME": "go"}
    assert program_folder(told) == Path("/elsewhere")
    assert program_language(told) is Language.GO


def test_no_project_no_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert program_language({"PWD": str(tmp_path)}) is Language.UNKNOWN
