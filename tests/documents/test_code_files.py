"""Files of archives and assets in wire form, malformed and hostile ones among them."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight import wire
from preflight.documents import code
from preflight.documents.code import files as files_module
from preflight.documents.code import sources
from preflight.documents.code.sources import inner_name


def archive(**parts: Any) -> dict[str, Any]:
    return {wire.SIGNATURE_KEY: wire.ARCHIVE, "hash": "0", **parts}


def asset(**parts: Any) -> dict[str, Any]:
    return {wire.SIGNATURE_KEY: wire.ASSET, "hash": "0", **parts}


def opened(value: object, base: Path) -> code.Files:
    found = code.open_code(value, base)
    assert isinstance(found, code.Files), found
    return found


def refused(value: object, base: Path) -> code.Unreadable:
    found = code.open_code(value, base)
    assert isinstance(found, code.Unreadable)
    return found


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "src" / "pkg").mkdir(parents=True)
    (tmp_path / "src" / "app.py").write_text("def handler(): ...")
    (tmp_path / "src" / "pkg" / "mod.py").write_text("x = 1")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as zipped:
        zipped.writestr("app.py", "zipped = 1")
        zipped.writestr("pkg/", "")
        zipped.writestr("./pkg//mod.py", "y = 2")
        zipped.writestr("../outside.py", "evil = 1")
        zipped.writestr("/etc/passwd", "evil = 1")
    with tarfile.open(tmp_path / "app.tar.gz", "w:gz") as tarred:
        info = tarfile.TarInfo("app.py")
        info.size = 10
        tarred.addfile(info, io.BytesIO(b"tarred = 1"))
        link = tarfile.TarInfo("link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tarred.addfile(link)
    return tmp_path


def test_a_folder(base: Path) -> None:
    for path in ("src", "./src/", str(base / "src")):
        found = opened(archive(path=path), base)
        assert found.names() == {"app.py", "pkg/mod.py"}
        assert found.text("app.py") == "def handler(): ..."
        assert found.size is None
        assert not found.has("pkg")
        assert not found.has("../app.zip")
        assert not found.has("pkg/../app.py")
        assert isinstance(found.read("nothing.py"), code.Unreadable)


def test_a_zip_file(base: Path) -> None:
    found = opened(archive(path="app.zip"), base)
    assert found.names() == {"app.py", "pkg/mod.py"}
    assert found.text("pkg/mod.py") == "y = 2"
    assert found.size == (base / "app.zip").stat().st_size
    assert opened(asset(path="app.zip"), base).has("app.py")
    assert opened(archive(uri=(base / "app.zip").as_uri()), base).has("app.py")


def test_a_tar_file(base: Path) -> None:
    found = opened(archive(path="app.tar.gz"), base)
    assert found.names() == {"app.py"}
    assert found.text("app.py") == "tarred = 1"


def test_a_map_of_assets(base: Path) -> None:
    value = archive(
        assets={
            ".": archive(path="src"),
            "inline.py": asset(text="inline = 1"),
            "empty.txt": asset(text=""),
            "renamed.py": asset(path="src/app.py"),
            "lib/": archive(assets={"deep": archive(path="app.zip")}),
        }
    )
    found = opened({wire.SIGNATURE_KEY: wire.SECRET, "value": value}, base)
    assert found.names() == {
        *("app.py", "pkg/mod.py", "inline.py", "empty.txt", "renamed.py"),
        *("lib/deep/app.py", "lib/deep/pkg/mod.py"),
    }
    assert found.text("inline.py") == "inline = 1"
    assert found.text("renamed.py") == "def handler(): ..."
    assert found.text("lib/deep/app.py") == "zipped = 1"


@pytest.mark.parametrize(
    ("value", "fragment", "certain"),
    [
        (wire.UNKNOWN_ARCHIVE, "not known at preview", False),
        (archive(path=wire.UNKNOWN_STRING), "not known at preview", False),
        (None, "neither an archive nor an asset", False),
        ("src", "neither an archive nor an asset", False),
        ({"path": "src"}, "neither an archive nor an asset", False),
        (archive(), "neither a path nor a content", False),
        (archive(path="nowhere"), "nothing at the path 'nowhere'", True),
        (archive(path="src/app.py"), "not the name of an archive", True),
        (asset(path="src"), "takes a FileArchive", True),
        (archive(uri="s3://bucket/key.zip"), "s3://", False),
        (archive(uri="https://example.com/x.zip"), "not on this machine", False),
        (archive(uri="http://[broken"), "can't be read", False),
        (archive(assets={"a": archive(path="nowhere")}), "a: there is nothing", True),
        (archive(assets={"../a.py": asset(text="")}), "leads out", False),
        (archive(path="a\0b"), "", False),
        (archive(path="x" * 5000), "can't be opened", False),
    ],
)
def test_what_cannot_be_read(base: Path, value: object, fragment: str, certain: bool) -> None:
    found = refused(value, base)
    assert fragment in found.reason
    assert found.certain is certain or value == archive(path="a\0b")


def test_nothing_is_certain_when_the_program_is_elsewhere(base: Path) -> None:
    found = refused(archive(path="src"), base / "not-here")
    assert not found.certain


@pytest.mark.parametrize("name", ["broken.zip", "broken.tar", "broken.tgz"])
def test_malformed_archives(base: Path, name: str) -> None:
    (base / name).write_bytes(b"PK\x03\x04 this is no archive")
    found = refused(archive(path=name), base)
    assert "can't be read as a" in found.reason
    assert found.certain


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_no_damaged_zip_raises(base: Path, data: st.DataObject) -> None:
    content = bytearray((base / "app.zip").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (base / "damaged.zip").write_bytes(content[: data.draw(st.integers(0, len(content)))])
    found = code.open_code(archive(path="damaged.zip"), base)
    if isinstance(found, code.Files):
        for name in found.names():
            found.text(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.recursive(
        st.none() | st.text(max_size=5) | st.sampled_from([*wire.UNKNOWNS, "src", "app.zip", "."]),
        lambda inner: st.dictionaries(
            st.sampled_from([wire.SIGNATURE_KEY, "path", "assets", "text", "uri", "value", "a.py", "."]),
            inner | st.sampled_from([wire.ARCHIVE, wire.ASSET, wire.SECRET]),
            max_size=4,
        ),
        max_leaves=10,
    )
)
def test_no_value_raises(base: Path, value: object) -> None:
    found = code.open_code(value, base)
    if isinstance(found, code.Files):
        code.python_handler(found, "app.handler")


def test_limits(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE_BYTES", 4)
    for value in (archive(path="src"), archive(path="app.zip"), archive(path="app.tar.gz"), asset(path="src/app.py")):
        content = opened(value, base).read("app.py")
        assert isinstance(content, code.Unreadable)
        assert "too many to look into" in content.reason
    monkeypatch.setattr(files_module, "MAX_FILES", 1)
    assert not opened(archive(path="src"), base).complete
    monkeypatch.setattr(files_module, "MAX_ARCHIVE_BYTES", 10)
    assert "too many to look into" in refused(archive(path="app.zip"), base).reason


def test_only_plain_files_are_opened(base: Path) -> None:
    os.mkfifo(base / "src" / "pipe.py")
    os.mkfifo(base / "pipe.zip")
    assert not opened(archive(path="src"), base).has("pipe.py")
    assert "neither a file nor a folder" in refused(archive(path="pipe.zip"), base).reason


def test_text_that_is_no_text(base: Path) -> None:
    (base / "src" / "latin.py").write_bytes("# ä".encode("latin-1"))
    (base / "src" / "mark.py").write_bytes(b"\xef\xbb\xbfx = 1")
    found = opened(archive(path="src"), base)
    assert isinstance(found.text("latin.py"), code.Unreadable)
    assert found.text("mark.py") == "x = 1"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a.py", "a.py"),
        ("./a//b.py", "a/b.py"),
        (".", ""),
        ("a/../b", "b"),
        ("..", None),
        ("../a", None),
        ("a/../../b", None),
        ("/a", None),
        ("..\\a", None),
        ("C:/a", None),
        ("a\0", None),
    ],
)
def test_inner_names(name: str, plain: str | None) -> None:
    assert inner_name(name) == plain
