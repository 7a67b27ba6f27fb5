"""The processor through its entry, with a bucket, a queue, a secret and a database that fail on demand."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.stacks.data_pipeline.fakes import ClientError, SecretsManager, load

processor = load("processor")
store_module = load("store")
retry = load("retry")
postgres = load("postgres")
transactions = load("transactions")

GIVEN = {
    "id": "0b0e3cf4-3d0c-4c56-8f3f-9a3d7f1c2b11",
    "account": "DE-4711",
    "amount": "12.5",
    "currency": "EUR",
    "occurredAt": "2025-01-31T09:00:00+01:00",
}


class World:
    """Bucket, queue, secret and database. `failures` holds what the next statements raise."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.rows: dict[str, str] = {}
        self.queue: list[str] = []
        self.failures: list[Exception] = []
        self.bucket_failures: list[Exception] = []
        self.queue_down = False
        self.sessions = 0
        self.closed = 0
        self.pauses: list[float] = []
        self.secrets = SecretsManager()
        self.secrets.put("login", "v", {"username": "pipeline_a", "password": "p"}, "AWSCURRENT")

    def open(self, login: Any, *, timeout_seconds: float) -> World:
        self.sessions += 1
        return self

    def execute(self, sql: str, *parameters: str) -> list[tuple[str, ...]]:
        if self.failures:
            raise self.failures.pop(0)
        if "INSERT" in sql:
            new = parameters[0] not in self.rows
            self.rows.setdefault(parameters[0], parameters[-1])
            return [(parameters[0],)] if new else []
        return [(self.rows[parameters[0]],)] if "SELECT" in sql else []

    def close(self) -> None:
        self.closed += 1

    def put_object(self, **call: Any) -> None:
        if self.bucket_failures:
            raise self.bucket_failures.pop(0)
        self.objects[call["Key"]] = call["Body"]

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        if self.queue_down:
            raise ClientError("ServiceUnavailable")
        self.queue.append(MessageBody)

    def get_remaining_time_in_millis(self) -> int:
        return 25_000


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    kept = store_module.Store(
        s3=world,
        secrets=world.secrets,
        bucket="documents",
        secret_arn="login",
        host="db.local",
        port=5432,
        database="transactions",
        connect=world.open,
    )
    monkeypatch.setattr(processor, "store", lambda: kept)
    monkeypatch.setattr(processor, "client", lambda service: world)
    monkeypatch.setattr("time.sleep", world.pauses.append)
    monkeypatch.setattr(
        processor,
        "backoff",
        lambda context: retry.Backoff(
            attempts=3, sleep=world.pauses.append, has_time=lambda: context.get_remaining_time_in_millis() > 12_000
        ),
    )
    monkeypatch.setenv("RETRY_QUEUE_URL", "https://queue")
    return world


def post(world: World, body: object = GIVEN) -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    answer = processor.handle({"body": text, "requestContext": {"requestId": "r"}}, world)
    return answer["statusCode"], json.loads(answer["body"])


def counted(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [directive["Name"] for line in lines for directive in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]


def test_a_transaction_is_stored_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert post(world) == (201, {"id": GIVEN["id"], "result": "stored"})
    assert post(world) == (200, {"id": GIVEN["id"], "result": "known"})
    [(key, body)] = world.objects.items()
    assert key.startswith(f"transactions/2025-01-31/{GIVEN['id']}/")
    assert json.loads(body) == {**GIVEN, "amount": "12.50", "occurredAt": "2025-01-31T08:00:00.000000+00:00"}
    assert counted(capsys) == ["Stored", "Known"]
    assert world.sessions == 1


def test_another_transaction_with_the_same_id_is_a_conflict_and_overwrites_nothing(world: World) -> None:
    post(world)
    assert post(world, {**GIVEN, "amount": "13"})[0] == 409
    assert len(world.objects) == 2
    assert len(world.rows) == 1


INVALID: dict[str, tuple[object, str]] = {
    "no body": (None, "the body is no JSON"),
    "no JSON": ("{", "the body is no JSON"),
    "a list": ([], "the body is no JSON object"),
    "missing": ({key: value for key, value in GIVEN.items() if key != "amount"}, "amount is missing"),
    "unknown field": ({**GIVEN, "note": "x"}, "'note' is no field"),
    "id": ({**GIVEN, "id": "4711"}, "id is no UUID"),
    "id no text": ({**GIVEN, "id": 4711}, "id is no UUID"),
    "account": ({**GIVEN, "account": "a" * 35}, "account is no text"),
    "amount a number": ({**GIVEN, "amount": 12.5}, "amount is no decimal text"),
    "amount too fine": ({**GIVEN, "amount": "1.001"}, "amount is no decimal text"),
    "amount zero": ({**GIVEN, "amount": "0.00"}, "amount is zero"),
    "amount not a number": ({**GIVEN, "amount": "NaN"}, "amount is no decimal text"),
    "currency": ({**GIVEN, "currency": "eur"}, "currency is no code"),
    "time without a zone": ({**GIVEN, "occurredAt": "2025-01-31T09:00:00"}, "occurredAt is no time with a zone"),
    "time": ({**GIVEN, "occurredAt": "yesterday"}, "occurredAt is no time"),
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid_requests_name_what_is_wrong_and_store_nothing(case: str, world: World) -> None:
    body, problem = INVALID[case]
    status, answer = post(world, body)
    assert status == 400
    assert any(problem in found for found in answer["problems"])
    assert (world.objects, world.rows, world.queue) == ({}, {}, [])


def test_all_problems_come_at_once_and_without_values(world: World) -> None:
    _, answer = post(world, {"account": "secret value!", "amount": "x"})
    assert len(answer["problems"]) == 5
    assert "secret value" not in json.dumps(answer)


def server_error(code: str) -> Exception:
    error = postgres.ServerError(code, "said the server")
    assert isinstance(error, Exception)
    return error


PASSING: dict[str, Callable[[World], None]] = {
    "connection lost": lambda world: world.failures.append(ConnectionResetError()),
    "time out": lambda world: world.failures.append(TimeoutError()),
    "login rotated away": lambda world: world.failures.append(server_error("28P01")),
    "deadlock": lambda world: world.failures.append(server_error("40P01")),
    "too many sessions": lambda world: world.failures.append(server_error("53300")),
    "restart": lambda world: world.failures.append(server_error("57P03")),
    "bucket throttles": lambda world: world.bucket_failures.append(ClientError("SlowDown")),
}


@pytest.mark.parametrize("case", PASSING)
def test_a_failure_that_passes_is_tried_again(case: str, world: World) -> None:
    PASSING[case](world)
    assert post(world)[0] == 201
    assert len(world.pauses) == 1
    assert world.queue == []


def test_a_refused_login_is_read_anew(world: World) -> None:
    post(world)
    world.failures.append(server_error("28P01"))
    post(world, {**GIVEN, "id": str(uuid4())})
    assert (world.sessions, world.closed, world.secrets.reads) == (2, 1, 2)


def test_a_failure_that_stays_puts_the_transaction_on_the_queue(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    world.failures += [ConnectionResetError() for _ in range(3)]
    assert post(world) == (202, {"id": GIVEN["id"], "result": "deferred"})
    assert len(world.pauses) == 2
    assert all(pause <= 0.4 for pause in world.pauses)
    assert counted(capsys) == ["Deferred"]
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert (record.__dict__["id"], record.__dict__["reason"]) == (GIVEN["id"], "connection: ConnectionResetError")

    [message] = world.queue
    assert processor.handle({"Records": [{"messageId": "m", "body": message}]}, world) == {"batchItemFailures": []}
    assert list(world.rows) == [GIVEN["id"]]


def test_no_attempt_begins_without_time_for_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "get_remaining_time_in_millis", lambda: 9_000)
    world.failures += [ConnectionResetError() for _ in range(3)]
    assert post(world)[0] == 202
    assert world.pauses == []


def test_before_the_first_rotation_transactions_wait(world: World) -> None:
    world.secrets.put("login", "v", {"engine": "postgres"}, "AWSCURRENT")
    assert post(world)[0] == 202


def test_without_the_queue_the_caller_is_asked_to_come_again(world: World) -> None:
    world.failures += [ConnectionResetError() for _ in range(3)]
    world.queue_down = True
    answer = processor.handle({"body": json.dumps(GIVEN)}, world)
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == "30"


def test_a_failure_that_cannot_pass_ends_the_invocation(world: World) -> None:
    world.failures.append(server_error("42501"))
    with pytest.raises(postgres.ServerError):
        post(world)
    assert world.pauses == []
    world.bucket_failures.append(ClientError("AccessDenied"))
    with pytest.raises(ClientError):
        post(world)


def test_a_batch_fails_in_part(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    bodies = [{**GIVEN, "id": str(uuid4())} for _ in range(3)]
    records = [{"messageId": f"m{index}", "body": json.dumps(body)} for index, body in enumerate(bodies)]
    records.insert(1, {"messageId": "broken", "body": "{"})
    records.append({"messageId": "conflict", "body": json.dumps({**bodies[0], "amount": "1"})})
    answer = processor.handle({"Records": records}, world)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}, {"itemIdentifier": "conflict"}]}
    assert len(world.rows) == 3
    assert sorted(counted(capsys)) == ["Conflicts", "Failed", "Stored", "Stored", "Stored"]


def test_a_document_is_parsed_to_what_it_was_made_of() -> None:
    transaction = transactions.Transaction.parse(json.dumps(GIVEN))
    assert transactions.Transaction.parse(transaction.document) == transaction


@pytest.mark.parametrize("pause", [0.0, 0.999])
def test_pauses_grow_to_a_limit(pause: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: pause)
    pauses: list[float] = []

    def fail() -> None:
        raise retry.TransientError("busy")

    with pytest.raises(retry.TransientError):
        retry.Backoff(attempts=6, sleep=pauses.append).run(fail)
    assert pauses == pytest.approx([pause * seconds for seconds in (0.2, 0.4, 0.8, 1.6, 2.0)])


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("ATTEMPTS", "2")
    backoff = processor.backoff(world)
    assert backoff.attempts == 2
    assert backoff.has_time()
