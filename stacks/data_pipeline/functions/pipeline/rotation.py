"""The four steps that rotate the pipeline's database login, in turns between two users.

Each rotation gives a new password to the user that is not in use, so the one in use keeps working until callers have
read the new secret. The first rotation makes the users. RDS keeps the master's secret and rotates it by itself.
Source: AWS Secrets Manager User Guide, "Lambda rotation functions" and "Rotation strategy: alternating users".
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from .aws import client
from .postgres import Connection, Login, identifier, literal, scram_verifier
from .telemetry import count, log

OWNER = "pipeline"
"""Role that owns schema and tables; both users act as it, so it doesn't matter which one made a table."""
USERS = ("pipeline_a", "pipeline_b")
PASSWORD_LENGTH = 40
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


class RotationError(Exception):
    """A rotation that can't go on. Secrets Manager tries again, and keeps the current version meanwhile."""


def handle(event: Mapping[str, str], context: object) -> None:
    """Lambda's entry: does one step. Each step may be repeated. Raises what kept it from being done."""
    step, arn, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
    secret = secrets_manager().describe_secret(SecretId=arn)
    stages = secret.get("VersionIdsToStages", {})
    if not secret.get("RotationEnabled"):
        raise RotationError("rotation is not enabled for the secret")
    if step not in STEPS:
        raise RotationError(f"{step!r} is no step of a rotation")
    if token not in stages:
        raise RotationError(f"{step}: the secret has no version {token}")
    if CURRENT in stages[token]:
        log.info("done already", extra={"step": step})
        return
    if PENDING not in stages[token]:
        raise RotationError(f"{step}: version {token} is not the pending one")
    STEPS[step](arn, token, stages)
    log.info("done", extra={"step": step})


def create_secret(arn: str, token: str, stages: Mapping[str, list[str]]) -> None:
    """Store the other user with a new password as the pending version, unless that was done before."""
    try:
        _value(arn, PENDING, token)
        return
    except secrets_manager().exceptions.ResourceNotFoundException:
        current = _value(arn, CURRENT)
    user = USERS[1] if current.get("username") == USERS[0] else USERS[0]
    password = secrets_manager().get_random_password(PasswordLength=PASSWORD_LENGTH, ExcludePunctuation=True)
    pending = {
        "engine": "postgres",
        "host": os.environ["DATABASE_HOST"],
        "port": int(os.environ["DATABASE_PORT"]),
        "dbname": os.environ["DATABASE_NAME"],
        "username": user,
        "password": password["RandomPassword"],
    }
    secrets_manager().put_secret_value(
        SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(pending), VersionStages=[PENDING]
    )


def set_secret(arn: str, token: str, stages: Mapping[str, list[str]]) -> None:
    """As the database's master, give the pending user its password, and make it when it is not there."""
    pending = _value(arn, PENDING, token)
    if pending.get("username") not in USERS:
        raise RotationError("the pending version names no user of the pipeline")
    master = _value(os.environ["MASTER_SECRET_ARN"], CURRENT)
    database = _connect(master)
    try:
        _ensure_owner(database)
        _ensure_user(database, pending["username"], pending["password"])
    finally:
        database.close()


def test_secret(arn: str, token: str, stages: Mapping[str, list[str]]) -> None:
    """Log in with the pending version, and see that it may write where the pipeline does."""
    database = _connect(_value(arn, PENDING, token))
    try:
        [(allowed,)] = database.execute("SELECT has_schema_privilege($1, 'CREATE')", OWNER)
    finally:
        database.close()
    if allowed != "t":
        raise RotationError("the pending user may not write into the pipeline's schema")


def finish_secret(arn: str, token: str, stages: Mapping[str, list[str]]) -> None:
    """Make the pending version the current one."""
    [current] = [version for version, labels in stages.items() if CURRENT in labels]
    secrets_manager().update_secret_version_stage(
        SecretId=arn, VersionStage=CURRENT, MoveToVersionId=token, RemoveFromVersionId=current
    )
    count(Rotations=1)


STEPS: Mapping[str, Callable[[str, str, Mapping[str, list[str]]], None]] = {
    "createSecret": create_secret,
    "setSecret": set_secret,
    "testSecret": test_secret,
    "finishSecret": finish_secret,
}


def _ensure_owner(database: Connection) -> None:
    owner = identifier(OWNER)
    if not database.execute("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
        database.execute(f"CREATE ROLE {owner} NOLOGIN")
    database.execute(f"GRANT {owner} TO CURRENT_USER")  # PostgreSQL 16 asks for it before the master may act as it
    database.execute(f"CREATE SCHEMA IF NOT EXISTS {owner} AUTHORIZATION {owner}")


def _ensure_user(database: Connection, username: str, password: str) -> None:
    user, owner = identifier(username), identifier(OWNER)
    if not database.execute("SELECT 1 FROM pg_roles WHERE rolname = $1", username):
        database.execute(f"CREATE ROLE {user} LOGIN IN ROLE {owner}")
    database.execute(f"ALTER ROLE {user} SET role TO {owner}")
    database.execute(f"ALTER ROLE {user} SET search_path TO {owner}")
    database.execute(f"ALTER ROLE {user} PASSWORD {literal(scram_verifier(password))}")


def _connect(secret: Mapping[str, Any]) -> Connection:
    login = Login(
        host=os.environ["DATABASE_HOST"],
        port=int(os.environ["DATABASE_PORT"]),
        database=os.environ["DATABASE_NAME"],
        username=secret["username"],
        password=secret["password"],
    )
    return Connection.open(login, timeout_seconds=10)


def _value(arn: str, stage: str, token: str | None = None) -> dict[str, Any]:
    version = {"VersionId": token} if token else {}
    answer = secrets_manager().get_secret_value(SecretId=arn, VersionStage=stage, **version)
    value = json.loads(answer["SecretString"])
    if not isinstance(value, dict):
        raise RotationError(f"the {stage} version of the secret is no JSON object")
    return value


def secrets_manager() -> Any:
    """The boto3 client."""
    return client("secretsmanager")
