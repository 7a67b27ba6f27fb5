"""A small PostgreSQL client on the standard library: TLS with a verified server, SCRAM-SHA-256, statements with
parameters.

It keeps the functions free of packages to build. A function that needs more (arrays, COPY, pools) packages a driver.
Source: PostgreSQL documentation, "Frontend/Backend Protocol" and "SASL Authentication"; RFC 5802 and RFC 7677.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import socket
import ssl
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

AUTHORITIES = Path(__file__).with_name("rds-ca.pem")
"""Root certificates of Amazon RDS (RDS User Guide, "Using SSL/TLS to encrypt a connection")."""
ITERATIONS = 4096
"""Rounds of a SCRAM verifier, as PostgreSQL itself uses them."""
_PROTOCOL = 196608
_SSL_REQUEST = 80877103
_AUTHENTICATION_OK, _SASL, _SASL_CONTINUE, _SASL_FINAL = 0, 10, 11, 12


class ServerError(Exception):
    """The server refused something: its message, and the SQLSTATE in `code`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ProtocolError(ConnectionError):
    """The server said what this client doesn't understand, or failed to prove that it knows the password."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where a database is, and who logs in to it."""

    host: str
    port: int
    database: str
    username: str
    password: str = field(repr=False)


class Connection:
    """One session. Not for use by several threads."""

    def __init__(self, sock: socket.socket) -> None:
        """sock: connected, TLS included. `open` is the usual way."""
        self._socket = sock
        self._stream = sock.makefile("rb")

    @classmethod
    def open(cls, login: Login, *, timeout_seconds: float, tls: ssl.SSLContext | None = None) -> Connection:
        """Connect and log in.

        timeout_seconds: for connecting, and for each later answer.
        tls: verifies the server; by default against the root certificates of RDS, host name included.
        Raises `ServerError` when the login is refused, `OSError` (`ProtocolError` and `ssl.SSLError` included) when
        there is no safe connection.
        """
        raw = socket.create_connection((login.host, login.port), timeout=timeout_seconds)
        try:
            raw.sendall(struct.pack("!ii", 8, _SSL_REQUEST))
            if raw.recv(1) != b"S":
                raise ProtocolError("the server offers no TLS")
            context = tls or ssl.create_default_context(cafile=str(AUTHORITIES))
            connection = cls(context.wrap_socket(raw, server_hostname=login.host))
            connection._log_in(login)
        except BaseException:
            raw.close()
            raise
        return connection

    def execute(self, sql: str, *parameters: str | None) -> list[tuple[str | None, ...]]:
        """Run one statement with the values of $1, $2 … as text, and return its rows as text.

        Raises `ServerError`; the session stays usable after it.
        """
        values = b"".join(struct.pack("!i", -1) if value is None else _sized(value.encode()) for value in parameters)
        bind = b"\0\0" + struct.pack("!hh", 0, len(parameters)) + values + struct.pack("!h", 0)
        self._send(b"P", b"\0" + sql.encode() + b"\0" + struct.pack("!h", 0))
        self._send(b"B", bind)
        self._send(b"E", b"\0" + struct.pack("!i", 0))
        self._send(b"S", b"")
        return self._rows()

    def close(self) -> None:
        """End the session."""
        try:
            self._send(b"X", b"")
        except OSError:
            return  # the server was faster
        finally:
            self._stream.close()
            self._socket.close()

    def _rows(self) -> list[tuple[str | None, ...]]:
        rows: list[tuple[str | None, ...]] = []
        error: ServerError | None = None
        while True:
            kind, body = self._receive()
            if kind == b"D":
                rows.append(_row(body))
            elif kind == b"E":
                error = _server_error(body)
            elif kind == b"Z":
                if error:
                    raise error
                return rows

    def _log_in(self, login: Login) -> None:
        options = f"user\0{login.username}\0database\0{login.database}\0\0".encode()
        self._socket.sendall(_sized(struct.pack("!i", _PROTOCOL) + options, own_length=True))
        exchange = _Scram(login.password)
        while True:
            kind, body = self._receive()
            if kind == b"E":
                raise _server_error(body)
            if kind == b"Z":
                return
            if kind == b"R":
                self._authenticate(exchange, int.from_bytes(body[:4], "big"), body[4:])

    def _authenticate(self, exchange: _Scram, method: int, data: bytes) -> None:
        if method == _SASL:
            if b"SCRAM-SHA-256" not in data.split(b"\0"):
                raise ProtocolError("the server doesn't offer SCRAM-SHA-256")
            self._send(b"p", b"SCRAM-SHA-256\0" + _sized(exchange.first()))
        elif method == _SASL_CONTINUE:
            self._send(b"p", exchange.final(data))
        elif method == _SASL_FINAL:
            exchange.verify(data)
        elif method != _AUTHENTICATION_OK or not exchange.verified:
            raise ProtocolError(f"the server asks for authentication {method} and not for SCRAM-SHA-256")

    def _send(self, kind: bytes, body: bytes) -> None:
        self._socket.sendall(kind + _sized(body, own_length=True))

    def _receive(self) -> tuple[bytes, bytes]:
        header = self._read(5)
        return header[:1], self._read(int.from_bytes(header[1:], "big") - 4)

    def _read(self, count: int) -> bytes:
        data = self._stream.read(count)
        if data is None or len(data) < count:
            raise ConnectionResetError("the server closed the connection")
        return data


class _Scram:
    """The client's side of SCRAM-SHA-256 without channel binding."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._nonce = secrets.token_urlsafe(18)
        self._signature = b""
        self.verified = False

    def first(self) -> bytes:
        return f"n,,{self._bare}".encode()

    @property
    def _bare(self) -> str:
        return f"n=,r={self._nonce}"  # the name is taken from the start-up message

    def final(self, challenge: bytes) -> bytes:
        text = challenge.decode()
        fields = dict(part.split("=", 1) for part in text.split(","))
        if not fields["r"].startswith(self._nonce):
            _refuse()
        salted = hashlib.pbkdf2_hmac("sha256", self._password, base64.b64decode(fields["s"]), int(fields["i"]))
        message = f"c=biws,r={fields['r']}"
        signed = f"{self._bare},{text},{message}".encode()
        client_key = _hmac(salted, b"Client Key")
        mask = _hmac(hashlib.sha256(client_key).digest(), signed)
        self._signature = _hmac(_hmac(salted, b"Server Key"), signed)
        proof = bytes(one ^ other for one, other in zip(client_key, mask, strict=True))
        return f"{message},p={base64.b64encode(proof).decode()}".encode()

    def verify(self, answer: bytes) -> None:
        given = base64.b64decode(answer.decode().removeprefix("v="))
        if not self._signature or not hmac.compare_digest(given, self._signature):
            _refuse()
        self.verified = True


def scram_verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL stores of a password, for `ALTER ROLE … PASSWORD`: so no statement, and no log, holds it."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server = _hmac(salted, b"Server Key")
    parts = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{parts[0]}${parts[1]}:{parts[2]}"


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text quoted for SQL, where a parameter isn't allowed; backslashes mean themselves."""
    return "'" + text.replace("'", "''") + "'"


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _sized(body: bytes, *, own_length: bool = False) -> bytes:
    return struct.pack("!i", len(body) + (4 if own_length else 0)) + body


def _row(body: bytes) -> tuple[str | None, ...]:
    values: list[str | None] = []
    at = 2
    for _ in range(int.from_bytes(body[:2], "big")):
        (size,) = struct.unpack_from("!i", body, at)
        at += 4
        values.append(None if size < 0 else body[at : at + size].decode())
        at += max(size, 0)
    return tuple(values)


def _server_error(body: bytes) -> ServerError:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return ServerError(fields.get(b"C", "XX000"), fields.get(b"M", "no message"))


def _refuse() -> NoReturn:
    raise ProtocolError("the server didn't prove that it knows the password")
