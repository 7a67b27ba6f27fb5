"""What exists already: the inventory that an audit of the fleet writes, as a preview asks it.

One Parquet file: a row for each resource, each export and each stack; docs/fleet.md documents it.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

VARIABLE: Final = "PREFLIGHT_INVENTORY"
"""The variable by which the embedded engine gives a pack a file with all names that exist, a JSON list."""
SCHEMA_VERSION: Final = 1


class InventoryError(Exception):
    """An inventory that can't be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Owned:
    """One resource of some stack."""

    stack: str
    kind: str
    name: str
    id: str
    arn: str
    physical: str
    account: str
    region: str
    key: str = ""
    """For what exists several times in one place: the values that tell one from another, as JSON."""


@dataclass
class Inventory:
    """The inventory in memory. ``complete`` is false when states of the fleet could not be read."""

    time: str
    complete: bool
    resources: list[Owned] = field(default_factory=list)
    exports: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the stack's full name; None where a value is not kept, because it may be secret."""
    _by_text: dict[str, list[Owned]] = field(default_factory=dict)
    _by_kind: dict[str, list[Owned]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for owned in self.resources:
            self._by_kind.setdefault(owned.kind, []).append(owned)
            for text in dict.fromkeys((owned.id, owned.arn, owned.physical)):
                if text:
                    self._by_text.setdefault(text, []).append(owned)

    @property
    def names(self) -> frozenset[str]:
        """Every id, ARN and physical name."""
        return frozenset(self._by_text)

    def of_kind(self, kind: str) -> list[Owned]:
        """Return the resources of a type."""
        return self._by_kind.get(kind, [])

    def called(self, text: str) -> list[Owned]:
        """Return the resources that an id, ARN or physical name may mean."""
        return self._by_text.get(text, [])

    def outputs_of(self, reference: str) -> dict[str, Any] | None:
        """Return the exports of the stack that a stack reference names; None where there is no such stack, or more
        than one.
        """
        parts = reference.split("/")
        found = [name for name in self.exports if _same(name.split("/"), parts)]
        return self.exports[found[0]] if len(found) == 1 else None

    def described(self, today: datetime.date) -> str:
        """Return the inventory for a message: its day, and its age."""
        day = self.time[:10]
        try:
            days = (today - datetime.date.fromisoformat(day)).days
        except ValueError:
            return "the inventory"
        age = "made today" if days <= 0 else "1 day old" if days == 1 else f"{days} days old"
        return f"the inventory of {day} ({age})"


def _same(name: list[str], reference: list[str]) -> bool:
    """Whether a stack of the inventory is the one that is referred to; a backend of files has no organization."""
    if len(reference) == 3:
        return name == reference or (len(name) == 2 and name == reference[1:])
    return name == reference or (len(reference) == 2 and len(name) == 3 and name[1:] == reference)


def load(address: str) -> Inventory:
    """Read an inventory from a file, or from an address that fsspec opens.

    Raises:
        InventoryError: it can't be read, or is not one.
    """
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise InventoryError(
            f"{address}: reading an inventory needs pyarrow: pip install 'pulumi-preflight[fleet]'"
        ) from error
    try:
        if "://" in address:
            import fsspec

            with fsspec.open(address, "rb") as opened:
                table = pq.read_table(opened)
        elif not os.path.isfile(address):
            raise InventoryError(
                f"{address}: there is no such file; preflight audit writes inventory.parquet to its --out"
            )
        else:
            table = pq.read_table(address)
    except InventoryError:
        raise
    except Exception as error:
        raise InventoryError(
            f"{address}: can't be read: {type(error).__name__}: {str(error).splitlines()[0]}"
        ) from error
    about = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    if about.get("preflight.inventory") != str(SCHEMA_VERSION):
        raise InventoryError(
            f"{address}: is not an inventory of version {SCHEMA_VERSION}; write it anew with preflight audit"
        )
    return _made(about, table.to_pylist())


def _made(about: Mapping[str, str], rows: list[dict[str, Any]]) -> Inventory:
    exports: dict[str, dict[str, Any]] = {row["stack"]: {} for row in rows if row["what"] == "stack"}
    resources = []
    for row in rows:
        if row["what"] == "export":
            exports.setdefault(row["stack"], {})[row["name"]] = json.loads(row["value"]) if row["value"] else None
        elif row["what"] == "resource":
            keys = ("stack", "kind", "name", "id", "arn", "physical", "account", "region")
            resources.append(Owned(**{key: row[key] or "" for key in keys}, key=row["value"] or ""))
    return Inventory(about.get("preflight.time", ""), about.get("preflight.complete") == "true", resources, exports)
