"""AWS Config managed rules ('List of AWS Config Managed Rules'): identifiers and parameters, from a dated table."""

from __future__ import annotations

from collections.abc import Mapping

from preflight.facts.table import load
from preflight.nearest import nearest as closest


def dated() -> str:
    """The date (YYYY-MM-DD) of the table."""
    return load("config_rules").dated


def exists(identifier: str) -> bool:
    """Whether a managed rule has this identifier ('S3_BUCKET_VERSIONING_ENABLED'; upper case, as the API wants it)."""
    return identifier in load("config_rules").data


def nearest(identifier: str, count: int = 3) -> tuple[str, ...]:
    """Up to `count` identifiers closest to a wrong one ('s3-bucket-versioning-enabled'), best first; empty: none is
    near.
    """
    return tuple(closest(identifier, load("config_rules").data, count, cutoff=0.75))


def parameters(identifier: str) -> frozenset[str]:
    """All parameter names of a rule; empty for a rule without any or an unknown one."""
    return frozenset(_rows(identifier))


def required_parameters(identifier: str) -> frozenset[str]:
    """The parameters that a rule can't do without: not optional and without a default."""
    return frozenset(name for name, kind in _rows(identifier).items() if kind == "required")


def default(identifier: str, parameter: str) -> str | None:
    """The default of a required parameter, as text; None when it has none."""
    kind = _rows(identifier).get(parameter, "")
    return kind[1:] if kind.startswith("=") else None


def _rows(identifier: str) -> Mapping[str, str]:
    rows: Mapping[str, str] = load("config_rules").data.get(identifier, {})
    return rows
