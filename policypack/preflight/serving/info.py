"""What a pack says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PackInfo:
    """What a pack says of itself; the fields of ``pulumi_policy.PolicyPack``'s constructor."""

    name: str
    version: str = "0.0.1"
    enforcement_level: str = "advisory"
    initial_config: Mapping[str, Any] = field(default_factory=dict)
    description: str | None = None
    display_name: str | None = None
    readme: str | None = None
    provider: str | None = None
    tags: Sequence[str] | None = None
    repository: str | None = None
