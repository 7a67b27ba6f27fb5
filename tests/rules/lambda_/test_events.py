"""Event source mappings and retries."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from tests.rules.lambda_.parts import COMPONENT, MAPPING, ROLE, attached, function, inline, policy

QUEUE = R("aws:sqs/queue:Queue", "queue")
STREAM = R("aws:kinesis/stream:Stream", "stream")
ITEMS = R("aws:dynamodb/table:Table", "items", streamEnabled=True)
KAFKA = R("aws:msk/cluster:Cluster", "kafka")
TOPIC = R("aws:sns/topic:Topic", "topic")
FIFO = R("aws:sqs/queue:Queue", "queue", fifoQueue=True)
NESTED = R("aws:sqs/queue:Queue", "queue", parent=COMPONENT)
WORKER = function(timeout=60)
KINESIS_ARN = "arn:aws:kinesis:us-east-1:210987654321:stream/clicks"


def mapping(source: Any, to: Any = WORKER.arn, **more: Any) -> R:
    return R(MAPPING, "mapping", eventSourceArn=source, functionName=to, **more)


test_event_source_start_fits = table(
    "lambda-event-source-start-fits",
    fails("a stream without a start", mapping(STREAM.arn), STREAM, WORKER, at="startingPosition", says="LATEST"),
    passes("a stream with a start", mapping(STREAM.arn, startingPosition="LATEST"), STREAM, WORKER),
    fails("a known stream", mapping(KINESIS_ARN), WORKER, at="startingPosition"),
    fails("a table", mapping(ITEMS.streamArn), ITEMS, WORKER, at="startingPosition"),
    fails("Kafka", mapping(KAFKA.arn), KAFKA, WORKER, at="startingPosition"),
    fails("a queue with a start", mapping(QUEUE.arn, startingPosition="LATEST"), QUEUE, WORKER, says="remove it"),
    passes("a queue", mapping(QUEUE.arn, provider=V6), QUEUE, WORKER),
    passes("a queue in a component", mapping(NESTED.arn), COMPONENT, NESTED, WORKER),
    passes(
        "Kafka of one's own",
        R(MAPPING, "mapping", functionName="f", topics=["t"], selfManagedEventSource={"endpoints": {}}),
    ),
    undecided("an unknown source", mapping(UNKNOWN), WORKER, at="eventSourceArn"),
    given=[ROLE],
)

test_event_source_supported = table(
    "lambda-event-source-supported",
    fails("a topic", mapping(TOPIC.arn), TOPIC, WORKER, at="eventSourceArn", says="sns"),
    passes("a queue", mapping(QUEUE.arn), QUEUE, WORKER),
    fails("a known bucket", mapping("arn:aws:s3:::data"), WORKER, says="s3"),
    passes("DocumentDB", mapping("arn:aws:rds:us-east-1:210987654321:cluster:docs"), WORKER),
    undecided("unknown", mapping(UNKNOWN), WORKER, at="eventSourceArn"),
    given=[ROLE],
)

test_event_source_batch_valid = table(
    "lambda-event-source-batch-valid",
    fails(
        "a large batch without a window",
        mapping(QUEUE.arn, batchSize=100),
        QUEUE,
        WORKER,
        at="maximumBatchingWindowInSeconds",
        says="100",
    ),
    passes(
        "a large batch with a window",
        mapping(QUEUE.arn, batchSize=100, maximumBatchingWindowInSeconds=5),
        QUEUE,
        WORKER,
    ),
    fails(
        "a FIFO queue", mapping(FIFO.arn, batchSize=20, maximumBatchingWindowInSeconds=5), FIFO, WORKER, at="batchSize"
    ),
    fails(
        "a known FIFO queue", mapping("arn:aws:sqs:us-east-1:210987654321:a.fifo", batchSize=20), WORKER, at="batchSize"
    ),
    fails(
        "an option of streams",
        mapping(QUEUE.arn, bisectBatchOnFunctionError=True),
        QUEUE,
        WORKER,
        at="bisectBatchOnFunctionError",
    ),
    passes("that option switched off", mapping(QUEUE.arn, bisectBatchOnFunctionError=False), QUEUE, WORKER),
    fails(
        "too large",
        mapping(QUEUE.arn, batchSize=20000, maximumBatchingWindowInSeconds=5),
        QUEUE,
        WORKER,
        at="batchSize",
    ),
    fails(
        "one at a time",
        mapping(QUEUE.arn, scalingConfig={"maximumConcurrency": 1}),
        QUEUE,
        WORKER,
        at="scalingConfig.maximumConcurrency",
    ),
    passes("a stream", mapping(STREAM.arn, batchSize=100, bisectBatchOnFunctionError=True), STREAM, WORKER),
    passes("nothing stated", mapping(QUEUE.arn), QUEUE, WORKER),
    undecided("unknown", mapping(QUEUE.arn, batchSize=UNKNOWN), QUEUE, WORKER, at="batchSize"),
    given=[ROLE],
)

WAITS = R("aws:sqs/queue:Queue", "queue", visibilityTimeoutSeconds=90)
LONG = R("aws:sqs/queue:Queue", "queue", visibilityTimeoutSeconds=360)
QUICK = function()
QUEUE_UNKNOWN = R("aws:sqs/queue:Queue", "queue", visibilityTimeoutSeconds=UNKNOWN)
ALIAS = R("aws:lambda/alias:Alias", "live", name="live", functionName=WORKER.name, functionVersion="1")
test_queue_visibility_covers_timeout = table(
    "lambda-queue-visibility-covers-timeout",
    fails("the queue's default", mapping(QUEUE.arn), QUEUE, WORKER, at="eventSourceArn", says=("30", "60", "'queue'")),
    passes("longer than the function", mapping(WAITS.arn), WAITS, WORKER),
    passes("both defaults", mapping(QUEUE.arn, QUICK.arn), QUEUE, QUICK),
    fails("in a component", mapping(NESTED.arn), COMPONENT, NESTED, WORKER, at="eventSourceArn"),
    fails("through an alias", mapping(QUEUE.arn, ALIAS.arn), QUEUE, ALIAS, WORKER, at="eventSourceArn"),
    fails("the function by name", mapping(QUEUE.arn, WORKER.name, provider=V6), QUEUE, WORKER, at="eventSourceArn"),
    passes("a function from elsewhere", mapping(QUEUE.arn, "worker"), QUEUE),
    passes("a queue from elsewhere", mapping("arn:aws:sqs:us-east-1:210987654321:q"), WORKER),
    undecided("unknown", mapping(QUEUE_UNKNOWN.arn), QUEUE_UNKNOWN, WORKER, at="visibilityTimeoutSeconds"),
    given=[ROLE],
)

test_queue_visibility_six_times_timeout = table(
    "lambda-queue-visibility-six-times-timeout",
    fails("a little longer", mapping(WAITS.arn), WAITS, WORKER, at="eventSourceArn", says="360"),
    passes("six times", mapping(LONG.arn), LONG, WORKER),
    passes("another factor", mapping(WAITS.arn), WAITS, WORKER, parameters={"factor": 1}),
    passes("both defaults", mapping(QUEUE.arn, QUICK.arn), QUEUE, QUICK),
    passes("a stream", mapping(STREAM.arn), STREAM, WORKER),
    undecided("unknown", mapping(QUEUE_UNKNOWN.arn), QUEUE_UNKNOWN, WORKER, at="visibilityTimeoutSeconds"),
    given=[ROLE],
)

FAILED = {"onFailure": {"destinationArn": QUEUE.arn}}
test_event_source_failure_destination = table(
    "lambda-event-source-failure-destination",
    fails("a stream without", mapping(STREAM.arn), STREAM, WORKER, at="destinationConfig.onFailure.destinationArn"),
    passes("a stream with", mapping(STREAM.arn, destinationConfig=FAILED), STREAM, WORKER, QUEUE),
    fails("a table without", mapping(ITEMS.streamArn), ITEMS, WORKER, at="destinationConfig.onFailure.destinationArn"),
    passes("a queue", mapping(QUEUE.arn), QUEUE, WORKER),
    undecided("an unknown source", mapping(UNKNOWN), WORKER, at="eventSourceArn"),
    given=[ROLE],
)

CONFIG, TARGET = (
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:cloudwatch/eventTarget:EventTarget",
)
test_retry_settings_valid = table(
    "lambda-retry-settings-valid",
    fails("three retries", R(CONFIG, "config", functionName="f", maximumRetryAttempts=3), at="maximumRetryAttempts"),
    passes("two retries", R(CONFIG, "config", functionName="f", maximumRetryAttempts=2)),
    fails("a second", R(CONFIG, "config", functionName="f", maximumEventAgeInSeconds=1), says="60"),
    fails(
        "a rule's target",
        R(TARGET, "target", rule="r", arn="a", retryPolicy={"maximumRetryAttempts": 200}),
        at="retryPolicy.maximumRetryAttempts",
    ),
    passes("a target in range", R(TARGET, "target", rule="r", arn="a", retryPolicy={"maximumEventAgeInSeconds": 3600})),
    passes("not set", R(CONFIG, "config", functionName="f")),
    undecided(
        "unknown", R(CONFIG, "config", functionName="f", maximumRetryAttempts=UNKNOWN), at="maximumRetryAttempts"
    ),
)

READ = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
test_role_permits_event_source = table(
    "lambda-role-permits-event-source",
    fails("no policy", mapping(QUEUE.arn), QUEUE, WORKER, ROLE, at="eventSourceArn", says="sqs:ReceiveMessage"),
    passes(
        "the managed policy",
        mapping(QUEUE.arn),
        QUEUE,
        WORKER,
        ROLE,
        attached("service-role/AWSLambdaSQSQueueExecutionRole"),
    ),
    passes("its own policy", mapping(QUEUE.arn), QUEUE, WORKER, ROLE, inline(policy(*READ))),
    fails(
        "a part of it",
        mapping(QUEUE.arn),
        QUEUE,
        WORKER,
        ROLE,
        inline(policy(*READ[:2])),
        says="sqs:GetQueueAttributes",
    ),
    fails(
        "the managed policy of another source",
        mapping(STREAM.arn),
        STREAM,
        WORKER,
        ROLE,
        attached("service-role/AWSLambdaSQSQueueExecutionRole"),
        says="kinesis:",
    ),
    passes(
        "in a component", mapping(QUEUE.arn), QUEUE, WORKER, ROLE, COMPONENT, inline(policy(*READ), parent=COMPONENT)
    ),
    passes("a role from elsewhere", mapping(QUEUE.arn, "worker"), QUEUE),
    undecided("an unknown policy", mapping(QUEUE.arn), QUEUE, WORKER, ROLE, inline(UNKNOWN), at="policy"),
)
