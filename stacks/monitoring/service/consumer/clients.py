"""The real stream, database, cache and queue, from environment variables. Only this module needs the packages of
requirements.txt."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
import psycopg  # type: ignore[import-not-found]
import redis  # type: ignore[import-not-found]
from botocore.config import Config
from botocore.model import ServiceId
from botocore.signers import RequestSigner

from .cache import NewestEvents
from .retry import Backoff
from .store import Store
from .stream import Stream, call
from .worker import Worker

AUTHORITIES = Path(__file__).resolve().parents[1] / "rds-ca.pem"
"""Root certificates of RDS."""
TOKEN_SECONDS = 900
PASSING = (psycopg.OperationalError, psycopg.InterfaceError)


class IamLogin(redis.CredentialProvider):  # type: ignore[misc]
    """Logs in to ElastiCache with a signed request instead of a password (ElastiCache User Guide, "Authenticating with
    IAM")."""

    def __init__(self, session: boto3.Session, *, cache: str, user: str) -> None:
        """cache: id of the replication group; user: id and name of the cache's user."""
        self._session = session
        self._cache = cache
        self._user = user

    def get_credentials(self) -> tuple[str, str]:
        """User and token, which is good for 15 minutes: time to connect, not to stay connected."""
        signer = RequestSigner(
            ServiceId("elasticache"),
            self._session.region_name,
            "elasticache",
            "v4",
            self._session.get_credentials(),
            self._session.events,
        )
        request = {
            "method": "GET",
            "url": f"https://{self._cache}/?Action=connect&User={self._user}",
            "body": {},
            "headers": {},
            "context": {},
        }
        url = signer.generate_presigned_url(
            request, operation_name="connect", expires_in=TOKEN_SECONDS, region_name=self._session.region_name
        )
        return self._user, url.removeprefix("https://")


def connect() -> psycopg.Connection[Any]:
    """A connection to the database, whose certificate and name are verified."""
    return psycopg.connect(
        host=os.environ["DATABASE_HOST"],
        port=os.environ["DATABASE_PORT"],
        dbname=os.environ["DATABASE_NAME"],
        user=os.environ["DATABASE_USER"],
        password=os.environ["DATABASE_PASSWORD"],
        sslmode="verify-full",
        sslrootcert=str(AUTHORITIES),
        connect_timeout=10,
        options="-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000",
        autocommit=True,  # transactions are begun by Store
    )


def worker() -> Worker:
    """The worker that the environment variables describe. Raises `KeyError` for one that is missing."""
    session = boto3.Session()
    config = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "max_attempts": 3})
    queue = session.client("sqs", config=config)
    cache = redis.Redis(
        host=os.environ["CACHE_HOST"],
        port=int(os.environ["CACHE_PORT"]),
        ssl=True,
        credential_provider=IamLogin(session, cache=os.environ["CACHE_NAME"], user=os.environ["CACHE_USER"]),
        socket_timeout=5,
        socket_connect_timeout=5,
    )
    url = os.environ["DEAD_LETTER_QUEUE_URL"]
    return Worker(
        stream=Stream(session.client("kinesis", config=config), os.environ["STREAM_NAME"]),
        store=Store(connect, PASSING),
        cache=NewestEvents(cache, redis.RedisError),
        dead_letter=lambda message: call(queue, "send_message", QueueUrl=url, MessageBody=message),
        backoff=Backoff(),
    )
