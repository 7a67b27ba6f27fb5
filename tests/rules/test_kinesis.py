"""Kinesis."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided

COMPONENT = R("program:index:App", "app")

STREAM = "aws:kinesis/stream:Stream"
DELIVERY = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
ON_DEMAND = {"streamMode": "ON_DEMAND"}


def stream(**properties: object) -> R:
    return R(STREAM, "events", **properties)


test_stream_mode_fits = table(
    "kinesis-stream-mode-fits",
    fails("no shards", stream(), at="shardCount"),
    passes("shards", stream(shardCount=1, retentionPeriod=24)),
    passes("on demand", stream(streamModeDetails=ON_DEMAND)),
    passes("an unknown number of shards", stream(shardCount=UNKNOWN)),
    fails("both", stream(streamModeDetails=ON_DEMAND, shardCount=2), at="shardCount"),
    fails("too long", stream(shardCount=1, retentionPeriod=9000), at="retentionPeriod", says="8760"),
    fails("provider v6", R(STREAM, "events", provider=V6), at="shardCount"),
    undecided("unknown mode", stream(streamModeDetails=UNKNOWN), at="streamModeDetails"),
)

test_stream_encrypted = table(
    "kinesis-stream-encrypted",
    fails("absent", stream(), at="encryptionType"),
    passes("on", stream(encryptionType="KMS", kmsKeyId="alias/aws/kinesis")),
    fails("off", stream(encryptionType="NONE"), at="encryptionType"),
    undecided("unknown", stream(encryptionType=UNKNOWN), at="encryptionType"),
)

KEY = R("aws:kms/key:Key", "key")
test_stream_aws_managed_key = table(
    "kinesis-stream-aws-managed-key",
    fails("a key of its own", stream(encryptionType="KMS", kmsKeyId="arn:aws:kms:us-east-1:210987654321:key/1"), at="kmsKeyId"),
    passes("the key of AWS", stream(encryptionType="KMS", kmsKeyId="alias/aws/kinesis")),
    passes("not encrypted", stream()),
    undecided("unknown", stream(encryptionType="KMS", kmsKeyId=KEY.arn), KEY, at="kmsKeyId"),
)  # fmt: skip

PLAIN, SAFE, OPEN = stream(), stream(encryptionType="KMS"), stream(encryptionType=UNKNOWN)
INSIDE = stream(encryptionType="KMS", parent=COMPONENT)


def delivery(**properties: object) -> R:
    return R(DELIVERY, "delivery", destination="extended_s3", **properties)


def reading(source: R) -> R:
    return delivery(kinesisSourceConfiguration={"kinesisStreamArn": source.arn, "roleArn": "arn"})


OUTSIDE = {"kinesisStreamArn": "arn:aws:kinesis:us-east-1:210987654321:stream/x"}
test_firehose_encrypted = table(
    "kinesis-firehose-encrypted",
    fails("absent", delivery(), at="serverSideEncryption.enabled"),
    passes("on", delivery(serverSideEncryption={"enabled": True})),
    passes("its source is", reading(SAFE), SAFE),
    passes("its source in a component is", reading(INSIDE), INSIDE),
    passes("from MSK", delivery(mskSourceConfiguration={"topicName": "t"})),
    fails("its source is not", reading(PLAIN), PLAIN, at="kinesisSourceConfiguration.kinesisStreamArn", says="'events'"),
    undecided("a source from outside", delivery(kinesisSourceConfiguration=OUTSIDE), only="up"),
    undecided("an unknown source", reading(OPEN), OPEN, at="encryptionType"), given=[INSIDE, COMPONENT],
)  # fmt: skip
