"""The pack's rules, one module (or package) per AWS service; found by walking this package."""

from __future__ import annotations

import importlib
import pkgutil

from ..rule import Rule, rules

_loaded = False


def load() -> list[Rule]:
    """Import every module of this package once and return all registered rules, by id."""
    global _loaded
    if not _loaded:
        for module in pkgutil.walk_packages(__path__, f"{__name__}."):
            importlib.import_module(module.name)
        _loaded = True
    return rules()
