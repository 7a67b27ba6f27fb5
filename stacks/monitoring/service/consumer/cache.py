"""The newest event of each source, in Redis. The cache may be lost at any time: the database has all events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .events import Event
from .telemetry import count, log

DAY_SECONDS = 24 * 3600


class NewestEvents:
    """Keys `newest:SOURCE`, each with the newest event as JSON text, for a day."""

    def __init__(self, client: Any, failures: type[Exception] | tuple[type[Exception], ...]) -> None:
        """client: of redis-py; failures: its base error."""
        self._client = client
        self._failures = failures

    def put(self, events: Iterable[Event]) -> None:
        """Remember the newest event of each source among these. A failure costs freshness only: it is counted, and the
        next event fixes it."""
        newest: dict[str, Event] = {}
        for event in events:
            known = newest.get(event.source)
            if known is None or event.occurred_at >= known.occurred_at:
                newest[event.source] = event
        try:
            for source, event in newest.items():
                self._client.set(f"newest:{source}", event.document(), ex=DAY_SECONDS)
        except self._failures as error:
            log.warning("not cached", extra={"sources": len(newest), "reason": str(error)})
            count(CacheMissed=len(newest))
