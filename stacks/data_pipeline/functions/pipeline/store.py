"""Where transactions are kept: a document in the bucket, and a row in the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import Any

from .postgres import Connection, Login, ServerError
from .retry import TransientError
from .transactions import Transaction

PASSING = ("08", "28", "40", "53", "57")
"""SQLSTATE classes of failures that may pass: connection, login, rollback, resources, operator intervention."""
PASSING_CALLS = frozenset({"InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown", "ThrottlingException"})
"""Error codes of S3 and Secrets Manager that may pass (Amazon S3 API Reference, "Error responses")."""
TABLE = """
CREATE TABLE IF NOT EXISTS transactions (
    id uuid PRIMARY KEY,
    account text NOT NULL,
    amount numeric(14, 2) NOT NULL,
    currency char(3) NOT NULL,
    occurred_at timestamptz NOT NULL,
    object_key text NOT NULL,
    digest char(64) NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
)
"""
INSERT = """
INSERT INTO transactions (id, account, amount, currency, occurred_at, object_key, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING id
"""


class Result(Enum):
    """What became of a transaction."""

    STORED = "stored"
    KNOWN = "known"
    """It had been stored before: the request was a repetition."""
    CONFLICT = "conflict"
    """Another transaction has its id."""


class Store:
    """The bucket and the database. Keeps one session and opens it anew, with the secret read anew, after a failure."""

    def __init__(
        self,
        *,
        s3: Any,
        secrets: Any,
        bucket: str,
        secret_arn: str,
        host: str,
        port: int,
        database: str,
        connect: Callable[..., Connection] = Connection.open,
    ) -> None:
        """
        s3, secrets: boto3 clients.
        bucket: takes the documents; its default encryption applies.
        secret_arn: secret with the keys `username` and `password`.
        connect: opens a session; replaced in tests.
        """
        self._s3 = s3
        self._secrets = secrets
        self._bucket = bucket
        self._secret_arn = secret_arn
        self._host, self._port, self._database = host, port, database
        self._connect = connect
        self._connection: Connection | None = None

    def keep(self, transaction: Transaction) -> Result:
        """Store a transaction, once however often it comes. Raises `TransientError` when trying again may help."""
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=transaction.object_key,
                Body=transaction.document.encode(),
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",
            )
            return self._insert(transaction)
        except ServerError as error:
            self._forget()
            if error.code.startswith(PASSING):
                raise TransientError(f"database: {error.code}") from error
            raise
        except OSError as error:
            self._forget()
            raise TransientError(f"connection: {type(error).__name__}") from error
        except Exception as error:
            if _code(error) in PASSING_CALLS or _is_network(error):
                raise TransientError(f"AWS: {_code(error) or type(error).__name__}") from error
            raise

    def _insert(self, transaction: Transaction) -> Result:
        database = self._connection or self._open()
        inserted = database.execute(
            INSERT,
            transaction.id,
            transaction.account,
            transaction.amount,
            transaction.currency,
            transaction.occurred_at,
            transaction.object_key,
            transaction.digest,
        )
        if inserted:
            return Result.STORED
        [(digest,)] = database.execute("SELECT digest FROM transactions WHERE id = $1", transaction.id)
        return Result.KNOWN if digest == transaction.digest else Result.CONFLICT

    def _open(self) -> Connection:
        secret = json.loads(self._secrets.get_secret_value(SecretId=self._secret_arn)["SecretString"])
        if "password" not in secret:
            raise TransientError("the first rotation has not made the login yet")
        login = Login(
            host=self._host,
            port=self._port,
            database=self._database,
            username=secret["username"],
            password=secret["password"],
        )
        self._connection = self._connect(login, timeout_seconds=3)
        self._connection.execute(TABLE)
        return self._connection

    def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()


def _code(error: Exception) -> str:
    """The error code of a `botocore.exceptions.ClientError`, else an empty text."""
    response = getattr(error, "response", None)
    return str(response["Error"]["Code"]) if isinstance(response, dict) else ""


def _is_network(error: Exception) -> bool:
    """Whether botocore could not connect or got no answer, after its own retries."""
    return type(error).__module__ == "botocore.exceptions" and type(error).__name__.endswith(
        ("ConnectionError", "TimeoutError", "ConnectionClosedError")
    )
