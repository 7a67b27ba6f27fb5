"""Event source mappings, and what becomes of events that fail."""

from __future__ import annotations

from typing import Final

from ...facts import lambda_ as facts
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, rule
from ...stack import Stack
from .._shared_graph import marked
from ._events import SOURCE_AT, SUPPORTED, source_of
from ._parts import INVOKE_CONFIG, MAPPING, QUEUE, function_of

EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
_STREAMS: Final = ("kinesis", "dynamodb")
_QUEUE_SECONDS: Final = 30  # API CreateQueue: VisibilityTimeout, default
_FUNCTION_SECONDS: Final = 3  # API CreateFunction: Timeout, default


@rule(MAPPING, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def event_source_start_fits(mapping: Resource, stack: Stack) -> Findings:
    """A mapping states where to start for streams and Kafka, and does not for queues.

    Why: Lambda refuses others ("InvalidParameterValueException: 1 validation error detected: Value null at
    'startingPosition' failed to satisfy constraint", "StartingPosition is not valid for SQS event sources.").
    Fix: Set `startingPosition` to LATEST or TRIM_HORIZON for Kinesis, DynamoDB and MSK; remove it for SQS and MQ.
    Source: AWS Lambda API Reference, "CreateEventSourceMapping" (StartingPosition).
    """
    source = source_of(stack, mapping)
    given = mapping.has("startingPosition")
    if source in facts.SOURCES_WITH_STARTING_POSITION and not given:
        yield mapping.finding(
            f"a mapping of {source} states where to start; set `startingPosition` to LATEST or TRIM_HORIZON",
            at="startingPosition",
        )
    elif source in facts.SOURCES_WITHOUT_STARTING_POSITION and given:
        yield mapping.finding(
            f"a mapping of {source} does not support `startingPosition`; remove it", at="startingPosition"
        )


@rule(MAPPING, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def event_source_supported(mapping: Resource, stack: Stack) -> Findings:
    """The source of a mapping is one that Lambda reads from: SQS, Kinesis, DynamoDB streams, MSK, MQ or DocumentDB.

    Why: Services that push events can't be polled; Lambda refuses their ARNs ("InvalidParameterValueException:
    Unrecognized event source.").
    Fix: For SNS, S3, EventBridge and CloudWatch Logs add a `aws.lambda.Permission` and the service's own subscription.
    Source: AWS Lambda Developer Guide, "How Lambda processes records from stream and queue-based event sources".
    """
    source = source_of(stack, mapping)
    if source is not None and source not in SUPPORTED:
        yield mapping.finding(
            f"Lambda does not read from {source}, which calls functions itself; use a permission and a subscription",
            at=SOURCE_AT,
        )


@rule(MAPPING, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def event_source_batch_valid(mapping: Resource, stack: Stack) -> Findings:
    """The batch settings of a queue's mapping are ones that Lambda accepts for queues.

    Why: Lambda refuses others ("InvalidParameterValueException: Batch size for FIFO queues must be between 1 and 10",
    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10").
    Fix: Stay within 10 for FIFO queues, set a batching window above 10, and leave options of streams out.
    Source: AWS Lambda API Reference, "CreateEventSourceMapping"; Developer Guide, "Using Lambda with Amazon SQS".
    """
    if source_of(stack, mapping) != "sqs":
        return
    refused = sorted(option for option in facts.SQS_REFUSED_OPTIONS if mapping.known(option))
    if refused:
        yield mapping.finding(f"a queue's mapping does not support {marked(refused)}; remove it", at=refused[0])
        return
    size = mapping.number("batchSize") or 0
    if size > facts.SQS_FIFO_BATCH_SIZE and _is_fifo(stack, mapping):
        yield mapping.finding(
            f"a FIFO queue has batches of at most {facts.SQS_FIFO_BATCH_SIZE}, not {size}", at="batchSize"
        )
    elif size > facts.SQS_BATCH_SIZE:
        yield mapping.finding(f"a queue has batches of at most {facts.SQS_BATCH_SIZE}, not {size}", at="batchSize")
    elif size > facts.SQS_BATCH_SIZE_WITHOUT_WINDOW and not mapping.number("maximumBatchingWindowInSeconds"):
        yield mapping.finding(
            f"batches of {size} need a batching window; set `maximumBatchingWindowInSeconds` to 1 or more",
            at="maximumBatchingWindowInSeconds",
        )
    concurrency = mapping.number("scalingConfig.maximumConcurrency")
    if concurrency is not None and concurrency < facts.SQS_MIN_CONCURRENCY:
        yield mapping.finding(
            f"`maximumConcurrency` must be at least {facts.SQS_MIN_CONCURRENCY}, not {concurrency}",
            at="scalingConfig.maximumConcurrency",
        )


def _is_fifo(stack: Stack, mapping: Resource) -> bool:
    queues = stack.referred_by(mapping, SOURCE_AT, QUEUE).certain
    if queues:
        return bool(queues[0].flag("fifoQueue"))
    return (mapping.text(SOURCE_AT) or "").endswith(".fifo")


def _seconds(stack: Stack, mapping: Resource) -> tuple[Resource, float, float] | None:
    """A mapped queue of the program, its visibility timeout, and the timeout of the program's function."""
    queues = stack.referred_by(mapping, SOURCE_AT, QUEUE).certain
    function = function_of(stack, mapping) if queues else None
    if function is None:
        return None
    visible = queues[0].number("visibilityTimeoutSeconds")
    timeout = function.number("timeout")
    return (
        queues[0],
        _QUEUE_SECONDS if visible is None else visible,
        _FUNCTION_SECONDS if timeout is None else timeout,
    )


@rule(MAPPING, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def queue_visibility_covers_timeout(mapping: Resource, stack: Stack) -> Findings:
    """Messages of a mapped queue stay invisible for at least as long as the function may run.

    Why: Lambda refuses the mapping ("InvalidParameterValueException: Queue visibility timeout: 30 seconds is less than
    Function timeout: 60 seconds").
    Fix: Set `visibilityTimeoutSeconds` of the queue to the function's timeout or more, best six times as much.
    Source: AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping".
    """
    found = _seconds(stack, mapping)
    if found and found[1] < found[2]:
        yield mapping.finding(
            f"messages of queue '{found[0].name}' stay invisible for {found[1]:g} s and the function may run "
            f"{found[2]:g} s; set `visibilityTimeoutSeconds` of the queue to {found[2]:g} or more",
            at=SOURCE_AT,
        )


@rule(
    MAPPING,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={"factor": Parameter.of(6, "Visibility timeout as a multiple of the function's.", minimum=1)},
)
def queue_visibility_six_times_timeout(mapping: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """Messages of a mapped queue stay invisible for six times as long as the function may run.

    Why: Lambda tries again when it is throttled while it works on a batch; a message that becomes visible meanwhile is
    worked on twice.
    Fix: Set `visibilityTimeoutSeconds` of the queue to six times the function's timeout.
    Source: AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping".
    """
    found = _seconds(stack, mapping)
    if found and found[1] < parameters["factor"] * found[2]:
        yield mapping.finding(
            f"messages of queue '{found[0].name}' stay invisible for {found[1]:g} s; the function may run {found[2]:g} "
            f"s, so set `visibilityTimeoutSeconds` to {parameters['factor'] * found[2]:g}",
            at=SOURCE_AT,
        )


@rule(MAPPING, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def event_source_failure_destination(mapping: Resource, stack: Stack) -> Findings:
    """A mapping of a stream has a destination for records that fail.

    Why: Records that fail until they expire are dropped, and block their shard until then.
    Fix: Set `destinationConfig.onFailure.destinationArn` to a queue or topic.
    Source: AWS Lambda Developer Guide, "Retaining records of failed Kinesis … batches".
    """
    path = "destinationConfig.onFailure.destinationArn"
    if source_of(stack, mapping) in _STREAMS and not mapping.has(path):
        yield mapping.finding("records that fail are dropped; set `destinationConfig.onFailure`", at=path)


_RANGES: Final = {
    INVOKE_CONFIG: (("maximumRetryAttempts", 0, 2), ("maximumEventAgeInSeconds", 60, 21600)),
    EVENT_TARGET: (
        ("retryPolicy.maximumRetryAttempts", 0, 185),
        ("retryPolicy.maximumEventAgeInSeconds", 60, 86400),
    ),
}


@rule((INVOKE_CONFIG, EVENT_TARGET), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def retry_settings_valid(resource: Resource) -> Findings:
    """Retries and the age of events are within what Lambda and EventBridge take.

    Why: They refuse others ("InvalidParameterValueException", "ValidationException").
    Fix: Stay within the range that the message names.
    Source: AWS Lambda API Reference, "PutFunctionEventInvokeConfig"; Amazon EventBridge API Reference, "RetryPolicy".
    """
    for path, least, most in _RANGES[resource.kind]:
        value = resource.number(path)
        # The provider takes 0 for 'not set' in the ages.
        if value is not None and not (value == 0 or least <= value <= most):
            yield resource.finding(f"{value:g} is not within {least} to {most}; change it", at=path)
            return
