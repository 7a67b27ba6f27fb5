"""Where events go that a function fails on."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.lambda_.parts import COMPONENT, ROLE, function

QUEUE = R("aws:sqs/queue:Queue", "failed")


DLQ: dict[str, Any] = {"deadLetterConfig": {"targetArn": QUEUE.arn}}


test_dead_letter_target = table(
    "lambda-dead-letter-target",
    fails("none", function(), at="deadLetterConfig.targetArn"),
    passes("a queue", function(**DLQ), QUEUE),
    passes("unknown but there", function(deadLetterConfig={"targetArn": UNKNOWN})),
    fails("an empty text", function(deadLetterConfig={"targetArn": ""}, provider=V6), at="deadLetterConfig.targetArn"),
    undecided("unknown as a whole", function(deadLetterConfig=UNKNOWN), at="deadLetterConfig"),
    given=[ROLE],
)


WORKER, OTHER = function(), function("other")


ONFAILURE = {"onFailure": {"destination": QUEUE.arn}}


def config(of: R, destination: Any = ONFAILURE, **more: Any) -> R:
    kind = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    return R(kind, "config", functionName=of.name, destinationConfig=destination, **more)


test_failure_destination_set = table(
    "lambda-failure-destination-set",
    fails("none", WORKER, says="failure destination"),
    passes("a destination", WORKER, config(WORKER), QUEUE),
    passes("a dead-letter target", function(**DLQ), QUEUE),
    fails(
        "of another function",
        WORKER,
        function("other", **DLQ),
        config(OTHER),
        QUEUE,
        says="failed asynchronous invocations are dropped",
    ),
    passes("in a component", WORKER, COMPONENT, config(WORKER, parent=COMPONENT), QUEUE),
    fails(
        "for successes only",
        WORKER,
        config(WORKER, {"onSuccess": {"destination": QUEUE.arn}}),
        QUEUE,
        says="failed asynchronous invocations are dropped",
    ),
    undecided(
        "a configuration of an unknown function",
        WORKER,
        QUEUE,
        R(config(WORKER).type_, "config", functionName=UNKNOWN, destinationConfig=ONFAILURE),
        at="functionName",
    ),
    given=[ROLE],
)
