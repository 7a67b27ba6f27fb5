"""Stand-ins for values that only AWS knows, in the types that generated SDK code insists on.

The Python SDK checks the types of an invoke's result, so the unknown sentinel can't stand there; and
``aws.ec2.get_ami(...)`` needs a value at once. A placeholder text carries a marker: any text that holds it, however the
program built it, is unknown again as soon as it comes back. Numbers, booleans and lists can't carry one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from preflight import wire
from preflight.facts.schema import FunctionSchema, Property, Type

MARKER: Final = "preflight-unknown-5e0c9b"

_LIST_LENGTH: Final = 3
"""Programs index into lists of subnets and zones: three is what they are most often written for."""

_DEPTH: Final = 4


def text(name: str) -> str:
    """A placeholder text that says which value it stands for."""
    return f"{MARKER}-{name}"


def holds_placeholder(value: object) -> bool:
    """Whether a text was built from a placeholder."""
    return isinstance(value, str) and MARKER in value


def to_unknown(value: Any) -> Any:
    """A wire value with every text that was built from a placeholder turned into the unknown sentinel."""
    if isinstance(value, str):
        return wire.UNKNOWN_STRING if MARKER in value else value
    if isinstance(value, dict):
        if any(MARKER in key for key in value):
            return wire.UNKNOWN_OBJECT
        return {key: to_unknown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_unknown(item) for item in value]
    return value


def fill(function: FunctionSchema, known: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each field of a function's result: the known one, null where null may stand, else a placeholder."""
    return {
        name: None if known.get(name) is None and name in function.optional else _known_or(known.get(name), found)
        for name, found in function.result.items()
    }


def _known_or(value: Any, found: Property) -> Any:
    return of_type(found.type, found.name) if value is None else value


def of_type(kind: Type, name: str, depth: int = 0) -> Any:
    """A placeholder of a type: marked texts, zero, false, three texts for a list of texts, one object for a list of
    them.
    """
    if kind.base == "str":
        return text(name)
    if kind.base == "bool":
        return False
    if kind.base in ("int", "float"):
        return 0
    if kind.base == "list" and kind.of is not None:
        if kind.of.base == "str":
            return [text(f"{name}{index}") for index in range(_LIST_LENGTH)]
        if kind.of.base in ("int", "float", "bool") or depth >= _DEPTH:
            return []
        return [of_type(kind.of, name, depth + 1)]
    if kind.base == "object" and kind.object is not None and depth < _DEPTH:
        return {key: of_type(found.type, key, depth + 1) for key, found in kind.object.properties.items()}
    if kind.base in ("map", "object"):
        return {}
    if kind.base == "union":
        return of_type(kind.options[0], name, depth)
    return text(name)
