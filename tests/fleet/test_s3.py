"""S3 as a source: a server of moto, and before it a proxy that throttles, truncates and refuses."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import boto3
import pytest
from moto.server import ThreadedMotoServer

from preflight.fleet import state as states
from preflight.fleet.errors import FleetError
from preflight.fleet.sources import _MADE, StateRef
from preflight.fleet.sources.files import FileSource
from tests.fleet.states import audited, checkpoint, exported, rows

pytestmark = pytest.mark.slow


@dataclass
class Faults:
    """What the proxy does to requests for objects whose key holds a word: times that it still does it."""

    throttled: dict[str, int] = field(default_factory=dict)
    truncated: dict[str, int] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)


class Proxy(BaseHTTPRequestHandler):
    faults: Faults
    behind: str

    def do_GET(self) -> None:
        faults = self.faults
        faults.seen.append(self.path)
        for word in faults.throttled:
            if word in self.path and faults.throttled[word]:
                faults.throttled[word] -= 1
                return self._error(503, "SlowDown", "Please reduce your request rate.")
        if any(word in self.path for word in faults.denied):
            return self._error(403, "AccessDenied", "Access Denied")
        kept = {key: value for key, value in self.headers.items() if key.lower() != "accept-encoding"}
        request = urllib.request.Request(self.behind + self.path, headers=kept, method=self.command)
        try:
            with urllib.request.urlopen(request) as answer:
                body, code, headers = answer.read(), answer.status, answer.headers
        except urllib.error.HTTPError as error:
            body, code, headers = error.read(), error.code, error.headers
        self.send_response(code)
        for name, value in headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            cut = next((word for word, left in faults.truncated.items() if word in self.path and left), None)
            if cut is not None:
                faults.truncated[cut] -= 1
                body = body[: len(body) // 2]
                self.close_connection = True
            self.wfile.write(body)
        return None

    do_HEAD = do_GET

    def _error(self, code: int, name: str, message: str) -> None:
        body = f"<Error><Code>{name}</Code><Message>{message}</Message></Error>".encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Bucket:
    source: str
    client: object
    faults: Faults

    def put(self, name: str, body: bytes | None = None) -> None:
        key = f"fleet/.pulumi/stacks/{name}/dev.json"
        body = body or json.dumps(checkpoint(exported(name), name)).encode()
        self.client.put_object(Bucket="states", Key=key, Body=body)  # type: ignore[attr-defined]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true", "no_proxy": "127.0.0.1,localhost",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    port = moto.get_host_and_port()[1]
    Proxy.faults, Proxy.behind = Faults(), f"http://127.0.0.1:{port}"
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    urllib.request.urlopen(urllib.request.Request(f"{Proxy.behind}/moto-api/reset", method="POST")).close()
    client = boto3.client("s3", endpoint_url=Proxy.behind)
    client.create_bucket(Bucket="states")
    address = f"127.0.0.1:{proxy.server_port}"
    made = Bucket(
        f"s3://states/fleet?endpoint={address}&disableSSL=true&s3ForcePathStyle=true&region=us-east-1",
        client,
        Proxy.faults,
    )
    made.put("app")
    made.put("net")
    yield made
    _MADE.clear()
    proxy.shutdown()
    proxy.server_close()
    thread.join()
    moto.stop()


def status(out: Path) -> dict[str, str]:
    return {row["stack"]: row["status"] for row in rows(out, "SELECT stack, status FROM stacks ORDER BY stack")}


def test_a_bucket_is_audited_and_resumed_by_etag(bucket: Bucket, tmp_path: Path) -> None:
    first = audited(tmp_path, bucket.source)
    assert status(tmp_path) == {"app/dev": "judged", "net/dev": "judged"}
    assert (
        rows(tmp_path, "SELECT state FROM stacks ORDER BY state")[0]["state"]
        == "s3://states/fleet/.pulumi/stacks/app/dev.json"
    )
    asked = len([path for path in bucket.faults.seen if path.endswith("dev.json")])
    assert asked == 2
    bucket.put("net", json.dumps(checkpoint(exported("net") | {"version": 4}, "net")).encode())
    second = audited(tmp_path, bucket.source)
    assert (first.unchanged, second.unchanged) == (0, 1)


def test_throttling_and_broken_connections_are_retried(bucket: Bucket, tmp_path: Path) -> None:
    bucket.faults.throttled = {"app/dev.json": 3}
    bucket.faults.truncated = {"net/dev.json": 1}
    made = audited(tmp_path, bucket.source)
    assert made.failed == 0
    assert status(tmp_path) == {"app/dev": "judged", "net/dev": "judged"}
    assert bucket.faults.throttled == {"app/dev.json": 0}


def test_what_cannot_be_read_is_named(bucket: Bucket, tmp_path: Path) -> None:
    bucket.put("cut", json.dumps(checkpoint(exported("cut"), "cut")).encode()[:-30])
    bucket.faults.denied = {"net/dev.json"}
    made = audited(tmp_path, bucket.source)
    assert made.failed == 2
    found = {row["stack"]: row["error"] for row in rows(tmp_path, "SELECT stack, error FROM failures")}
    assert "may be truncated" in found["cut/dev"]
    assert "reading it is not allowed" in found["net/dev"]
    assert status(tmp_path)["app/dev"] == "judged"


def test_a_bucket_that_cannot_be_listed(bucket: Bucket) -> None:
    bucket.faults.denied = {"list-type=2", "prefix="}
    with pytest.raises(FleetError, match="listing is not allowed"):
        list(FileSource(bucket.source).states())
    bucket.faults.denied = set()
    with pytest.raises(FleetError, match="there is no such file, folder or bucket"):
        list(FileSource(bucket.source.replace("s3://states", "s3://nobody")).states())


def test_a_large_object_that_changes_while_it_is_read(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "WHOLE_BYTES", 100)
    source = FileSource(bucket.source)
    ref = next(source.states())
    with source.open(ref) as opened:
        bucket.put("app", json.dumps(checkpoint(exported("app") | {"version": 4}, "app")).encode())
        with pytest.raises(OSError, match="no longer exists"):
            opened.read()
    opens: list[str] = []
    opening = FileSource.open

    def changing(self: FileSource, ref: StateRef) -> IO[bytes]:
        opened = opening(self, ref)
        opens.append(ref.key)
        if len(opens) == 1:
            bucket.put("app", json.dumps(checkpoint(exported("app") | {"version": 3}, "app")).encode())
        return opened

    monkeypatch.setattr(FileSource, "open", changing)
    audited(tmp_path, bucket.source)
    assert status(tmp_path) == {"app/dev": "judged", "net/dev": "judged"}
    assert len(opens) == 3
