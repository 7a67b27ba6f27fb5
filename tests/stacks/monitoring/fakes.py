"""The consumer's modules, and what stands in for Kinesis, PostgreSQL, Redis and the queue."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any
from unittest import mock

from tests.stacks.recording import ROOT

SERVICE = ROOT / "stacks" / "monitoring" / "service"
MODULES = ("cache", "events", "health", "retry", "store", "stream", "telemetry", "worker")


@cache
def consumer() -> Mapping[str, ModuleType]:
    """The modules that need nothing but Python."""
    with mock.patch.object(sys, "path", [str(SERVICE), *sys.path]):
        return {name: importlib.import_module(f"consumer.{name}") for name in MODULES}


def load(name: str) -> Any:
    """One module of the consumer."""
    return consumer()[name]


def event(number: int, **changes: object) -> dict[str, object]:
    """The fields of a valid event."""
    fields: dict[str, object] = {
        "id": f"{number:032d}",
        "source": "web-1",
        "kind": "cpu",
        "severity": "info",
        "value": 0.5,
        "occurredAt": f"2026-11-24T21:{number % 60:02d}:00Z",
    }
    return {**fields, **changes}


def data(number: int, **changes: object) -> bytes:
    """A record's bytes."""
    return json.dumps(event(number, **changes)).encode()


class ClientError(Exception):
    """Looks like the one of botocore."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class Kinesis:
    """Shards with records; a closed shard ends after its last one."""

    def __init__(self, shards: Mapping[str, Sequence[bytes]], *, parents: Mapping[str, str] | None = None) -> None:
        self.shards = shards
        self.parents = parents or {}
        self.failures: list[Exception] = []

    def list_shards(self, *, StreamName: str = "", NextToken: str = "") -> dict[str, Any]:
        """Two pages: the first shard, then the others."""
        ids = list(self.shards)
        page = ids[1:] if NextToken else ids[:1]
        shards = [
            {"ShardId": id_, **({"ParentShardId": self.parents[id_]} if id_ in self.parents else {})} for id_ in page
        ]
        return {"Shards": shards, **({} if NextToken else {"NextToken": "second"})}

    def get_shard_iterator(self, **arguments: Any) -> dict[str, Any]:
        """Shard and position, joined."""
        after = arguments.get("StartingSequenceNumber")
        return {"ShardIterator": f"{arguments['ShardId']}:{int(after) + 1 if after else 0}"}

    def get_records(self, *, ShardIterator: str, Limit: int) -> dict[str, Any]:
        """The records there."""
        if self.failures:
            raise self.failures.pop(0)
        shard, start = ShardIterator.split(":")
        first = int(start)
        found = self.shards[shard][first : first + Limit]
        answer: dict[str, Any] = {
            "Records": [{"SequenceNumber": str(first + index), "Data": item} for index, item in enumerate(found)]
        }
        if shard not in self.parents.values() or first + len(found) < len(self.shards[shard]):
            answer["NextShardIterator"] = "more"
        return answer


class DatabaseError(Exception):
    """The driver's error that may pass."""


class Database:
    """Answers the statements of consumer/store.py; a transaction that fails leaves nothing behind."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str], tuple[Any, ...]] = {}
        self.checkpoints: dict[str, str] = {}
        self.locked: set[int] = set()
        self.failures: list[Exception] = []
        self.connections = 0
        self.statements: list[str] = []

    def connect(self) -> Connection:
        """A connection."""
        self.connections += 1
        return Connection(self)


class Connection:
    """One connection with its cursor in one."""

    rowcount = 0

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rows: list[tuple[Any, ...]] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Puts everything back after an error."""
        events, checkpoints = dict(self.database.events), dict(self.database.checkpoints)
        try:
            yield
        except BaseException:
            self.database.events, self.database.checkpoints = events, checkpoints
            raise

    @contextmanager
    def cursor(self) -> Iterator[Connection]:
        """Itself."""
        yield self

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a statement."""
        words = " ".join(statement.split())
        self.database.statements.append(words)
        if words.startswith("INSERT INTO event"):
            if self.database.failures:
                raise self.database.failures.pop(0)
            key = (values[0], values[1])
            self.rowcount = 0 if key in self.database.events else 1
            self.database.events.setdefault(key, tuple(values))
        elif words.startswith("INSERT INTO checkpoint"):
            self.database.checkpoints[values[0]] = values[1]
        elif words.startswith("SELECT sequence"):
            found = self.database.checkpoints.get(values[0])
            self.rows = [(found,)] if found is not None else []
        elif words.startswith("SELECT shard"):
            self.rows = [(shard,) for shard, sequence in self.database.checkpoints.items() if sequence == values[0]]
        elif words.startswith("SELECT pg_try_advisory_xact_lock"):
            self.rows = [(values[0] not in self.database.locked,)]

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row."""
        return self.rows[0] if self.rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.rows

    def close(self) -> None:
        """Nothing to close."""


class Redis:
    """Keys with values."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.down = False

    def set(self, key: str, value: str, *, ex: int) -> None:
        """Remember a value."""
        assert ex > 0
        if self.down:
            raise OSError("the cache is away")
        self.values[key] = value
