"""Instance types and classes by region: offered there, offered elsewhere only, or unknown to the table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from preflight.facts.table import load

_DATABASES = frozenset({"docdb", "neptune"})


class Offer(Enum):
    """What the dated table says of a class in a region."""

    OFFERED = "offered"
    ELSEWHERE = "elsewhere"  # the table has the class, in other regions
    REFUSED = "refused"  # no region has it, though the table knows its family (for databases: with any engine)
    UNKNOWN = "unknown"  # a family, or a region, that the table doesn't hold: advisory at most


class Offerings:
    """The classes of one service (or database engine), by region. `dated` is the table's date, YYYY-MM-DD.

    `families` are the class families that the table knows at all, also those of other engines.
    """

    def __init__(self, rows: Mapping[str, Any], dated: str, families: frozenset[str]) -> None:
        self.dated = dated
        self.families = families
        self._values: list[str] = rows["values"]
        self._everywhere = frozenset(self._values)
        self._regions: Mapping[str, list[int]] = rows["regions"]

    def regions(self) -> frozenset[str]:
        """The regions that the table holds."""
        return frozenset(self._regions)

    def classes(self, region: str | None = None) -> frozenset[str]:
        """All classes of a region; of all regions when it is None or not in the table."""
        if region is None or region not in self._regions:
            return self._everywhere
        return frozenset(self._values[index] for index in self._regions[region])

    def regions_with(self, name: str) -> tuple[str, ...]:
        """The regions that offer `name`, sorted."""
        return tuple(sorted(region for region in self._regions if name in self.classes(region)))

    def offer(self, name: str, region: str | None) -> Offer:
        """Whether `name` ('db.t4g.micro', 'm7i.large', ...) can be had in `region`; with None, in any region."""
        if name in self.classes(region):
            return Offer.OFFERED
        if name in self._everywhere:
            return Offer.ELSEWHERE
        return Offer.REFUSED if _family(name) in self.families else Offer.UNKNOWN

    def nearest(self, name: str, region: str | None, count: int = 3) -> tuple[str, ...]:
        """Up to `count` classes of the same family that the region offers, sorted; empty when it has none."""
        return tuple(sorted(v for v in self.classes(region) if _family(v) == _family(name)))[:count]


@cache
def offerings(service: str) -> Offerings:
    """The table for `service`: ec2, docdb, neptune, elasticache, opensearch, redshift, mq or dax. Raises KeyError."""
    table = load("instance_classes")
    return Offerings(table.data[service], table.dated, _families(service if service not in _DATABASES else "db"))


@cache
def of_engine(engine: str) -> Offerings | None:
    """The table for an RDS engine ('postgres', 'aurora-mysql'); None for an engine that it doesn't hold."""
    table = load("instance_classes")
    rows = table.data["rds"].get(engine)
    return Offerings(rows, table.dated, _families("db")) if rows else None


@cache
def _families(service: str) -> frozenset[str]:
    """Families of one service; 'db' for those of all database engines together."""
    data = load("instance_classes").data
    tables = [*data["rds"].values(), data["docdb"], data["neptune"]] if service == "db" else [data[service]]
    return frozenset(_family(name) for table in tables for name in table["values"])


def _family(name: str) -> str:
    """All but the size: 'db.t4g.micro' -> 'db.t4g', 'm7i.large' -> 'm7i', 'r6g.large.search' -> 'r6g'."""
    return name.removesuffix(".search").rpartition(".")[0]
