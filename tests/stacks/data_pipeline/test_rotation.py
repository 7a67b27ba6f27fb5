"""Rotations of the login from the first one on, through the function's entry, with a database that checks passwords."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.stacks.data_pipeline.fakes import Roles, SecretsManager, digest, load

rotation = load("rotation")
postgres = load("postgres")

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
ENVIRONMENT = {
    "DATABASE_HOST": "db.local",
    "DATABASE_PORT": "5432",
    "DATABASE_NAME": "transactions",
    "MASTER_SECRET_ARN": "master",
}


class Database(Roles):
    """Roles, and who may log in: the master, and users whose password fits the verifier that they were given."""

    def open(self, login: Any, *, timeout_seconds: float) -> Database:
        assert (login.host, login.port, login.database) == ("db.local", 5432, "transactions")
        if login.username == "dbadmin":
            assert login.password == "master's"
        else:
            salt = base64.b64decode(self.verifiers[login.username].split(":")[1].split("$")[0])
            if postgres.scram_verifier(login.password, salt) != self.verifiers[login.username]:
                raise postgres.ServerError("28P01", "password authentication failed")
        return self

    def execute(self, sql: str, *parameters: str) -> list[tuple[str, ...]]:
        return self(sql, *parameters)

    def close(self) -> None:
        """Sessions cost nothing here."""


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    roles = Database()
    monkeypatch.setattr(rotation.Connection, "open", roles.open)
    return roles


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> SecretsManager:
    manager = SecretsManager()
    manager.put("master", "m", {"username": "dbadmin", "password": "master's"}, "AWSCURRENT")
    manager.put("login", "first", {"engine": "postgres"}, "AWSCURRENT")
    monkeypatch.setattr(rotation, "client", lambda service: manager)
    return manager


def do(step: str, version: str) -> None:
    rotation.handle({"Step": step, "SecretId": "login", "ClientRequestToken": version}, None)


def rotate(secrets: SecretsManager, version: str, *, times: int = 1) -> dict[str, Any]:
    secrets.put("login", version, None, "AWSPENDING")
    for step in STEPS:
        for _ in range(times):
            do(step, version)
    return secrets.current("login")


def test_the_first_rotation_makes_the_users_and_the_schema(secrets: SecretsManager, database: Database) -> None:
    value = rotate(secrets, "v1")
    assert value["username"] == "pipeline_a"
    assert value["host"] == "db.local"
    assert 'CREATE SCHEMA IF NOT EXISTS "pipeline" AUTHORIZATION "pipeline"' in database.statements
    assert database.known == {"pipeline", "pipeline_a"}


def test_rotations_take_turns_and_leave_the_login_in_use_alone(secrets: SecretsManager, database: Database) -> None:
    values = [rotate(secrets, f"v{number}") for number in range(4)]
    assert [value["username"] for value in values] == ["pipeline_a", "pipeline_b"] * 2
    assert len({value["password"] for value in values}) == 4
    before = database.verifiers[values[-1]["username"]]
    rotate(secrets, "v5")
    assert database.verifiers[values[-1]["username"]] == before


def test_every_step_may_be_repeated(secrets: SecretsManager) -> None:
    assert rotate(secrets, "v1", times=2)["username"] == "pipeline_a"
    assert rotate(secrets, "v2", times=3)["username"] == "pipeline_b"


def test_the_current_version_stays_until_the_pending_one_was_tried(secrets: SecretsManager, database: Database) -> None:
    rotate(secrets, "v1")
    secrets.put("login", "v2", None, "AWSPENDING")
    do("createSecret", "v2")
    do("setSecret", "v2")
    database.verifiers["pipeline_b"] = postgres.scram_verifier("another")
    with pytest.raises(postgres.ServerError):
        do("testSecret", "v2")
    assert secrets.current("login")["username"] == "pipeline_a"


def test_passwords_reach_the_database_as_verifiers_only(secrets: SecretsManager, database: Database) -> None:
    password = rotate(secrets, "v1")["password"]
    assert not [statement for statement in database.statements if password in statement]
    salt = base64.b64decode(database.verifiers["pipeline_a"].split(":")[1].split("$")[0])
    key = digest(hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 4096), b"Client Key")
    assert base64.b64encode(hashlib.sha256(key).digest()).decode() in database.verifiers["pipeline_a"]


def test_a_user_without_rights_is_not_made_current(secrets: SecretsManager, monkeypatch: pytest.MonkeyPatch) -> None:
    rotate(secrets, "v1")
    secrets.put("login", "v2", None, "AWSPENDING")
    do("createSecret", "v2")
    do("setSecret", "v2")
    monkeypatch.setattr(Database, "execute", lambda self, sql, *parameters: [("f",)])
    with pytest.raises(rotation.RotationError, match="may not write"):
        do("testSecret", "v2")


REFUSED = {
    "rotation off": ({"enabled": False}, "createSecret", "v1", "rotation is not enabled"),
    "unknown step": ({}, "makeCoffee", "v1", "'makeCoffee' is no step"),
    "unknown version": ({}, "createSecret", "v9", "has no version v9"),
    "version not pending": ({"stages": ["AWSPREVIOUS"]}, "createSecret", "v1", "is not the pending one"),
    "foreign user": ({"value": {"username": "dbadmin", "password": "x"}}, "setSecret", "v1", "names no user"),
    "no object": ({"value": ["x"]}, "setSecret", "v1", "is no JSON object"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, secrets: SecretsManager, database: Database) -> None:
    state, step, version, message = REFUSED[case]
    secrets.put("login", "v1", state.get("value"), *state.get("stages", ["AWSPENDING"]))  # type: ignore[attr-defined]
    secrets.enabled = state.get("enabled", True)  # type: ignore[attr-defined]
    with pytest.raises(rotation.RotationError, match=message):
        do(step, version)
    assert database.statements == []


def test_a_rotation_is_counted(secrets: SecretsManager, capsys: pytest.CaptureFixture[str]) -> None:
    rotate(secrets, "v1")
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["Rotations"] == 1
