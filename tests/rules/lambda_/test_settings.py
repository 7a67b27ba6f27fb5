"""Settings that functions state: memory, time, logs, concurrency, runtime."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, fails, passes, table, undecided
from tests.rules.lambda_.parts import ROLE, bare, function

test_reserved_concurrency = table(
    "lambda-reserved-concurrency",
    fails("none", function(), at="reservedConcurrentExecutions"),
    passes("ten", function(reservedConcurrentExecutions=10)),
    fails("zero", function(reservedConcurrentExecutions=0), says="0"),
    fails("unreserved", function(reservedConcurrentExecutions=-1, provider=V6), at="reservedConcurrentExecutions"),
    undecided("unknown", function(reservedConcurrentExecutions=UNKNOWN), at="reservedConcurrentExecutions"),
    given=[ROLE],
)


test_tracing = table(
    "lambda-tracing",
    fails("not set", function(), at="tracingConfig.mode"),
    passes("active", function(tracingConfig={"mode": "Active"})),
    fails("passed through", function(tracingConfig={"mode": "PassThrough"}, provider=V6), says="PassThrough"),
    undecided("unknown", function(tracingConfig={"mode": UNKNOWN}), at="tracingConfig.mode"),
    given=[ROLE],
)


test_logging_stated = table(
    "lambda-logging-stated",
    fails("not stated", function(), at="loggingConfig"),
    passes("stated", function(loggingConfig={"logFormat": "JSON"})),
    passes("unknown but there", function(loggingConfig=UNKNOWN)),
    given=[ROLE],
)


test_memory_stated = table(
    "lambda-memory-stated",
    fails("not stated", function(), at="memorySize", says="128"),
    passes("stated", function(memorySize=256)),
    passes("unknown but there", function(memorySize=UNKNOWN)),
    given=[ROLE],
)


test_timeout_stated = table(
    "lambda-timeout-stated",
    fails("not stated", function(), at="timeout"),
    passes("stated", function(timeout=30)),
    passes("unknown but there", function(timeout=UNKNOWN)),
    given=[ROLE],
)


test_runtime_current = table(
    "lambda-runtime-current",
    fails("deprecated", function(runtime="python3.9"), at="runtime", says="python3"),
    passes("supported", function(runtime="python3.13")),
    fails("not the newest, where asked", function(runtime="python3.12"), parameters={"newest": True}, at="runtime"),
    passes("newer than the table", function(runtime="python3.99"), parameters={"newest": True}),
    passes("an image", bare(packageType="Image", imageUri="210987654321.dkr.ecr.us-east-1.amazonaws.com/a:1")),
    undecided("unknown", function(runtime=UNKNOWN), at="runtime"),
    given=[ROLE],
)
