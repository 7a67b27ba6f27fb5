"""Whether a backup selection of the program covers a resource, by ARN, by pattern or by tag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .. import wire
from ..documents import arn
from ..documents.answer import Answer, either, every
from ..finding import Undecided
from ..resource import Resource
from ..stack import Stack
from ..view import View

SELECTION: Final = "aws:backup/selection:Selection"

_TAG_CONDITION: Final = "aws:ResourceTag/"


def covered_by_selection(stack: Stack, resource: Resource, resource_type: str) -> Answer:
    """Tell whether a backup selection covers a resource; None where an unknown value decides it.

    Where a selection has resources as well as tags, either counts. What `notResources` takes out again is not judged:
    such a selection answers None at best.

    Args:
        stack: the program.
        resource: what should be backed up.
        resource_type: its part of an ARN, from the service to the type: ``ec2:volume``,
            ``elasticfilesystem:file-system``.
    """
    return either(_covers(stack, selection, resource, resource_type) for selection in stack.of_type(SELECTION))


def _covers(stack: Stack, selection: Resource, resource: Resource, resource_type: str) -> Answer:
    by_resource = either(_names(stack, selection, resource, resource_type))
    if selection.has("conditions"):
        by_resource = every((by_resource, _meets_conditions(selection, resource)))
    answer = either((by_resource, either(_tagged(entry, resource) for entry in _objects(selection, "selectionTags"))))
    return None if answer and selection.has("notResources") else answer


def _names(stack: Stack, selection: Resource, resource: Resource, resource_type: str) -> Iterator[Answer]:
    """Whether each entry of a selection's resources means a resource."""
    yield any(found is selection for found in stack.referring_to(resource, SELECTION, via="resources").certain)
    listed = selection.raw("resources")
    made_here = bool(selection.property_dependencies.get("resources"))
    service, _, kind = resource_type.partition(":")
    own = resource.known_output("arn")
    unknown = wire.UNKNOWN_STRING
    text = (
        own
        if isinstance(own, str)
        else f"arn:aws:{service}:{resource.known_region or unknown}:{unknown}:{kind}/{unknown}"
    )
    for entry in listed if isinstance(listed, list) else [listed] if listed else []:
        if wire.is_unknown(entry):
            yield False if made_here else None
        elif isinstance(entry, str):
            pattern = arn.Arn.parse(entry)
            yield entry == "*" or (arn.matches(entry, text) if pattern else False)


def _objects(view: View, path: str) -> Iterator[View | None]:
    """The objects at a path, then None when one is unknown."""
    try:
        yield from view.each(path)
    except Undecided:
        yield None


def _tagged(entry: View | None, resource: Resource) -> Answer:
    """Whether a resource has the tag of an entry of selectionTags, or of a condition."""
    if entry is None:
        return None
    try:
        key, wanted, tags = entry.text("key") or "", entry.text("value"), resource.tags
    except Undecided:
        return None
    key = key.removeprefix(_TAG_CONDITION)
    if key not in tags:
        return False
    value = tags[key]
    return None if value is None else value == wanted


def _meets_conditions(selection: Resource, resource: Resource) -> Answer:
    """Whether a resource meets a selection's conditions; only those on equal tags are judged."""
    answers: list[Answer] = []
    for condition in _objects(selection, "conditions"):
        if condition is None or any(
            condition.has(other) for other in ("stringLikes", "stringNotEquals", "stringNotLikes")
        ):
            answers.append(None)
        else:
            answers += [_tagged(entry, resource) for entry in _objects(condition, "stringEquals")]
    return every(answers)
