"""Events, and what makes a record none. The stream takes records of anybody whom IAM lets in, so the API's check of the
schema is not relied on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SEVERITIES = ("info", "warning", "error", "critical")
FIELDS = ("id", "source", "kind", "severity", "value", "message", "occurredAt")
OPTIONAL = frozenset({"value", "message"})
WORD = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_ID, SHORTEST_ID, LONGEST_MESSAGE = 45, 32, 1024


class InvalidEvent(Exception):
    """A record that is no event; `problems` names each of its faults."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a source. `id` is the sender's, and tells a repeated event from a new one."""

    id: str
    source: str
    kind: str
    severity: str
    value: float | None
    message: str
    occurred_at: datetime
    """With its offset from UTC."""

    @classmethod
    def parse(cls, data: bytes) -> Event:
        """The event in a record. Raises `InvalidEvent` with all problems."""
        try:
            fields = json.loads(data)
        except (ValueError, RecursionError) as error:  # bytes that are no UTF-8, or brackets without end
            raise InvalidEvent([f"no JSON: {error}"]) from error
        if not isinstance(fields, dict):
            raise InvalidEvent(["no JSON object"])
        problems = list(_problems(fields))
        if problems:
            raise InvalidEvent(problems)
        return cls(
            id=fields["id"],
            source=fields["source"],
            kind=fields["kind"],
            severity=fields["severity"],
            value=fields.get("value"),
            message=fields.get("message", ""),
            occurred_at=datetime.fromisoformat(fields["occurredAt"].replace("Z", "+00:00")),
        )

    def document(self) -> str:
        """The event as JSON text, as the cache keeps it."""
        return json.dumps(
            {
                "id": self.id,
                "source": self.source,
                "kind": self.kind,
                "severity": self.severity,
                "value": self.value,
                "message": self.message,
                "occurredAt": self.occurred_at.isoformat(),
            }
        )


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in FIELDS:
        if name not in fields and name not in OPTIONAL:
            yield f"{name} is missing"
    for name in fields:
        if name not in FIELDS:
            yield f"{name!r} is unknown"
    for name in ("source", "kind"):
        if name in fields and not (isinstance(fields[name], str) and WORD.fullmatch(fields[name])):
            yield f"{name} has other characters than letters, digits and ._-, or more than 64"
    if "id" in fields and not _is_id(fields["id"]):
        yield f"id is no text of {SHORTEST_ID} to {LONGEST_ID} printable ASCII characters"
    if "severity" in fields and fields["severity"] not in SEVERITIES:
        yield f"severity is none of {', '.join(SEVERITIES)}"
    if "value" in fields and not _is_number(fields["value"]):
        yield "value is no finite number"
    if "message" in fields and not _is_message(fields["message"]):
        yield f"message is no text of at most {LONGEST_MESSAGE} characters without NUL"
    if "occurredAt" in fields and not _is_time(fields["occurredAt"]):
        yield "occurredAt is no ISO 8601 time with an offset"


def _is_id(value: object) -> bool:
    return (
        isinstance(value, str) and SHORTEST_ID <= len(value) <= LONGEST_ID and value.isascii() and value.isprintable()
    )


def _is_number(value: object) -> bool:
    """JSON has no infinity, but Python's parser takes it, and 1e999."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _is_message(value: object) -> bool:
    """PostgreSQL's text holds neither NUL nor half a surrogate pair."""
    if not isinstance(value, str) or len(value) > LONGEST_MESSAGE or "\0" in value:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or len(value) > 40:
        return False
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        return False
