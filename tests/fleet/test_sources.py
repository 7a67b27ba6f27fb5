"""Backends and exports as files, on memory's file system, and Pulumi Cloud's REST API by a server of this test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pytest

from preflight.fleet.errors import FleetError, StateError
from preflight.fleet.sources import cloud
from preflight.fleet.sources.cloud import CloudSource
from preflight.fleet.sources.files import FileSource
from tests.fleet.states import backend, exported


def names(source: FileSource) -> list[str]:
    return [ref.name for ref in source.states()]


def test_a_backend_by_project_and_its_history(tmp_path: Path) -> None:
    backend(tmp_path, "app", "net")
    for beside in (
        "history/app/dev/dev-1.history.json",
        "backups/app/dev/dev.1.json",
        "locks/organization/app/dev/1.json",
    ):
        path = tmp_path / ".pulumi" / beside
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    (tmp_path / ".pulumi/stacks/app/dev.json.bak").write_text("{}")
    (tmp_path / ".pulumi/stacks/app/dev.json.attrs").write_text("{}")
    assert names(FileSource(str(tmp_path))) == ["app/dev", "net/dev"]
    assert names(FileSource(f"file://{tmp_path}")) == ["app/dev", "net/dev"]


def test_a_backend_of_before_projects(tmp_path: Path) -> None:
    assert names(FileSource(str(backend(tmp_path, "app-dev", by_project=False, meta="version: 0\n")))) == ["app-dev"]


def test_zipped_and_plain_of_one_stack_is_one_state(tmp_path: Path) -> None:
    import os

    backend(tmp_path, "app")
    backend(tmp_path, "app", zipped=True)
    os.utime(tmp_path / ".pulumi/stacks/app/dev.json", (1, 1))
    assert [ref.url.rpartition("/")[2] for ref in FileSource(str(tmp_path)).states()] == ["dev.json.gz"]


def test_a_layout_of_the_future_is_refused(tmp_path: Path) -> None:
    backend(tmp_path, "app", meta="version: 2\n")
    with pytest.raises(FleetError, match="layout version 2; Preflight reads 0 and 1"):
        list(FileSource(str(tmp_path)).states())


def test_an_exported_file_and_a_folder_of_them(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(exported("one")))
    (tmp_path / "two.json").write_text(json.dumps(exported("two")))
    assert names(FileSource(str(tmp_path / "one.json"))) == ["one"]
    assert names(FileSource(str(tmp_path))) == ["one", "two"]


def test_what_cannot_be_a_source(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="there is no such file, folder or bucket"):
        list(FileSource(str(tmp_path / "nothing")).states())
    with pytest.raises(FleetError, match=r"holds neither \.pulumi/stacks"):
        list(FileSource(str(tmp_path)).states())
    with pytest.raises(FleetError, match="is not a file system that fsspec knows"):
        FileSource("nowhere://bucket")


def test_an_empty_backend_has_no_state(tmp_path: Path) -> None:
    (tmp_path / ".pulumi").mkdir()
    assert names(FileSource(str(tmp_path))) == []


def test_any_file_system_of_fsspec() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/fleet/.pulumi/stacks/app/dev.json", b"{}")
    found = FileSource("memory://fleet")
    refs = list(found.states())
    assert [ref.name for ref in refs] == ["app/dev"]
    assert list(found.read(refs)) == [b"{}"]
    memory.rm("/fleet", recursive=True)
    gone = list(found.read(refs))
    assert isinstance(gone[0], StateError)
    assert "it was listed, and is gone" in str(gone[0])


class Cloud(BaseHTTPRequestHandler):
    """Two pages of stacks; the first request for each address is told to wait."""

    seen: dict[str, int]
    stacks: list[dict[str, Any]]

    def do_GET(self) -> None:
        count = self.seen[self.path] = self.seen.get(self.path, 0) + 1
        if self.headers["Authorization"] != "token right":
            self._answer(401, {"code": 401})
        elif count == 1:
            self.send_response(429)
            self.send_header("Retry-After", "0")
            self.end_headers()
        elif self.path.startswith("/api/user/stacks"):
            second = "continuationToken=next" in self.path
            self._answer(
                200,
                {"stacks": self.stacks[2 * second : 2 + 2 * second], "continuationToken": None if second else "next"},
            )
        elif self.path == "/api/stacks/acme/net/dev/export":
            self._answer(404, {"code": 404})
        else:
            self._answer(200, exported(self.path.split("/")[4]))

    def _answer(self, code: int, content: Any) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Cloud, "seen", {}, raising=False)
    listed = [
        {"orgName": "acme", "projectName": name, "stackName": "dev", "lastUpdate": 1700000000, "resourceCount": 3}
        for name in ("app", "net", "web")
    ]
    monkeypatch.setattr(
        Cloud, "stacks", [*listed, {"orgName": "acme", "projectName": "new", "stackName": "dev"}], raising=False
    )
    monkeypatch.setattr(cloud, "_PAUSE", 0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cloud)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv(cloud.API, f"http://127.0.0.1:{server.server_port}")
    yield f"http://127.0.0.1:{server.server_port}/acme"
    server.shutdown()
    server.server_close()
    thread.join()


def test_pulumi_cloud_is_paged_and_waits_as_told(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cloud.TOKEN, "right")
    for text in (api, "pulumi://acme"):
        noted: list[str] = []
        Cloud.seen.clear()
        source = CloudSource(text, noted.append)
        refs = list(source.states())
        assert [(ref.name, ref.modified) for ref in refs] == [
            (f"acme/{name}/dev", "2023-11-14T22:13:20+00:00") for name in ("app", "net", "web")
        ]
        first, missing, third = source.read(refs)
        assert isinstance(first, bytes)
        assert isinstance(third, bytes)
        assert b"::app::" in first
        assert "HTTP 404" in str(missing)
        assert any("asking again in 0 s" in line for line in noted)
        with source.open(refs[0]) as opened:
            assert opened.read(1) == b"{"


def test_pulumi_cloud_without_a_right_token(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cloud.TOKEN, raising=False)
    with pytest.raises(FleetError, match="PULUMI_ACCESS_TOKEN is not set"):
        CloudSource(api, print)
    monkeypatch.setenv(cloud.TOKEN, "wrong-token-value")
    with pytest.raises(FleetError, match="the token in PULUMI_ACCESS_TOKEN does not allow it") as said:
        list(CloudSource(api, print).states())
    assert "wrong-token-value" not in str(said.value)
    with pytest.raises(FleetError, match="name an organization only"):
        CloudSource("pulumi://acme/app", print)
