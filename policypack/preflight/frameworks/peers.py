"""Other rule sets, and which of our rules stands for each of theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Peer:
    """Another rule set.

    Attributes:
        dated: the date of its sources that were compared.
        scope: which of its rules are listed.
        rules: its rule's name to the ids of ours that ask for the same.
        without: its rule's name to the reason why none of ours does.
    """

    id: str
    title: str
    dated: str
    scope: str
    rules: Mapping[str, tuple[str, ...]]
    without: Mapping[str, str]


@cache
def peers() -> tuple[Peer, ...]:
    """Return the rule sets that we compare ourselves with."""
    table = json.loads(resources.files(__package__).joinpath("peers.json").read_text(encoding="utf-8"))
    return tuple(
        Peer(
            id=peer_id,
            title=entry["title"],
            dated=entry["dated"],
            scope=entry["scope"],
            rules={name: tuple(ours) for name, ours in entry["rules"].items() if not isinstance(ours, str)},
            without={name: reason for name, reason in entry["rules"].items() if isinstance(reason, str)},
        )
        for peer_id, entry in table.items()
    )
