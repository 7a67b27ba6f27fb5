"""The pack's rules, one module (or package) per AWS service; found by walking this package."""

from __future__ import annotations

import importlib
import pkgutil

from ..rule import Rule, rules

__all__ = ["load"]

_loaded: set[str] = set()


def load(service: str = "") -> list[Rule]:
    """Import every module of this package once (or those of one service) and return their rules, by id; rules of other
    packages that the process has imported are not among them.
    """
    if not _loaded & {service, ""}:
        for module in pkgutil.iter_modules(__path__, f"{__name__}."):
            if service in ("", module.name.rpartition(".")[2].rstrip("_")):
                _import(module.name, module.ispkg)
        _loaded.add(service)
    own = (rule for rule in rules() if rule.function.__module__.startswith(f"{__name__}."))
    return [rule for rule in own if service in ("", rule.service)]


def _import(name: str, is_package: bool) -> None:
    found = importlib.import_module(name)
    if is_package:
        for module in pkgutil.walk_packages(found.__path__, f"{name}."):
            importlib.import_module(module.name)
