"""Rules across stacks: the third kind, whose anchors and partners are in different states."""

from __future__ import annotations

import importlib
import pkgutil

from preflight.fleet.across.model import Across, Fleet, Holding, Open, StackRow
from preflight.fleet.across.rule import fleet_rule, registered
from preflight.rule import Rule

__all__ = ["Across", "Fleet", "Holding", "Open", "StackRow", "fleet_rule", "load"]


def load() -> list[Rule]:
    """Return every rule across stacks, by id."""
    from preflight.fleet.across import rules

    for module in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}."):
        importlib.import_module(module.name)
    return registered()
