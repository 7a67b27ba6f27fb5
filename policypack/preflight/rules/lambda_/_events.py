"""Where the events of a mapping come from."""

from __future__ import annotations

from typing import Final

from ...documents.arn import Arn
from ...resource import Resource
from ...rule import Undecided
from ...stack import Stack

SOURCE_AT: Final = "eventSourceArn"

# ARN services of the kinds of sources, and of what is mistaken for one.
_SERVICES: Final = {
    "aws:sqs/queue:Queue": "sqs",
    "aws:kinesis/stream:Stream": "kinesis",
    "aws:kinesis/streamConsumer:StreamConsumer": "kinesis",
    "aws:dynamodb/table:Table": "dynamodb",
    "aws:msk/cluster:Cluster": "kafka",
    "aws:msk/serverlessCluster:ServerlessCluster": "kafka",
    "aws:mq/broker:Broker": "mq",
    "aws:docdb/cluster:Cluster": "rds",
    "aws:sns/topic:Topic": "sns",
    "aws:s3/bucket:Bucket": "s3",
    "aws:cloudwatch/eventBus:EventBus": "events",
    "aws:cloudwatch/eventRule:EventRule": "events",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "firehose",
    "aws:cloudwatch/logGroup:LogGroup": "logs",
}
SUPPORTED: Final = frozenset({"sqs", "kinesis", "dynamodb", "kafka", "mq", "rds"})


def source_of(stack: Stack, mapping: Resource) -> str | None:
    """Return the ARN service of a mapping's source; None for a mapping without an ARN (self-managed Kafka), and for a
    kind of resource that is not known here.

    Raises:
        Undecided: the source is unknown, and comes from nothing in the program.
    """
    if not mapping.has(SOURCE_AT):
        return None
    direct = [stack.get(urn) for urn in mapping.property_dependencies.get(SOURCE_AT, ())]
    kinds = {_SERVICES[found.kind] for found in direct if found is not None and found.kind in _SERVICES}
    if len(kinds) == 1:
        return kinds.pop()
    if mapping.is_unknown(SOURCE_AT):
        raise Undecided(SOURCE_AT, mapping.urn)
    arn = Arn.parse(mapping.text(SOURCE_AT))
    return arn.service if arn else None
