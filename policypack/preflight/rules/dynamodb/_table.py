"""How a table is billed and scaled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...resource import Resource
from ...rule import Undecided
from ...stack import Stack

TABLE: Final = "aws:dynamodb/table:Table"


TARGET: Final = "aws:appautoscaling/target:Target"


def is_provisioned(table: Resource) -> bool:
    """Tell whether a table has provisioned capacity, as it has unless it says otherwise."""
    return table.text("billingMode") in (None, "", "PROVISIONED")


@dataclass(frozen=True)
class Scaling:
    """One scaling target of a table: ``dimension`` such as dynamodb:table:WriteCapacityUnits, and the name of the index
    where it scales one; None for the table, and where it is not known.
    """

    dimension: str
    index: str | None


def scalings(stack: Stack, table: Resource) -> Iterator[Scaling]:
    """Yield the scaling targets of a table.

    Raises:
        Undecided: at the end, when there may be more.
    """
    possible: Undecided | None = None
    names = {f"table/{name}" for name in stack.identities(table)}
    for target in stack.of_type(TARGET):
        identifier = target.known("resourceId")
        parts = identifier.split("/") if isinstance(identifier, str) else []
        depends = stack.depends(target, table, via="resourceId")
        if not depends and "/".join(parts[:2]) not in names:
            if not parts and not target.property_dependencies.get("resourceId"):
                possible = possible or Undecided("resourceId", target.urn)
            continue
        dimension = target.known("scalableDimension")
        if isinstance(dimension, str):
            yield Scaling(dimension, parts[3] if len(parts) == 4 else None)
        else:
            possible = possible or Undecided("scalableDimension", target.urn)
    if possible:
        raise possible


_RESTORED: Final = ("restoreSourceName", "restoreSourceTableArn", "restoreBackupArn")


def is_restored(table: Resource) -> bool:
    return any(table.has(source) for source in _RESTORED)
