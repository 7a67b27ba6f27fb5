"""The PostgreSQL client against a server on loopback: login, statements, refusals."""

from __future__ import annotations

import base64
import hashlib
import ssl
from typing import Any

import pytest

from tests.stacks.data_pipeline.fakes import PlainTls, Server, digest, load

postgres = load("postgres")


def login(server: Server, password: str = "secret") -> Any:
    return postgres.Login(
        host="localhost", port=server.port, database="transactions", username="pipeline_a", password=password
    )


def echo(sql: str, *parameters: str | None) -> list[tuple[str | None, ...]]:
    if sql == "fail":
        raise LookupError("42703")
    return [(sql, *parameters)]


def open_session(server: Server, tls: PlainTls | None = None, **changes: str) -> Any:
    return postgres.Connection.open(login(server, **changes), timeout_seconds=10, tls=tls or PlainTls())


def test_a_session_runs_statements_with_parameters() -> None:
    tls = PlainTls()
    with Server(password="secret", answer=echo).running() as server:
        session = open_session(server, tls)
        assert session.execute("SELECT $1, $2", "ä'\\", None) == [("SELECT $1, $2", "ä'\\", None)]
        session.close()
    assert (server.username, tls.server_hostname) == ("pipeline_a", "localhost")


def test_a_refused_statement_leaves_the_session_usable() -> None:
    with Server(password="secret", answer=echo).running() as server:
        session = open_session(server)
        with pytest.raises(postgres.ServerError, match="refused") as refusal:
            session.execute("fail")
        assert refusal.value.code == "42703"
        assert session.execute("again") == [("again",)]
        session.close()


def test_a_wrong_password_is_refused_by_the_server() -> None:
    with Server(password="secret", answer=echo).running() as server, pytest.raises(postgres.ServerError) as refusal:
        open_session(server, password="guess")
    assert refusal.value.code == "28P01"


def test_a_server_that_does_not_know_the_password_is_refused() -> None:
    server = Server(password="secret", answer=echo)
    server.lies = True
    with server.running(), pytest.raises(postgres.ProtocolError, match="didn't prove"):
        open_session(server)


@pytest.mark.parametrize("method", [0, 3, 5])
def test_no_password_is_sent_in_another_way(method: int) -> None:
    with (
        Server(password="secret", answer=echo, method=method).running() as server,
        pytest.raises(postgres.ProtocolError, match=f"authentication {method} and not for SCRAM"),
    ):
        open_session(server)


def test_servers_are_verified_by_name_against_the_roots_of_rds() -> None:
    context = ssl.create_default_context(cafile=str(postgres.AUTHORITIES))
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    roots = [str(root["subject"]) for root in context.get_ca_certs() if "Amazon RDS" in str(root["subject"])]
    assert all("Root CA RSA2048 G1" in root for root in roots)
    assert len(roots) == 27


def test_a_verifier_matches_its_password() -> None:
    salted = hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 4096)
    stored = base64.b64encode(hashlib.sha256(digest(salted, b"Client Key")).digest()).decode()
    server = base64.b64encode(digest(salted, b"Server Key")).decode()
    assert postgres.scram_verifier("secret", b"salt") == f"SCRAM-SHA-256$4096:c2FsdA==${stored}:{server}"
    assert postgres.scram_verifier("secret") != postgres.scram_verifier("secret")


def test_a_login_does_not_show_its_password() -> None:
    shown = repr(postgres.Login(host="h", port=1, database="d", username="u", password="hunter2"))
    assert "hunter2" not in shown


def test_quoting() -> None:
    assert postgres.identifier('a"b') == '"a""b"'
    assert postgres.literal("it's") == "'it''s'"
