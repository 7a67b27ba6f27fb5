"""Events and checkpoints in PostgreSQL, in one transaction: an event is kept if and only if the checkpoint has passed
it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .events import Event
from .retry import TransientError

ENDED = "ended"
"""Checkpoint of a closed shard that was read to its end; sequence numbers are digits."""
SCHEMA_LOCK = 7_315_042
SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS event (
        source text NOT NULL,
        id text NOT NULL,
        kind text NOT NULL,
        severity text NOT NULL,
        value double precision,
        message text NOT NULL,
        occurred_at timestamptz NOT NULL,
        stored_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (source, id)
    )
    """,
    "CREATE INDEX IF NOT EXISTS event_occurred_at ON event (occurred_at)",
    "CREATE TABLE IF NOT EXISTS checkpoint (shard text PRIMARY KEY, sequence text NOT NULL)",
)
INSERT = """
    INSERT INTO event (source, id, kind, severity, value, message, occurred_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (source, id) DO NOTHING
"""


class Turn:
    """One task's turn at a shard: until its transaction ends, no other task reads the shard."""

    def __init__(self, cursor: Any, shard: str) -> None:
        self._cursor = cursor
        self._shard = shard

    def checkpoint(self) -> str | None:
        """Sequence number of the last record that is done with, `ENDED`, or None before the first."""
        self._cursor.execute("SELECT sequence FROM checkpoint WHERE shard = %s", (self._shard,))
        row = self._cursor.fetchone()
        return row[0] if row else None

    def keep(self, events: Sequence[Event]) -> int:
        """Keep events; returns how many of them were new."""
        new = 0
        for event in events:
            row = (event.source, event.id, event.kind, event.severity, event.value, event.message, event.occurred_at)
            self._cursor.execute(INSERT, row)
            new += self._cursor.rowcount
        return new

    def advance(self, sequence: str) -> None:
        """Move the checkpoint."""
        self._cursor.execute(
            "INSERT INTO checkpoint (shard, sequence) VALUES (%s, %s) "
            "ON CONFLICT (shard) DO UPDATE SET sequence = excluded.sequence",
            (self._shard, sequence),
        )


class Store:
    """The database behind one connection, which is opened when it is needed and after each failure."""

    def __init__(self, connect: Callable[[], Any], passing: type[Exception] | tuple[type[Exception], ...]) -> None:
        """connect: opens a psycopg connection; passing: the errors of the driver that may pass."""
        self._connect = connect
        self._passing = passing
        self._connection: Any = None

    def prepare(self) -> None:
        """Make the tables, unless they are there; tasks that start together wait for each other."""
        with self._transaction() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
            for statement in SCHEMA:
                cursor.execute(statement)

    def ended(self) -> set[str]:
        """Ids of closed shards that were read to their end."""
        with self._transaction() as cursor:
            cursor.execute("SELECT shard FROM checkpoint WHERE sequence = %s", (ENDED,))
            return {row[0] for row in cursor.fetchall()}

    @contextmanager
    def turn(self, shard: str) -> Iterator[Turn | None]:
        """A turn at the shard, committed at the end of the block; None when another task has it. Raises
        `TransientError` after the database was lost: then nothing of the block was kept."""
        with self._transaction() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (lock_of(shard),))
            yield Turn(cursor, shard) if cursor.fetchone()[0] else None

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        try:
            if self._connection is None:
                self._connection = self._connect()
            with self._connection.transaction(), self._connection.cursor() as cursor:
                yield cursor
        except self._passing as error:
            self.close()
            raise TransientError(f"database: {error}") from error

    def close(self) -> None:
        """Drop the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def lock_of(shard: str) -> int:
    """The number of a shard's advisory lock: 63 bits of its hash, the same in every task."""
    return int.from_bytes(hashlib.sha256(shard.encode()).digest()[:8], "big") >> 1
