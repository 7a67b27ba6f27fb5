"""The loop: take a turn at each shard, keep its events, put what is none among the dead letters, go on.

A batch is one transaction. When anything in it fails in a way that may pass, nothing of it is kept, and it is tried
again a few times; after that the task ends, and ECS starts another one, with the database's current password. The
records wait in the stream meanwhile. So every event is kept, in order, once; a dead letter may come twice.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .events import Event, InvalidEvent
from .retry import Backoff
from .store import ENDED, Store
from .stream import Record, Stream
from .telemetry import count, log

LONGEST_LETTER_BYTES = 180_000
"""Of a record's data in a dead letter: with base64 below the 256 KiB that a message has in every Region."""


class Cache(Protocol):
    """Where the newest events go."""

    def put(self, events: list[Event]) -> None:
        """Remember them; never raises."""


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One task's work."""

    stream: Stream
    store: Store
    cache: Cache
    dead_letter: Callable[[str], None]
    """Puts a message on the queue of dead letters. Raises `TransientError`."""
    backoff: Backoff

    def round(self) -> int:
        """Take one turn at every shard that is ready; returns the number of records done with."""
        shards = list(self.backoff.run(lambda: list(self.stream.shards())))
        ended = self.backoff.run(self.store.ended)
        kept = {shard.id for shard in shards}
        done = 0
        for shard in shards:
            waits = any(parent in kept and parent not in ended for parent in shard.parents)
            if shard.id not in ended and not waits:
                done += self.backoff.run(lambda shard_id=shard.id: self._turn(shard_id))  # type: ignore[misc]
        return done

    def _turn(self, shard: str) -> int:
        events: list[Event] = []
        with self.store.turn(shard) as turn:
            if turn is None:
                return 0
            checkpoint = turn.checkpoint()
            if checkpoint == ENDED:
                return 0
            batch = self.stream.after(shard, checkpoint)
            rejected = 0
            for record in batch.records:
                try:
                    events.append(Event.parse(record.data))
                except InvalidEvent as error:
                    self.dead_letter(letter(shard, record, error))
                    rejected += 1
            new = turn.keep(events)
            if batch.ended:
                turn.advance(ENDED)
            elif batch.records:
                turn.advance(batch.records[-1].sequence)
        if batch.records:
            log.info("kept", extra={"shard": shard, "new": new, "known": len(events) - new, "rejected": rejected})
            count(Stored=new, Known=len(events) - new, Rejected=rejected)
            self.cache.put(events)
        return len(batch.records)


def letter(shard: str, record: Record, error: InvalidEvent) -> str:
    """The message about a record that is no event: where it was, what is wrong with it, and its bytes."""
    log.warning("rejected", extra={"shard": shard, "sequence": record.sequence, "problems": error.problems})
    return json.dumps(
        {
            "shard": shard,
            "sequence": record.sequence,
            "problems": [problem[:500] for problem in error.problems[:20]],
            "data": base64.b64encode(record.data[:LONGEST_LETTER_BYTES]).decode(),
            "truncated": len(record.data) > LONGEST_LETTER_BYTES,
        }
    )
