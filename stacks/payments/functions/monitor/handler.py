"""Entry of the compliance monitor: judges one event, publishes its finding.

EventBridge invokes it asynchronously, so what it raises is tried twice more by Lambda and then among the dead letters.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import boto3  # Lambda's runtime brings it
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .events import Environment, Finding, MalformedEvent, judge
from .telemetry import count, log

ATTEMPTS = 4
FIRST_WAIT_SECONDS = 0.2
"""Waits grow to 0.2, 0.4 and 0.8 seconds, times a random part, far below the function's 60 seconds."""
TRANSIENT = frozenset({"InternalError", "InternalFailure", "ServiceUnavailable", "Throttled", "Throttling",
                       "ThrottlingException", "KMSThrottling"})  # fmt: skip
"""Error codes of SNS after which another try helps (SNS API Reference, "Publish", errors)."""

sns = boto3.client("sns", config=Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1}))


def handle(event: Any, context: object) -> dict[str, str]:
    """Judge `event` and publish what it means. Answers `{"outcome": "finding" | "irrelevant"}`.

    Raises `MalformedEvent`, or the error of SNS when publishing has failed for good.
    """
    environment = Environment(
        os.environ["PREFIX"], os.environ["ENVIRONMENT"], frozenset(json.loads(os.environ["WATCHED_IDS"]))
    )
    try:
        finding = judge(event, environment)
    except MalformedEvent as error:
        count(Refused=1)
        log.error("refused", extra={"reason": str(error)})
        raise
    if finding is None:
        count(Irrelevant=1)
        return {"outcome": "irrelevant"}
    publish(finding)
    count(Findings=1)
    log.warning("finding", extra=asdict(finding))
    return {"outcome": "finding"}


def publish(finding: Finding, wait: Callable[[float], None] = time.sleep) -> None:
    """Send a finding to the topic: at most `ATTEMPTS` tries, with growing random waits, for transient errors only."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            sns.publish(
                TopicArn=os.environ["TOPIC_ARN"],
                Subject=f"Compliance: {finding.action}"[:100],
                Message=json.dumps(asdict(finding), indent=2),
            )
            return
        except (BotoCoreError, ClientError) as error:
            if attempt == ATTEMPTS or not is_transient(error):
                raise
            log.info("publish again", extra={"attempt": attempt, "reason": str(error)})
            wait(FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1))


def is_transient(error: BotoCoreError | ClientError) -> bool:
    """Whether another try may succeed: no answer at all, or one that asks to come back."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") in TRANSIENT
    return True
