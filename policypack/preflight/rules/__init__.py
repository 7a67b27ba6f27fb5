"""The pack's rules, one module (or package) per AWS service; found by walking this package.

``index.txt`` (written by ``make docs``) has the id of every rule. A package folder that can't be listed has no modules
as far as Python says: without the index such a pack would judge nothing, and find nothing wrong.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Final

from ..rule import Rule, RulesMissingError, rules

__all__ = ["load"]

INDEX: Final = Path(__file__).with_name("index.txt")

_loaded: set[str] = set()


def load(service: str = "", *, complete: bool = True) -> list[Rule]:
    """Import every module of this package once (or those of one service) and return their rules, by id; rules of other
    packages that the process has imported are not among them.

    Args:
        service: a Pulumi module, for example ``rds``; empty for all.
        complete: False to take what is there, as the script does that writes the index.

    Raises:
        RulesMissingError: there are fewer than this installation should have.
    """
    if not _loaded & {service, ""}:
        for module in pkgutil.iter_modules(__path__, f"{__name__}."):
            if service in ("", module.name.rpartition(".")[2].rstrip("_")):
                _import(module.name, module.ispkg)
        if complete:
            _check(service)
        _loaded.add(service)
    return _own(service)


def _own(service: str) -> list[Rule]:
    own = (rule for rule in rules() if rule.function.__module__.startswith(f"{__name__}."))
    return [rule for rule in own if service in ("", rule.service)]


def _check(service: str) -> None:
    wanted = {name for name in INDEX.read_text("ascii").split() if service in ("", name.partition("-")[0])}
    missing = sorted(wanted - {rule.id for rule in _own(service)})
    if missing:
        raise RulesMissingError(
            f"of {len(wanted)} rules {len(missing)} can't be found, {missing[0]} among them: {INDEX.parent} is "
            "incomplete or can't be read. Reinstall pulumi-preflight (in a checkout: make docs)"
        )


def _import(name: str, is_package: bool) -> None:
    found = importlib.import_module(name)
    if is_package:
        for module in pkgutil.walk_packages(found.__path__, f"{name}."):
            importlib.import_module(module.name)
