"""What several rules across stacks share: groups of holdings with one key, and how another owner is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from preflight.finding import Undecided
from preflight.fleet.across.model import Across, Holding, Open

Key = tuple[Any, ...]


def grouped(
    holdings: Iterable[Holding], key: Callable[[Holding], Key | None]
) -> Iterator[tuple[Holding, list[Holding]] | Open]:
    """Yield each holding that shares its key with one of another state, and those; Open where its key is not known.

    A key of None means that a holding has nothing to share.
    """
    groups: dict[Key, list[Holding]] = {}
    for holding in holdings:
        try:
            found = key(holding)
        except Undecided as unknown:
            yield holding.undecided(unknown.path, unknown.reason)
            continue
        if found is not None:
            groups.setdefault(found, []).append(holding)
    for group in groups.values():
        if len({holding.state for holding in group}) < 2:
            continue
        for holding in group:
            yield holding, [other for other in group if other.state != holding.state]


def once(
    holdings: Iterable[Holding],
    key: Callable[[Holding], Key | None],
    message: Callable[[Holding, list[Holding]], str],
    at: str = "",
) -> Iterator[Across | Open]:
    """Yield a finding on every holding whose key another stack's has too."""
    for found in grouped(holdings, key):
        if isinstance(found, Open):
            yield found
        else:
            yield found[0].finding(message(*found), at=at)


def owners(others: Iterable[Holding], most: int = 3) -> str:
    """Name the stacks of some holdings, and the resource in each."""
    listed = list(others)
    shown = ", ".join(f"stack '{other.stack}' ('{other.name}')" for other in listed[:most])
    return f"{shown} and {len(listed) - most} more" if len(listed) > most else shown


def located(holding: Holding) -> tuple[str, str]:
    """Account and region.

    Raises:
        Undecided: the account is not known.
    """
    if not holding.account:
        raise Undecided("account", holding.urn, "can't be told: no ARN in this stack names it")
    return holding.account, holding.region
