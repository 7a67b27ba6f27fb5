"""Brings inputs into the schema's types, as pulumi-terraform-bridge's Check does, and names what is missing.

Source: pulumi-terraform-bridge ``pkg/tfbridge/schema.go`` (``makeTerraformInput``) and ``property_path.go``. A
conversion never changes what a value means: one that would is left to the rules as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from preflight import wire
from preflight.facts import bridge
from preflight.facts.schema import Property, Type
from preflight.preview.provider.results import Failure
from preflight.preview.state.values import reveal

DEFAULTS: Final = "__defaults"
"""The key under which the bridge lists, in every object, the properties that it filled in itself."""

_WHOLE: Final = re.compile(r"[+-]?\d+")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")

# Where pulumi-aws calls an argument otherwise than the Terraform provider that words the errors
# (`provider/resources.go`).
_TERRAFORM_NAMES: Final = {
    "apigateway": {"restApi": "rest_api_id", "deployment": "deployment_id"},
    "cloudwatch": {"logGroup": "log_group_name"},
    "lambda": {"function": "function_name", "code": "filename"},
    "sns": {"topic": "topic_arn"},
}


class Coercion:
    """Converts one resource's inputs, or one function's arguments; collects the failures on the way.

    `resource_name` is the program's name for the resource, which messages mention; `marked` says whether objects get
    the bridge's ``__defaults`` (a function's arguments don't).
    """

    def __init__(self, type_token: str, resource_name: str, marked: bool = True) -> None:
        self.failures: list[Failure] = []
        self.strict = bridge.is_framework(type_token)
        self.marked = marked and not self.strict
        self._name = resource_name
        self._service = type_token.partition(":")[2].partition("/")[0]

    def properties(self, values: Mapping[str, Any], types: Mapping[str, Property], path: str = "") -> dict[str, Any]:
        """Convert each property that the schema knows; others stay as they are. Nulls and ``__`` keys are dropped."""
        result: dict[str, Any] = {}
        for name, value in values.items():
            if value is None or name.startswith("__"):
                continue
            known = types.get(name)
            result[name] = value if known is None else self.value(value, known.type, f"{path}{name}")
        return result

    def value(self, value: Any, kind: Type, path: str) -> Any:
        """Convert one wire value; secrets stay secret, unknowns unknown."""
        if value is None or wire.is_unknown(value):
            return value
        signature = wire.signature(value)
        if signature == wire.SECRET:
            return {**value, "value": self.value(value.get("value"), kind, path)}
        if signature == wire.RESOURCE_REFERENCE:
            return value.get("id") or wire.UNKNOWN_STRING
        if signature is not None:
            return value
        if kind.base == "list" and kind.of is not None:
            element = kind.of
            if self.strict and not isinstance(value, list):
                return value
            items = value if isinstance(value, list) else [value]
            return [self.value(item, element, f"{path}[{index}]") for index, item in enumerate(items)]
        if kind.base == "object" and kind.object is not None:
            if isinstance(value, list) and len(value) == 1 and not self.strict:
                return self.value(value[0], kind, path)
            return self._object(value, kind, path) if isinstance(value, dict) else value
        if kind.base == "map" and kind.of is not None and isinstance(value, dict):
            return {key: self.value(item, kind.of, f"{path}.{key}") for key, item in value.items()}
        if self.strict:
            return value
        if kind.is_document and isinstance(value, (dict, list)):
            return document(value)
        return self._scalar(value, kind, path)

    def _object(self, value: dict[str, Any], kind: Type, path: str) -> dict[str, Any]:
        assert kind.object is not None
        properties = kind.object.properties
        result = self.properties(value, properties, f"{path}.")
        defaults = [name for name, known in properties.items() if known.default is not None and name not in result]
        for name in defaults:
            result[name] = properties[name].default
        # An unknown name may be another spelling of the missing one that the provider takes: a rule speaks of those.
        if all(name in properties for name in result):
            for name in sorted(kind.object.required - result.keys()):
                self.missing(name, path)
        if self.marked:
            result[DEFAULTS] = sorted(defaults)
        return result

    def missing(self, name: str, parent: str = "") -> None:
        """Record that a required argument is missing, in the provider's words."""
        path = f"{parent}.{name}" if parent else name
        if self.strict:
            self.failures.append(Failure(path, f"Missing required property '{path}'"))
            return
        own = self._terraform_name(name)
        argument = f"{self._terraform_path(parent)}.{own}" if parent else own
        reason = (
            f'Missing required argument. The argument "{argument}" is required, but no definition was found.. '
            f"Examine values at '{self._name}.{path}'."
        )
        self.failures.append(Failure(path, reason))

    def _terraform_name(self, name: str) -> str:
        return _TERRAFORM_NAMES.get(self._service, {}).get(name) or _CAPITAL.sub("_", name).lower()

    def _terraform_path(self, path: str) -> str:
        # `rules[0].filter` is `rules.0.filter.0`: Terraform has lists where Pulumi has single objects.
        steps = []
        for step in path.split("."):
            name, bracket, index = step.partition("[")
            steps.append(f"{self._terraform_name(name)}.{index.rstrip(']') if bracket else '0'}")
        return ".".join(steps)

    def _scalar(self, value: Any, kind: Type, path: str) -> Any:
        if kind.base == "str":
            if isinstance(value, bool):
                return "true" if value else "false"
            return number_text(value) if isinstance(value, (int, float)) else value
        if not isinstance(value, str):
            return value
        if kind.base == "bool":
            return {"true": True, "false": False}.get(value, value)
        if kind.base == "int":
            if _WHOLE.fullmatch(value):
                return int(value)
            reason = f'{self._terraform_name(path)}: strconv.ParseInt: parsing "{value}": invalid syntax'
            self.failures.append(Failure(path, reason))
            return value
        if kind.base == "float" and _NUMBER.fullmatch(value):
            number = float(value)
            return int(number) if number.is_integer() else number
        return value


def number_text(value: int | float) -> str:
    """A number as the bridge writes it into a text: no exponent, no trailing zeros."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{value:.17f}".rstrip("0") if "e" in repr(value) else repr(value)


def document(value: Any) -> str:
    """The JSON text of a document given as an object; the unknown sentinel when a part of it is unknown."""
    plain = reveal(value)
    return wire.UNKNOWN_STRING if holds_unknown(plain) else go_json(plain)


def go_json(value: Any, indent: int | None = None) -> str:
    """JSON as Go's ``encoding/json`` writes it: sorted keys, and ``<``, ``>``, ``&`` escaped."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=separators, indent=indent)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def holds_unknown(value: Any) -> bool:
    """Whether a wire value is unknown, wholly or in part."""
    if isinstance(value, dict):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return wire.is_unknown(value)


def without_markers(value: Any) -> Any:
    """A checked value without the bridge's own ``__`` keys, as an output shows it."""
    if isinstance(value, dict):
        return {key: without_markers(item) for key, item in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [without_markers(item) for item in value]
    return value
