"""Types that exist once: per account, region, organization or VPC, with what a second creation and a destroy do.

The rows stand in `data/scopes.csv`, kept by hand; `documented` tells what the provider's documentation says from what
still wants verifying before a message claims it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from preflight.facts.table import DATA


@dataclass(frozen=True)
class Scope:
    """Where one type exists once.

    `level`: 'account', 'region', 'organization', 'vpc' or 'distribution'. `key`: inputs that make several possible in
    one scope, one per combination of their values (empty: exactly one). `second_create`: 'refused', 'overwrites'
    (silently), 'idempotent' or 'adopts' (the existing one, removing what the program doesn't list). The `_text`
    fields are for messages.
    """

    type: str
    level: str
    key: tuple[str, ...]
    second_create: str
    scope_text: str
    second_create_text: str
    on_destroy_text: str
    documented: bool

    @property
    def shared(self) -> bool:
        """Whether other stacks of the account, region or organization share it: a matter of a baseline stack."""
        return self.level in ("account", "region", "organization")


def of(type_token: str) -> Scope | None:
    """The scope of a type, None for one that may exist many times."""
    return by_type().get(type_token)


@cache
def by_type() -> MappingProxyType[str, Scope]:
    """All rows by type token."""
    with (DATA / "scopes.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Scope(
                type=row["type"],
                level=row["level"],
                key=tuple(row["key"].split()),
                second_create=row["second_create"],
                scope_text=row["scope_text"],
                second_create_text=row["second_create_text"],
                on_destroy_text=row["on_destroy_text"],
                documented=row["evidence"] == "docs",
            )
            for row in csv.DictReader(file)
        ]
    return MappingProxyType({row.type: row for row in rows})
