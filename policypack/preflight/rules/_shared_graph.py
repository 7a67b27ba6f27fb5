"""Questions about two resources, or about an answer that may be missing, that rules of several services ask."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable

from ..documents.answer import Answer
from ..finding import Undecided
from ..resource import Resource
from ..stack import Stack
from ..view import View


def attempt(question: Callable[[], bool]) -> Answer:
    """Ask something of a resource; None where a value that is not known yet decides it."""
    try:
        return question()
    except Undecided:
        return None


def settled(answer: Answer, view: View, path: str, reason: str = "is not known yet") -> bool:
    """Turn an answer into a verdict.

    Raises:
        Undecided: the answer is None; ``path`` (from ``view``) is what is missing.
    """
    if answer is None:
        where = f"{view.path}.{path}" if view.path and path else view.path or path
        raise Undecided(where, view.owner.urn, reason)
    return answer


def same_scope(stack: Stack, first: Resource, second: Resource) -> Answer:
    """Tell whether two resources are in one account and region; None where a Region is not known."""
    mine, theirs = first.provider, second.provider
    if (
        mine is not None
        and theirs is not None
        and mine.urn == theirs.urn
        and first.raw("region") == second.raw("region")
    ):
        return True
    return attempt(lambda: stack.same_scope(first, second))


def same_target(stack: Stack, first: Resource, second: Resource, via: str, *kinds: str) -> Answer:
    """Tell whether one property of two resources means the same thing: a resource of the program, or an equal known
    text.
    """
    mine, theirs = stack.referred_by(first, via, *kinds), stack.referred_by(second, via, *kinds)
    if {found.urn for found in mine.certain} & {found.urn for found in theirs.certain}:
        return True
    if (first.is_unknown(via) and not mine.certain) or (second.is_unknown(via) and not theirs.certain):
        return None
    if mine.certain or theirs.certain:
        return False
    if first.text(via) != second.text(via):
        return False
    return same_scope(stack, first, second)


class Alike:
    """Resources of one type by what one of their properties means, in the stack's order; see :func:`same_target`.

    To ask each pair of two thousand resources takes seconds: this asks each resource once.
    """

    def __init__(self, stack: Stack, of_type: str, via: str, kinds: tuple[str, ...]) -> None:
        self._stack = stack
        self._via = via
        self._kinds = kinds
        self._members = stack.of_type(of_type)
        self._position = {member.urn: position for position, member in enumerate(self._members)}
        self._by_target: dict[str, list[Resource]] = {}
        self._by_text: dict[str | None, list[Resource]] = {}
        self._unknown: list[Resource] = []
        for member in self._members:
            targets = stack.referred_by(member, via, *kinds).certain
            for target in targets:
                self._by_target.setdefault(target.urn, []).append(member)
            if not targets and member.is_unknown(via):
                self._unknown.append(member)
            elif not targets:
                self._by_text.setdefault(member.text(via), []).append(member)

    def _before(self, members: list[Resource], resource: Resource) -> list[Resource]:
        place = self._position[resource.urn]
        return members[: bisect_left(members, place, key=lambda member: self._position[member.urn])]

    def before(self, resource: Resource) -> list[Resource]:
        """Return the members before a resource whose property certainly means the same."""
        targets = self._stack.referred_by(resource, self._via, *self._kinds).certain
        if targets:
            found = {one.urn: one for target in targets for one in self._before(self._by_target[target.urn], resource)}
            return list(found.values())
        if resource.is_unknown(self._via):
            return []
        equal = self._before(self._by_text.get(resource.text(self._via), []), resource)
        return [one for one in equal if same_scope(self._stack, one, resource)]

    def unclear(self, resource: Resource) -> Resource | None:
        """Return the first member before a resource of which it can't be told, None where there is none."""
        targets = self._stack.referred_by(resource, self._via, *self._kinds).certain
        if not targets and resource.is_unknown(self._via):
            return next(iter(self._before(self._members, resource)), None)
        unknown = next(iter(self._before(self._unknown, resource)), None)
        if unknown is None and not targets:
            equal = self._before(self._by_text.get(resource.text(self._via), []), resource)
            return next((one for one in equal if same_scope(self._stack, one, resource) is None), None)
        return unknown


def alike(stack: Stack, of_type: str, via: str, *kinds: str) -> Alike:
    """Return the resources of a type by what a property means; made once for a stack."""
    return stack.once(f"alike {of_type} {via} {kinds}", lambda found: Alike(found, of_type, via, kinds))


def same_text(first: View, path: str, second: View, other_path: str) -> Answer:
    """Tell whether two properties are the same known text; absent ones are no text."""
    return attempt(lambda: first.text(path) is not None and first.text(path) == second.text(other_path))


def marked(paths: Iterable[str], most: int = 5) -> str:
    """Return property paths for a message, each marked to be spelled for the program's language."""
    return listed((f"`{path}`" for path in paths), most)


def listed(names: Iterable[str], most: int = 5) -> str:
    """Join names for a message: ``a, b, c and 4 more``."""
    found = list(names)
    if len(found) <= most:
        return ", ".join(found)
    return f"{', '.join(found[:most])} and {len(found) - most} more"
