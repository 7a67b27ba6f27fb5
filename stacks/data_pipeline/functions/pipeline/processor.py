"""Takes transactions from the API, and once more from the retry queue when they could not be stored at once.

A request ends in 201 (stored), 200 (known already), 202 (could not be stored now, and waits in the queue), 400
(invalid, with all problems), 409 (its id belongs to another transaction) or 503 (not even the queue took it). Nothing
that was answered with 2xx is lost: what the queue can't get stored ends among its dead letters.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from .aws import client
from .retry import Backoff, TransientError
from .store import Result, Store
from .telemetry import count, log
from .transactions import InvalidTransaction, Transaction

NEXT_ATTEMPT_MS = 12_000
"""Least time left that another attempt, and then the retry queue, can be tried in."""
STATUS = {Result.STORED: 201, Result.KNOWN: 200, Result.CONFLICT: 409}
COUNTER = {Result.STORED: "Stored", Result.KNOWN: "Known", Result.CONFLICT: "Conflicts"}


class Context(Protocol):
    """What the processor asks of the context that Lambda passes."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""


def handle(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Lambda's entry: answers a proxy request of API Gateway, or a batch of the queue with the messages that failed."""
    if "Records" in event:
        return handle_batch(event["Records"])
    return handle_request(event, context)


def handle_request(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Answer one proxy request (API Gateway Developer Guide, "Lambda proxy integrations")."""
    request_id = event.get("requestContext", {}).get("requestId")
    try:
        transaction = Transaction.parse(event.get("body"))
    except InvalidTransaction as error:
        log.info("invalid", extra={"requestId": request_id, "problems": error.problems})
        count(Invalid=1)
        return _answer(400, {"problems": error.problems})
    try:
        result = backoff(context).run(lambda: store().keep(transaction))
    except TransientError as error:
        log.error("deferred", extra={"requestId": request_id, "id": transaction.id, "reason": str(error)})
        return _defer(transaction)
    log.info(result.value, extra={"requestId": request_id, "id": transaction.id})
    count(**{COUNTER[result]: 1})
    return _answer(STATUS[result], {"id": transaction.id, "result": result.value})


def handle_batch(records: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Store the transactions of a batch; the failed ones alone come back, or go to the dead letters after a few times
    (Lambda Developer Guide, "Implementing partial batch responses")."""
    failed = [record["messageId"] for record in records if not _store_message(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _store_message(record: Mapping[str, Any]) -> bool:
    """Whether a message is done with. One failure, of whatever kind, must not take the rest of the batch with it."""
    about = {"messageId": record["messageId"]}
    try:
        result = store().keep(Transaction.parse(record["body"]))
    except Exception:
        log.exception("not stored", extra=about)
        count(Failed=1)
        return False
    log.info(result.value, extra=about)
    count(**{COUNTER[result]: 1})
    return result is not Result.CONFLICT


def _defer(transaction: Transaction) -> dict[str, Any]:
    try:
        client("sqs").send_message(QueueUrl=os.environ["RETRY_QUEUE_URL"], MessageBody=transaction.document)
    except Exception:
        log.exception("lost", extra={"id": transaction.id})
        count(Refused=1)
        return _answer(503, {"id": transaction.id, "result": "try again later"}, {"Retry-After": "30"})
    count(Deferred=1)
    return _answer(202, {"id": transaction.id, "result": "deferred"})


def _answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "body": json.dumps(body),
    }


def backoff(context: Context) -> Backoff:
    """How often to try, while the invocation has time for it."""
    return Backoff(
        attempts=int(os.environ["ATTEMPTS"]),
        has_time=lambda: context.get_remaining_time_in_millis() > NEXT_ATTEMPT_MS,
    )


@cache
def store() -> Store:
    """The store that the environment variables describe, kept with its session between invocations."""
    return Store(
        s3=client("s3"),
        secrets=client("secretsmanager"),
        bucket=os.environ["BUCKET"],
        secret_arn=os.environ["SECRET_ARN"],
        host=os.environ["DATABASE_HOST"],
        port=int(os.environ["DATABASE_PORT"]),
        database=os.environ["DATABASE_NAME"],
    )
