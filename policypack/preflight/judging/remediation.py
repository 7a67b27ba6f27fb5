"""Applying what a rule's remediation says to a resource's wire properties; unknowns and secrets elsewhere stay."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from preflight import wire
from preflight.view import steps_of


def apply(properties: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a copy of wire properties with values set by path, or None when that changes nothing.

    A value that replaces a secret becomes a secret. A path that leads into an unknown value, or into a value that is
    neither object nor list, is left alone.
    """
    result: dict[str, Any] = copy.deepcopy(dict(properties))
    for path, value in changes.items():
        _set(result, steps_of(path), value)
    return None if result == properties else result


def _set(target: Any, steps: tuple[str | int, ...], value: Any) -> None:
    step, rest = steps[0], steps[1:]
    if wire.signature(target) == wire.SECRET:
        _set(target["value"], steps, value)
        return
    if isinstance(target, list):
        if isinstance(step, int) and step < len(target):
            _place(target, step, rest, value)
        elif isinstance(step, str) and len(target) == 1:
            _set(target[0], steps, value)
    elif isinstance(target, dict) and isinstance(step, str) and wire.SIGNATURE_KEY not in target:
        target.setdefault(step, {} if rest else None)
        _place(target, step, rest, value)


def _place(target: Any, step: Any, rest: tuple[str | int, ...], value: Any) -> None:
    if not rest:
        target[step] = wire.secret(value) if wire.signature(target[step]) == wire.SECRET else value
    elif not wire.is_unknown(target[step]):
        _set(target[step], rest, value)
