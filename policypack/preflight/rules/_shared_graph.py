"""Questions about two resources, or about an answer that may be missing, that rules of several services ask."""

from __future__ import annotations

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

    Raises: Undecided: the answer is None; ``path`` (from ``view``) is what is missing.
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
