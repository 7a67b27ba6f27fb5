"""Which resources share a target: the subnets of one VPC, the rules of one group, the mount targets of one file
system.
"""

from __future__ import annotations

from operator import attrgetter

from ..finding import Undecided
from ..resource import Resource
from ..stack import Stack


def target_of(stack: Stack, resource: Resource, via: str, *kinds: str) -> str | None:
    """Return one text that stands for what a property means: the URN of a resource of these kinds, else the known id.

    None when the property is absent. Two resources with the same text share the target.

    Raises:
        Undecided: the property is unknown, and comes from no single resource of these kinds.
    """
    found = stack.referred_by(resource, via, *kinds)
    if len(found.certain) == 1:
        return found.certain[0].urn
    if resource.is_unknown(via):
        raise Undecided(via, resource.urn)
    return resource.text(via)


def target_or_none(stack: Stack, resource: Resource, via: str, *kinds: str) -> str | None:
    """Return what :func:`target_of` returns, or None where that is not known yet."""
    try:
        return target_of(stack, resource, via, *kinds)
    except Undecided:
        return None


def sharing(stack: Stack, resource: Resource, via: str, types: tuple[str, ...], *kinds: str) -> list[Resource]:
    """Return the resources of some types whose property ``via`` means what this one's does, itself too, in the
    order of their URNs.

    Those whose target is not known yet are left out: they are undecided when they are judged themselves.

    Raises:
        Undecided: what this resource's own property means is not known yet.
    """
    mine = target_of(stack, resource, via, *kinds)
    if mine is None:
        return []

    def index_of(stack: Stack) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = {}
        for other in sorted(stack.of_type(*types), key=attrgetter("urn")):
            target = target_or_none(stack, other, via, *kinds)
            if target is not None:
                index.setdefault(target, []).append(other)
        return index

    return stack.once(f"sharing {via} of {types} to {kinds}", index_of).get(mine, [])


def earlier(resource: Resource, others: list[Resource]) -> list[Resource]:
    """Return those of some resources that stand before this one; all of them when it is not among them."""
    position = next((index for index, other in enumerate(others) if other is resource), len(others))
    return others[:position]
