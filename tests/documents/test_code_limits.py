"""Sources and archives that stall or blind whoever looks into them: each is read within limits, or not at all."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from preflight import wire
from preflight.documents import code
from preflight.documents.code import files as files_module
from preflight.documents.code import node, python, sources


def folder(base: Path, **modules: str) -> code.Files:
    for name, text in modules.items():
        (base / f"{name}.py").write_text(text)
    found = code.open_code({wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "."}, base)
    assert isinstance(found, code.Files)
    return found


def test_a_sum_of_thousands_of_terms(tmp_path: Path) -> None:
    files = folder(
        tmp_path, app="total = " + " + ".join("x" for _ in range(1_500)) + "\ndef handler(event, context): pass\n"
    )
    assert isinstance(code.python_handler(files, "app.handler"), (code.Found, code.CannotTell))
    assert isinstance(code.python_handler(files, "app.other"), (code.Missing, code.CannotTell))


def test_diamonds_of_star_imports_are_followed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parse = python.parse_module

    def counted(files: code.Files, file: str) -> object:
        read.append(file)
        return parse(files, file)

    monkeypatch.setattr(python, "parse_module", counted)
    modules = {"end": "def other(): pass\n"}
    for depth in range(16):
        below = f"top{depth + 1}" if depth < 15 else "end"
        modules |= dict.fromkeys((f"left{depth}", f"right{depth}"), f"from {below} import *\n")
        modules[f"top{depth}"] = f"from left{depth} import *\nfrom right{depth} import *\n"
    verdict = code.python_handler(folder(tmp_path, **modules), "top0.handler")
    assert isinstance(verdict, code.Missing)
    assert sorted(read) == sorted(f"{name}.py" for name in modules)


def test_modules_that_import_each_other_in_a_circle(tmp_path: Path) -> None:
    files = folder(tmp_path, a="from b import *\n", b="from a import *\ndef found(): pass\n")
    assert isinstance(code.python_handler(files, "a.found"), code.Found)
    assert isinstance(code.python_handler(files, "a.handler"), code.CannotTell)


@pytest.mark.parametrize("text", ["module.exports = {", "export {", "export const a "])
def test_script_that_never_closes(tmp_path: Path, text: str) -> None:
    (tmp_path / "index.js").write_text(text * (300_000 // len(text)))
    files = code.open_code({wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "."}, tmp_path)
    assert isinstance(files, code.Files)
    assert isinstance(code.node_handler(files, "index.handler"), (code.CannotTell, code.Missing))


@pytest.mark.parametrize(("suffix", "most"), [(".py", python.MAX_TEXT), (".js", node._MAX_TEXT)])
def test_bundles_are_not_parsed(tmp_path: Path, suffix: str, most: int) -> None:
    (tmp_path / f"app{suffix}").write_text("x = 1\n" * (most // 6 + 2))
    files = code.open_code({wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "."}, tmp_path)
    assert isinstance(files, code.Files)
    look = code.python_handler if suffix == ".py" else code.node_handler
    verdict = look(files, "app.handler")
    assert isinstance(verdict, code.CannotTell)
    assert "too large to look into" in verdict.reason


def test_a_tar_archive_is_unpacked_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tarfile.open(tmp_path / "bomb.tar.gz", "w:gz") as archive:
        for index in range(3):
            member = tarfile.TarInfo(f"zeros{index}")
            member.size = 1_000_000
            archive.addfile(member, io.BytesIO(bytes(1_000_000)))
    value = {wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "bomb.tar.gz"}
    assert isinstance(code.open_code(value, tmp_path), code.Files)
    monkeypatch.setattr(sources, "MAX_INFLATED_BYTES", 2_000_000)
    found = code.open_code(value, tmp_path)
    assert isinstance(found, code.Unreadable)
    assert not found.certain
    assert "too many to look into" in found.reason


def test_a_zip_file_with_a_huge_directory_is_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for index in range(200):
            archive.writestr(f"{index}.py", "")
    value = {wire.SIGNATURE_KEY: wire.ARCHIVE, "path": "many.zip"}
    assert isinstance(code.open_code(value, tmp_path), code.Files)
    monkeypatch.setattr(files_module, "MAX_DIRECTORY_BYTES", 1_000)
    found = code.open_code(value, tmp_path)
    assert isinstance(found, code.Unreadable)
    assert "too many files" in found.reason


def test_code_is_read_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = folder(tmp_path, a="x = 1\n", b="y = 2\n")
    monkeypatch.setattr(files_module, "MAX_READS", 1)
    assert files.text("a.py") == "x = 1\n"
    refused = files.text("b.py")
    assert isinstance(refused, code.Unreadable)
    assert "too large to look into" in refused.reason
