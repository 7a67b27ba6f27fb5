"""Kinesis data streams and delivery streams."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, Undecided, deferred, rule
from ..stack import Stack
from ._shared_flags import asked

STREAM: Final = "aws:kinesis/stream:Stream"
DELIVERY_STREAM: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
RETENTION_HOURS: Final = (24, 8760)
"""API IncreaseStreamRetentionPeriod."""


@rule(STREAM, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def stream_mode_fits(stream: Resource) -> Findings:
    """A provisioned stream says how many shards it has, one on demand does not; retention is 24 to 8,760 hours.

    Why: The provider or Kinesis refuses the rest ("shard_count must be at least 1 when stream_mode is PROVISIONED",
    "InvalidArgumentException: Minimum allowed retention period is 24 hours").
    Fix: Set `shardCount`, or `streamModeDetails` to {"stream_mode": "ON_DEMAND"}, not both.
    Source: Amazon Kinesis Data Streams API Reference, "CreateStream" and "IncreaseStreamRetentionPeriod".
    """
    least, most = RETENTION_HOURS
    with deferred():
        hours = stream.number("retentionPeriod")
        if hours is not None and not least <= hours <= most:
            yield stream.finding(
                f"`retentionPeriod` is {hours} hours; Kinesis accepts {least} to {most}", at="retentionPeriod"
            )
    on_demand = stream.text("streamModeDetails.streamMode") == "ON_DEMAND"
    if on_demand and stream.has("shardCount") and stream.number("shardCount"):
        yield stream.finding("a stream on demand has no `shardCount`; remove it", at="shardCount")
    elif not on_demand and not stream.has("shardCount"):
        yield stream.finding(
            "a provisioned stream needs `shardCount`; set it, or `streamMode` ON_DEMAND", at="shardCount"
        )


@rule(
    STREAM,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def stream_encrypted(stream: Resource) -> Findings:
    """The stream is encrypted with KMS.

    Why: Records lie in the stream for a day to a year.
    Fix: Set `encryptionType="KMS"` and `kmsKeyId="alias/aws/kinesis"`; it is off when left out.
    Source: Amazon Kinesis Data Streams Developer Guide, "Data protection in Amazon Kinesis Data Streams"; AWS Config
    rule kinesis-stream-encrypted.
    """
    if stream.text("encryptionType") != "KMS":
        yield stream.finding('is not encrypted; set `encryptionType` to "KMS"', at="encryptionType")


@rule(
    STREAM,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def stream_aws_managed_key(stream: Resource) -> Findings:
    """An encrypted stream uses the key of AWS, unless a key of one's own is justified.

    Why: Each put and get calls KMS: a key of one's own costs for every call, and its request quota is shared. Exempt
    the stream, with the reason, where the key's policy or log is wanted.
    Fix: Set `kmsKeyId="alias/aws/kinesis"`.
    Source: Amazon Kinesis Data Streams Developer Guide, "How do I get started with server-side encryption?".
    """
    if stream.text("encryptionType") == "KMS":
        key = stream.text("kmsKeyId")
        if key and not key.endswith("alias/aws/kinesis"):
            yield stream.finding(
                "uses a KMS key of its own; alias/aws/kinesis does the same at less cost", at="kmsKeyId"
            )


@rule(
    DELIVERY_STREAM,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def firehose_encrypted(delivery: Resource, stack: Stack) -> Findings:
    """The delivery stream encrypts its data, or its source stream does.

    Why: Records wait in the delivery stream until they are delivered.
    Fix: Set `serverSideEncryption.enabled=true`; with a Kinesis stream as the source, encrypt that stream.
    Source: Amazon Data Firehose Developer Guide, "Data protection in Amazon Data Firehose"; AWS Config rule
    kinesis-firehose-delivery-stream-encrypted.
    """
    if delivery.has("mskSourceConfiguration"):
        return
    if not delivery.has("kinesisSourceConfiguration"):
        message = "does not encrypt its data; set `serverSideEncryption.enabled`"
        yield from asked(delivery, "serverSideEncryption.enabled", message)
        return
    at = "kinesisSourceConfiguration.kinesisStreamArn"
    streams = stack.referred_by(delivery, at, STREAM).certain
    if not streams:
        raise Undecided(at, delivery.urn, "is a stream from outside the program")
    for stream in streams:
        if stream.text("encryptionType") != "KMS":
            yield delivery.finding(f"reads stream '{stream.name}', which is not encrypted", at=at)
