"""Preflight: says at preview whether a Pulumi AWS program would deploy, work and comply.

Importing it has no side effect, and imports nothing but what is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preflight.about import VERSION

if TYPE_CHECKING:
    from preflight.serving.pack import PolicyPack
    from preflight.serving.stock.rules import policies

__all__ = ["PolicyPack", "policies", "version"]


def version() -> str:
    """Return Preflight's version."""
    return VERSION


def __getattr__(name: str) -> Any:
    if name == "PolicyPack":
        from preflight.serving.pack import PolicyPack

        return PolicyPack
    if name == "policies":
        from preflight.serving.stock.rules import policies

        return policies
    raise AttributeError(f"module 'preflight' has no attribute {name!r}")
