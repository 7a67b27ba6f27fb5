"""The consumer without AWS: every event once and in order, what is none among the dead letters, failures that pass."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.stacks.monitoring.fakes import (
    SERVICE,
    ClientError,
    Database,
    DatabaseError,
    Kinesis,
    Redis,
    data,
    event,
    load,
)


class Setting:
    """A worker with all that it works with."""

    def __init__(self, shards: Mapping[str, Sequence[bytes]], **options: Any) -> None:
        self.kinesis = Kinesis(shards, **options)
        self.database = Database()
        self.redis = Redis()
        self.letters: list[dict[str, Any]] = []
        self.pauses: list[float] = []
        self.worker = load("worker").Worker(
            stream=load("stream").Stream(self.kinesis, "events", batch_size=4),
            store=load("store").Store(self.database.connect, DatabaseError),
            cache=load("cache").NewestEvents(self.redis, OSError),
            dead_letter=lambda message: self.letters.append(json.loads(message)),
            backoff=load("retry").Backoff(attempts=3, sleep=self.pauses.append),
        )

    def ids(self) -> list[int]:
        return [int(id_) for _, id_ in self.database.events]


def counted(output: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for line in output.splitlines():
        document = json.loads(line)
        [directive] = document["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Monitoring"
        for metric in directive["Metrics"]:
            total[metric["Name"]] = total.get(metric["Name"], 0) + document[metric["Name"]]
    return total


def test_events_are_kept_in_order_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    setting = Setting({"a": [*(data(number) for number in range(6)), data(2)]})
    assert [setting.worker.round() for _ in range(3)] == [4, 3, 0]
    assert setting.ids() == [0, 1, 2, 3, 4, 5]
    assert setting.database.checkpoints == {"a": "6"}
    assert counted(capsys.readouterr().out) == {"Stored": 6, "Known": 1, "Rejected": 0}


def test_a_batch_with_bad_records_keeps_the_good_ones() -> None:
    setting = Setting({"a": [data(1), b"\xff", data(2, severity="loud"), data(3)]})
    setting.worker.round()
    assert setting.ids() == [1, 3]
    assert [letter["sequence"] for letter in setting.letters] == ["1", "2"]
    assert base64.b64decode(setting.letters[0]["data"]) == b"\xff"
    assert setting.letters[1]["problems"] == ["severity is none of info, warning, error, critical"]


def test_a_dead_letter_fits_a_message() -> None:
    setting = Setting({"a": [b'"' + b"x" * 1_048_570]})
    setting.worker.round()
    [letter] = setting.letters
    assert letter["truncated"]
    assert len(json.dumps(letter)) < 256 * 1024


def test_a_dead_letter_that_can_t_be_sent_holds_the_batch() -> None:
    setting = Setting({"a": [data(1), b"none"]})
    transient = load("retry").TransientError

    def refuse(message: str) -> None:
        raise transient("queue")

    object.__setattr__(setting.worker, "dead_letter", refuse)
    with pytest.raises(transient):
        setting.worker.round()
    assert (setting.database.events, setting.database.checkpoints) == ({}, {})


def test_a_database_that_comes_back() -> None:
    setting = Setting({"a": [data(1), data(2)]})
    setting.database.failures = [DatabaseError("restarting"), DatabaseError("restarting")]
    assert setting.worker.round() == 2
    assert setting.ids() == [1, 2]
    assert setting.database.connections == 3
    assert len(setting.pauses) == 2


def test_a_database_that_stays_away_ends_the_task_and_keeps_nothing() -> None:
    setting = Setting({"a": [data(1), data(2)]})
    setting.database.failures = [DatabaseError("gone")] * 3
    with pytest.raises(load("retry").TransientError, match="gone"):
        setting.worker.round()
    assert (setting.database.events, setting.database.checkpoints) == ({}, {})


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_a_throttled_stream_is_read_later(code: str) -> None:
    setting = Setting({"a": [data(1)]})
    setting.kinesis.failures = [ClientError(code)]
    assert setting.worker.round() == 1


def test_a_refusal_does_not_pass() -> None:
    setting = Setting({"a": [data(1)]})
    setting.kinesis.failures = [ClientError("AccessDeniedException")]
    with pytest.raises(ClientError):
        setting.worker.round()
    assert setting.pauses == []


def test_a_shard_that_another_task_reads_is_left_to_it() -> None:
    setting = Setting({"a": [data(1)], "b": [data(2)]})
    setting.database.locked = {load("store").lock_of("a")}
    assert setting.worker.round() == 1
    assert setting.ids() == [2]


def test_after_a_reshard_children_wait_for_their_parent() -> None:
    setting = Setting({"old": [data(number) for number in range(5)], "new": [data(9)]}, parents={"new": "old"})
    assert setting.worker.round() == 4
    assert 9 not in setting.ids()
    assert setting.worker.round() == 1
    assert setting.worker.round() == 1
    assert setting.ids() == [0, 1, 2, 3, 4, 9]
    assert setting.database.checkpoints == {"old": "ended", "new": "0"}


def test_a_parent_that_is_no_longer_kept_is_not_waited_for() -> None:
    setting = Setting({"new": [data(9)]}, parents={"new": "old"})
    assert setting.worker.round() == 1


def test_the_cache_has_the_newest_event_of_each_source() -> None:
    setting = Setting({"a": [data(30), data(31), data(29), data(1, source="web-2")]})
    setting.worker.round()
    newest = {key: json.loads(value)["id"] for key, value in setting.redis.values.items()}
    assert newest == {"newest:web-1": f"{31:032d}", "newest:web-2": f"{1:032d}"}


def test_a_lost_cache_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    setting = Setting({"a": [data(1)]})
    setting.redis.down = True
    assert setting.worker.round() == 1
    assert setting.ids() == [1]
    assert counted(capsys.readouterr().out)["CacheMissed"] == 1


def test_tables_are_made_under_a_lock() -> None:
    setting = Setting({"a": []})
    setting.worker.store.prepare()
    lock, *tables = setting.database.statements
    assert lock.startswith("SELECT pg_advisory_xact_lock")
    assert all("IF NOT EXISTS" in statement for statement in tables)


INVALID = {
    "no JSON": (b"{", "no JSON"),
    "no text": (b"\xff\xfe", "no JSON"),
    "brackets without end": (b"[" * 100_000, "no JSON"),
    "no object": (b"[]", "no JSON object"),
    "unknown field": (data(1, password="x"), "'password' is unknown"),
    "short id": (data(1, id="1"), "id is no text"),
    "source": (data(1, source="a b"), "source has other characters"),
    "kind": (data(1, kind=7), "kind has other characters"),
    "infinite": (data(1, value=float("inf")), "value is no finite number"),
    "not a number": (data(1, value=float("nan")), "value is no finite number"),
    "a truth": (data(1, value=True), "value is no finite number"),
    "NUL": (data(1, message="a\0b"), "message is no text"),
    "half a pair": (data(1, message="\ud800"), "message is no text"),
    "long message": (data(1, message="x" * 1025), "message is no text"),
    "no offset": (data(1, occurredAt="2026-11-24T21:00:00"), "occurredAt is no ISO 8601 time"),
    "no time": (data(1, occurredAt="today"), "occurredAt is no ISO 8601 time"),
}


@pytest.mark.parametrize("case", INVALID)
def test_what_is_no_event(case: str) -> None:
    record, problem = INVALID[case]
    with pytest.raises(load("events").InvalidEvent, match=problem):
        load("events").Event.parse(record)


def test_all_missing_fields_are_named() -> None:
    with pytest.raises(load("events").InvalidEvent) as caught:
        load("events").Event.parse(b"{}")
    assert caught.value.problems == [
        f"{name} is missing" for name in ("id", "source", "kind", "severity", "occurredAt")
    ]


def test_the_api_s_schema_and_the_consumer_agree() -> None:
    schema = json.loads((SERVICE.parent / "event.schema.json").read_text(encoding="utf-8"))
    events = load("events")
    assert set(schema["properties"]) == set(events.FIELDS)
    assert set(schema["required"]) == set(events.FIELDS) - events.OPTIONAL
    assert tuple(schema["properties"]["severity"]["enum"]) == events.SEVERITIES
    assert schema["properties"]["source"]["pattern"] == f"^{events.WORD.pattern}$"
    assert set(event(1)) <= set(schema["properties"])


def test_pauses_grow_and_end() -> None:
    pauses: list[float] = []
    backoff = load("retry").Backoff(attempts=8, first_pause_seconds=1, longest_pause_seconds=4, sleep=pauses.append)

    def fail() -> None:
        raise load("retry").TransientError("still")

    with pytest.raises(load("retry").TransientError):
        backoff.run(fail)
    assert len(pauses) == 7
    assert all(pause <= ceiling for pause, ceiling in zip(pauses, (1, 2, 4, 4, 4, 4, 4), strict=True))


def test_health_is_a_recent_beat(tmp_path: Path) -> None:
    health = load("health")
    pulse = tmp_path / "pulse"
    assert not health.is_well(pulse)
    health.beat(pulse)
    beaten = pulse.stat().st_mtime
    assert health.is_well(pulse, beaten + 119)
    assert not health.is_well(pulse, beaten + 121)


def test_log_lines_are_json() -> None:
    formatter = load("telemetry").JsonFormatter()
    record = logging.makeLogRecord({"msg": "kept", "levelname": "INFO", "shard": "a", "new": 3})
    assert json.loads(formatter.format(record)).items() >= {"message": "kept", "shard": "a", "new": 3}.items()
