"""S3: the filters of a bucket's event notifications."""

from __future__ import annotations

from typing import Final, NamedTuple

from ...rule import Findings, Kind, Resource, Severity, View, deferred, rule
from .bucket import NOTIFICATION

_KINDS: Final = ("lambdaFunctions", "queues", "topics")


class _Filter(NamedTuple):
    view: View
    events: tuple[str, ...]
    prefix: str
    suffix: str


@rule(NOTIFICATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def notification_events_distinct(notification: Resource) -> Findings:
    """No two notifications of a bucket match one object and event.

    Why: S3 refuses the whole configuration ("InvalidArgument: Configurations overlap. Configurations on the same bucket
    cannot share a common event type"), even where both name the same target.
    Fix: Make the events, the prefixes or the suffixes differ, or send the event to one topic or bus that fans out.
    Source: Amazon S3 User Guide, "Configuring event notifications with object key name filtering".
    """
    seen: list[_Filter] = []
    for kind in _KINDS:
        for view in notification.each(kind):
            with deferred():
                mine = _Filter(
                    view,
                    tuple(view.texts("events")),
                    view.text("filterPrefix") or "",
                    view.text("filterSuffix") or "",
                )
                other = next((other for other in seen if _overlap(mine, other)), None)
                seen.append(mine)
                if other is not None:
                    yield view.finding(
                        f"overlaps with `{other.view.path}`: both match {_shared(mine, other)} with the prefixes "
                        f"'{mine.prefix}' and '{other.prefix}'; make their prefixes or suffixes differ",
                        at="events",
                    )


def _overlap(one: _Filter, other: _Filter) -> bool:
    return (
        _shared(one, other) is not None
        and (one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix))
        and (one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix))
    )


def _shared(one: _Filter, other: _Filter) -> str | None:
    for mine in one.events:
        for theirs in other.events:
            if _covers(mine, theirs):
                return theirs
            if _covers(theirs, mine):
                return mine
    return None


def _covers(event: str, other: str) -> bool:
    return event == other or (event.endswith(":*") and other.startswith(event[:-1]))
