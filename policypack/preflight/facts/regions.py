"""Partitions and regions, and which services the SDK's endpoint list has there (botocore's partitions and
endpoints).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from preflight.facts.table import load


def dated() -> str:
    """The date (YYYY-MM-DD) of the region table."""
    return load("regions").dated


def exists(region: str) -> bool:
    """Whether `region` is a region of any partition."""
    return region in _partition_by_region()


def partition(region: str) -> str | None:
    """The partition of a region ('cn-north-1' -> 'aws-cn'), by its prefix for one newer than the table; None when
    unknown.
    """
    known = _partition_by_region().get(region)
    if known:
        return known
    prefixes = {r.rsplit("-", 2)[0]: p for r, p in _partition_by_region().items()}
    return prefixes.get(region.rsplit("-", 2)[0]) if region.count("-") >= 2 else None


def dns_suffix(partition_name: str) -> str | None:
    """'aws' -> 'amazonaws.com', 'aws-cn' -> 'amazonaws.com.cn'; None for an unknown partition."""
    row = _partitions().get(partition_name)
    return str(row["dns_suffix"]) if row else None


def partitions() -> tuple[str, ...]:
    """All partition names, sorted."""
    return tuple(sorted(_partitions()))


def regions(partition_name: str = "aws") -> tuple[str, ...]:
    """The regions of a partition, sorted; empty for an unknown partition."""
    row = _partitions().get(partition_name)
    return tuple(sorted(row["regions"])) if row else ()


def name(region: str) -> str | None:
    """The region's name for people ('US West (Oregon)'); None when unknown."""
    for row in _partitions().values():
        if region in row["regions"]:
            return str(row["regions"][region])
    return None


def service_listed(endpoint_prefix: str, region: str) -> bool | None:
    """Whether the endpoint list has the service ('apprunner', 'macie2') in the region. None when the list says
    nothing of the service or region, or the service is global. The list is one source: it lags behind launches.
    """
    row = _partitions().get(partition(region) or "")
    if not row or region not in row["regions"] or not row["services"].get(endpoint_prefix):
        return None
    return region in row["services"][endpoint_prefix]


@cache
def _partition_by_region() -> dict[str, str]:
    return {region: partition_name for partition_name, row in _partitions().items() for region in row["regions"]}


def _partitions() -> dict[str, Any]:
    data: dict[str, Any] = load("regions").data
    return data
