"""Shards of a Kinesis stream, and the records after a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .retry import TransientError

PASSING = frozenset(
    {
        "InternalFailure",
        "InternalFailureException",
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ResourceInUseException",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)
"""Error codes that a later call may not meet (Kinesis Data Streams API Reference)."""


@dataclass(frozen=True, kw_only=True)
class Shard:
    """A part of the stream. After a reshard, its records come after those of its parents."""

    id: str
    parents: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record: its place in the shard, and its bytes."""

    sequence: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Records in order, and whether the shard was closed and has no more after them."""

    records: Sequence[Record]
    ended: bool


class Stream:
    """A stream as one consumer sees it. `client` is boto3's for Kinesis."""

    def __init__(self, client: Any, name: str, *, batch_size: int = 500) -> None:
        """batch_size: most records of one batch, up to 10,000."""
        self.client = client
        self.name = name
        self.batch_size = batch_size

    def shards(self) -> Iterator[Shard]:
        """All shards whose records are still kept."""
        answer = self._call("list_shards", StreamName=self.name)
        while True:
            for shard in answer["Shards"]:
                parents = [shard.get("ParentShardId"), shard.get("AdjacentParentShardId")]
                yield Shard(id=shard["ShardId"], parents=[parent for parent in parents if parent])
            if "NextToken" not in answer:
                return
            answer = self._call("list_shards", NextToken=answer["NextToken"])

    def after(self, shard: str, sequence: str | None) -> Batch:
        """The records after a sequence number, or from the oldest one on. Raises `TransientError`."""
        place = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": sequence}
            if sequence
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        iterator = self._call("get_shard_iterator", StreamName=self.name, ShardId=shard, **place)["ShardIterator"]
        answer = self._call("get_records", ShardIterator=iterator, Limit=self.batch_size)
        records = [Record(sequence=record["SequenceNumber"], data=record["Data"]) for record in answer["Records"]]
        return Batch(records=records, ended=not answer.get("NextShardIterator"))

    def _call(self, operation: str, **arguments: Any) -> Any:
        return call(self.client, operation, **arguments)


def call(client: Any, operation: str, **arguments: Any) -> Any:
    """One call of a boto3 client. Raises `TransientError` for what may pass, and whatever else boto3 raises."""
    try:
        return getattr(client, operation)(**arguments)
    except Exception as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code")
        if code in PASSING or isinstance(error, OSError) or type(error).__name__ in CONNECTION_ERRORS:
            raise TransientError(f"{operation}: {code or error}") from error
        raise


CONNECTION_ERRORS = frozenset(
    {"ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"}
)
"""Of botocore, which has no common class for them."""
