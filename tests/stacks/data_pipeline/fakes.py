"""What stands in for AWS and PostgreSQL when the functions are tested, and the functions themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import json
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

FUNCTIONS = Path(__file__).resolve().parents[3] / "stacks" / "data_pipeline" / "functions"


MODULES = ("aws", "postgres", "processor", "retry", "rotation", "store", "telemetry", "transactions")


@cache
def functions() -> Mapping[str, ModuleType]:
    """The modules of the functions' package, with a stand-in for boto3, which only Lambda has."""
    stubs = {name: ModuleType(name) for name in ("boto3", "botocore", "botocore.config")}
    stubs["boto3"].client = mock.Mock()  # type: ignore[attr-defined]
    stubs["botocore.config"].Config = dict  # type: ignore[attr-defined]
    with (
        mock.patch.dict("sys.modules", stubs),
        mock.patch.object(sys, "path", [str(FUNCTIONS), *sys.path]),
        mock.patch.object(sys, "dont_write_bytecode", True),  # what lies there is deployed
    ):
        return {name: importlib.import_module(f"pipeline.{name}") for name in MODULES}


def load(name: str) -> Any:
    """One module of the functions' package."""
    return functions()[name]


class ClientError(Exception):
    """Looks like the one of botocore."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class SecretsManager:
    """Secrets with their versions and stages, as far as a rotation sees them."""

    class exceptions:
        """Error classes of the client."""

        class ResourceNotFoundException(Exception):
            """A version that is not there."""

    def __init__(self) -> None:
        self.versions: dict[str, dict[str, str]] = {}
        self.stages: dict[str, dict[str, list[str]]] = {}
        self.enabled = True
        self.reads = 0

    def put(self, arn: str, version: str, value: object, *stages: str) -> None:
        """A version as somebody else made it; None leaves it without a value."""
        if value is not None:
            self.versions.setdefault(arn, {})[version] = json.dumps(value)
        self.stages.setdefault(arn, {})[version] = list(stages)

    def current(self, arn: str) -> dict[str, Any]:
        """The value that callers see."""
        value = json.loads(self.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"])
        assert isinstance(value, dict)
        return value

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:
        return {"RotationEnabled": self.enabled, "VersionIdsToStages": self.stages[SecretId]}

    def get_secret_value(
        self,
        *,
        SecretId: str,
        VersionStage: str = "AWSCURRENT",
        VersionId: str | None = None,
    ) -> dict[str, str]:
        self.reads += 1
        for version, stages in self.stages[SecretId].items():
            if VersionStage in stages and VersionId in (None, version) and version in self.versions[SecretId]:
                return {"SecretString": self.versions[SecretId][version]}
        raise self.exceptions.ResourceNotFoundException

    def get_random_password(self, *, PasswordLength: int, ExcludePunctuation: bool) -> dict[str, str]:
        assert ExcludePunctuation
        return {"RandomPassword": hashlib.sha256(str(self.versions).encode()).hexdigest()[:PasswordLength]}

    def put_secret_value(
        self,
        *,
        SecretId: str,
        ClientRequestToken: str,
        SecretString: str,
        VersionStages: list[str],
    ) -> None:
        self.put(SecretId, ClientRequestToken, json.loads(SecretString), *VersionStages)

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str,
        RemoveFromVersionId: str,
    ) -> None:
        stages = self.stages[SecretId]
        stages[RemoveFromVersionId] = ["AWSPREVIOUS"]
        stages[MoveToVersionId].append(VersionStage)


class PlainTls:
    """Takes the place of an `ssl.SSLContext` and leaves the socket as it is; keeps the name that it should verify."""

    server_hostname = ""

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> socket.socket:
        self.server_hostname = server_hostname
        return sock


class Server:
    """A PostgreSQL server for one session: SCRAM-SHA-256, then prepared answers.

    `answer` gets a statement and its parameters and returns rows, or raises `LookupError` with an SQLSTATE.
    """

    def __init__(
        self, *, password: str, answer: Callable[..., Sequence[tuple[str | None, ...]]], method: int = 10
    ) -> None:
        self.password = password
        self.answer = answer
        self.method = method
        self.lies = False
        self.username = ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve_one)

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Serves until its session has ended."""
        self._thread.start()
        try:
            yield self
        finally:
            self._thread.join(10)
            self._listener.close()

    def _serve_one(self) -> None:
        with suppress(ConnectionError):  # a client that trusts the server no longer hangs up
            self._serve()

    def _serve(self) -> None:
        sock, _ = self._listener.accept()
        with sock, sock.makefile("rb") as stream:
            sock.settimeout(10)
            stream.read(8)
            sock.sendall(b"S")
            (size,) = struct.unpack("!i", stream.read(4))
            parts = stream.read(size - 4)[4:].split(b"\0")
            self.username = parts[1].decode()
            if self._log_in(sock, stream):
                self._statements(sock, stream)

    def _log_in(self, sock: socket.socket, stream: Any) -> bool:
        send(sock, b"R", struct.pack("!i", self.method) + b"SCRAM-SHA-256\0\0")
        if self.method != 10:
            return False
        first = receive(stream)[1].split(b"n,,", 1)[1].decode()
        salt = b"0123456789abcdef"
        nonce = first.split("r=")[1] + "server"
        challenge = f"r={nonce},s={base64.b64encode(salt).decode()},i=4096"
        send(sock, b"R", struct.pack("!i", 11) + challenge.encode())
        kind, final = receive(stream)
        if not kind:
            return False
        bare, proof = final.decode().rsplit(",p=", 1)
        signed = f"{first},{challenge},{bare}".encode()
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), salt, 4096)
        stored = hashlib.sha256(digest(salted, b"Client Key")).digest()
        mask = digest(stored, signed)
        client_key = bytes(one ^ other for one, other in zip(base64.b64decode(proof), mask, strict=True))
        if hashlib.sha256(client_key).digest() != stored:
            send(sock, b"E", b"SFATAL\0C28P01\0Mpassword authentication failed\0\0")
            return False
        signature = digest(b"liar" if self.lies else digest(salted, b"Server Key"), signed)
        send(sock, b"R", struct.pack("!i", 12) + b"v=" + base64.b64encode(signature))
        send(sock, b"R", struct.pack("!i", 0))
        send(sock, b"Z", b"I")
        return True

    def _statements(self, sock: socket.socket, stream: Any) -> None:
        sql, parameters = "", []
        while True:
            kind, body = receive(stream)
            if kind in (b"", b"X"):
                return
            if kind == b"P":
                sql = body.split(b"\0")[1].decode()
            elif kind == b"B":
                parameters = bound(body)
            elif kind == b"S":
                try:
                    for row in self.answer(sql, *parameters):
                        send(sock, b"D", encoded(row))
                except LookupError as error:
                    send(sock, b"E", f"SERROR\0C{error.args[0]}\0Mrefused\0\0".encode())
                send(sock, b"Z", b"I")


def digest(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(key, message, "sha256")


def send(sock: socket.socket, kind: bytes, body: bytes) -> None:
    """One message of the server."""
    sock.sendall(kind + struct.pack("!i", len(body) + 4) + body)


def receive(stream: Any) -> tuple[bytes, bytes]:
    """One message of the client; both parts are empty when it has gone."""
    header = stream.read(5)
    return (header[:1], stream.read(struct.unpack("!i", header[1:])[0] - 4)) if len(header) == 5 else (b"", b"")


def bound(body: bytes) -> list[str | None]:
    """The parameters of a Bind message without format codes."""
    values: list[str | None] = []
    at = 6
    for _ in range(struct.unpack_from("!h", body, 4)[0]):
        (size,) = struct.unpack_from("!i", body, at)
        at += 4
        values.append(None if size < 0 else body[at : at + size].decode())
        at += max(size, 0)
    return values


def encoded(row: Sequence[str | None]) -> bytes:
    """The body of a DataRow."""
    cells = [
        b"\xff\xff\xff\xff" if cell is None else struct.pack("!i", len(cell.encode())) + cell.encode() for cell in row
    ]
    return struct.pack("!h", len(row)) + b"".join(cells)


class Roles:
    """The roles of a database, as far as a rotation makes and asks for them; each call of it is one statement."""

    def __init__(self) -> None:
        self.verifiers: dict[str, str] = {}
        self.known: set[str] = set()
        self.statements: list[str] = []

    def __call__(self, sql: str, *parameters: str) -> list[tuple[str, ...]]:
        self.statements.append(sql)
        if sql.startswith("SELECT 1 FROM pg_roles"):
            return [("1",)] if parameters[0] in self.known else []
        if sql.startswith("SELECT has_schema_privilege"):
            return [("t",)]
        if made := re.match(r'CREATE ROLE "(\w+)"', sql):
            self.known.add(made[1])
        elif changed := re.match(r'ALTER ROLE "(\w+)" PASSWORD \'(.*)\'$', sql):
            self.verifiers[changed[1]] = changed[2]
        return []
