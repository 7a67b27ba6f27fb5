"""Names and types of properties, against the schema of the provider version in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from ... import wire
from ...facts import bridge, constraints, schema
from ...facts.schema import Property, ResourceSchema, Type
from ...rule import Findings, Kind, NotApplicable, Resource, Severity, Undecided, deferred, rule
from .._shared_graph import marked
from ._near import nearest, other_spelling

_FILLED_IN: Final = frozenset({"tagsAll"})
"""What the provider itself adds to a resource's inputs, though a program can't."""

_SHOWN: Final = 8
_FEW_VALUES: Final = 40
_INDEX: Final = re.compile(r"\[\d+\]")
_TRUTHS: Final = frozenset({"true", "false", "True", "False", "TRUE", "FALSE", "1", "0", "t", "f", "T", "F"})

# Deprecated by the provider's documentation, but not marked so in the SDK.
_DEPRECATED_PROPERTIES: Final[Mapping[tuple[str, str], str]] = {
    (
        "aws:iam/role:Role",
        "managedPolicyArns",
    ): "Use `aws.iam.RolePolicyAttachment`, or `aws.iam.RolePolicyAttachmentsExclusive`.",
    ("aws:iam/role:Role", "inlinePolicies"): "Use `aws.iam.RolePolicy`, or `aws.iam.RolePoliciesExclusive`.",
}
_DEPRECATED_TYPES: Final[Mapping[str, str]] = {
    "aws:ec2/launchConfiguration:LaunchConfiguration": "EC2 accepts no new launch configurations from new accounts and "
    "knows no newer instance types there. Use `aws.ec2.LaunchTemplate`.",
    "aws:s3/bucketObject:BucketObject": "Use `aws.s3.BucketObjectv2`.",
}
# (type, list, key of the name, name, key of the value, value): what is better now.
_DEPRECATED_VALUES: Final = (
    (
        "aws:ecs/cluster:Cluster",
        "settings",
        ("name", "containerInsights"),
        ("value", "enabled"),
        'Container Insights "enabled" has the successor "enhanced", with metrics per task and container',
    ),
)


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def properties_known(resource: Resource) -> Findings:
    """Every property, at every depth, is one that the resource type has in the provider version in use.

    Why: In a nested dict the SDK lets any key pass. The provider then refuses it at preview ("Invalid or unknown key"),
    or, for types of its newer half, drops it without a word: the setting is missing from what gets deployed. A value of
    another shape than the schema's is refused too ("Inappropriate value for attribute").
    Fix: Rename the key to the one that the message proposes; typed arguments (`RuleArgs`) find such names before the
    program runs.
    Source: pulumi-aws API reference of the version in use; Pulumi issue pulumi/pulumi#6096.
    """
    described, judged = _described(resource)
    yield from _Walk(resource, described, judged).object(resource.inputs, described.inputs, "")


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def properties_current(resource: Resource) -> Findings:
    """No type, property or value is one that the SDK or the service has deprecated.

    Why: A deprecated property works until the major version that removes it; until then it often competes with its
    successor, as a bucket's inline `lifecycleRules` do with `s3.BucketLifecycleConfiguration`.
    Fix: Use the successor that the message names.
    Source: deprecation messages of pulumi-aws; AWS provider documentation; Amazon ECS Developer Guide, "Monitor Amazon
    ECS containers using Container Insights with enhanced observability".
    """
    described, _ = _described(resource)
    successor = described.deprecation or _DEPRECATED_TYPES.get(resource.type)
    if successor:
        yield resource.finding(f"the type {resource.type} is deprecated: {_phrase(successor)}")
    for path, message in _deprecated(resource.inputs, described.inputs, ""):
        yield resource.finding(f"`{path}` is deprecated: {_phrase(message)}", at=path)
    for name in described.inputs.keys() & _BY_TYPE.get(resource.type, {}).keys() & resource.inputs.keys():
        yield resource.finding(f"`{name}` is deprecated: {_phrase(_BY_TYPE[resource.type][name])}", at=name)
    for token, collection, (key, name), (value_key, value), message in _DEPRECATED_VALUES:
        if resource.type == token:
            for entry in resource.each(collection):
                with deferred():
                    if entry[key] == name and entry[value_key] == value:
                        yield entry.finding(message, at=value_key)


_BY_TYPE: Final[dict[str, dict[str, str]]] = {}
for (_token, _name), _message in _DEPRECATED_PROPERTIES.items():
    _BY_TYPE.setdefault(_token, {})[_name] = _message


def _described(resource: Resource) -> tuple[ResourceSchema, bool]:
    """The type's schema, and whether it is that of the provider version in use (else its names are only a guess)."""
    provider = resource.provider
    version = provider.view.known("version") if provider is not None else None
    described, judged = _schema_for(resource.type, version if isinstance(version, str) else None)
    if described is None:
        raise NotApplicable("the schema facts do not have this type in this version of the provider")
    return described, judged


@lru_cache(maxsize=4096)
def _schema_for(token: str, version: str | None) -> tuple[ResourceSchema | None, bool]:
    described = schema.resource(token, version)
    table = schema.described_version(version)
    return described, version is not None and _numbers(version)[:1] == _numbers(table)[:1] and (
        _numbers(version) <= _numbers(table)
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split("-")[0].split("+")[0].split(".") if part.isdigit())


class _Walk:
    """Goes through one resource's inputs beside its schema."""

    def __init__(self, resource: Resource, described: ResourceSchema, judged: bool) -> None:
        self._resource = resource
        self._described = described
        self._certain = None if judged else Severity.LOW
        self._strict = bridge.is_framework(resource.type)

    def object(self, values: Mapping[str, Any], properties: Mapping[str, Property], path: str) -> Findings:
        for name, value in values.items():
            known = properties.get(name)
            if known is not None:
                kind = known.type
                # Most values are texts where texts belong.
                if type(value) is str and kind.base == "str" and not kind.values:
                    continue
                yield from self.value(value, kind, f"{path}.{name}" if path else name)
            elif not wire.is_unknown(name) and (path or name not in _FILLED_IN):
                yield self._unknown_name(name, properties, path)

    def value(self, value: Any, kind: Type, path: str) -> Findings:
        if value is None or kind.base == "any":
            return
        if isinstance(value, str) and wire.is_unknown(value):
            if _holds_objects(kind):
                with deferred():
                    raise Undecided(path, self._resource.urn)
            return
        if isinstance(value, dict) and wire.SIGNATURE_KEY in value:
            return
        if kind.base == "object":
            yield from self._object(value, kind, path)
        elif kind.base == "list":
            yield from self._list(value, kind, path)
        elif kind.base == "map":
            yield from self._map(value, kind, path)
        elif kind.base != "union":
            yield from self._scalar(value, kind, path)

    def _object(self, value: Any, kind: Type, path: str) -> Findings:
        assert kind.object is not None
        if isinstance(value, list):
            if len(value) > 1 or self._strict:
                yield self._shape(f"`{path}` expects one object, but is a list of {len(value)}", path)
            for item in value[:1]:
                yield from self.value(item, kind, path)
        elif isinstance(value, dict):
            yield from self.object(value, kind.object.properties, path)
        else:
            yield self._shape(
                f"`{path}` expects an object with {marked(kind.object.properties, _SHOWN)}, but is {_kind(value)}", path
            )

    def _list(self, value: Any, kind: Type, path: str) -> Findings:
        assert kind.of is not None
        if isinstance(value, list):
            element = kind.of
            for index, item in enumerate(value):
                yield from self.value(item, element, f"{path}[{index}]")
        elif isinstance(value, dict):
            if kind.of.base in ("object", "map", "any"):
                if self._strict:
                    yield self._shape(f"`{path}` expects a list of objects, but is one; put it into a list", path)
                yield from self.value(value, kind.of, path)
            else:
                yield self._shape(f"`{path}` expects {kind}, but is an object", path)
        else:
            # The older half of the provider makes a list of one of it.
            severity = self._certain or (None if self._strict else Severity.LOW)
            message = f"`{path}` expects {kind}, but is {_kind(value)}; put it into a list"
            yield self._resource.finding(message, path, severity)

    def _map(self, value: Any, kind: Type, path: str) -> Findings:
        assert kind.of is not None
        if not isinstance(value, dict):
            yield self._shape(f"`{path}` expects a map of names to values, but is {_kind(value)}", path)
            return
        for key, item in value.items():
            yield from self.value(item, kind.of, f"{path}.{key}")

    def _scalar(self, value: Any, kind: Type, path: str) -> Findings:
        if isinstance(value, (dict, list)):
            # Where the provider has a list of at most one, its one value may be given as a list.
            lone = (
                isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value) and len(value) < 2
            )
            severity = Severity.LOW if lone else None
            hint = "; serialize it as JSON (Output.json_dumps where it holds outputs)" if kind.base == "str" else ""
            yield self._resource.finding(
                f"`{path}` expects {kind}, but is {_kind(value)}{hint}", path, self._certain or severity
            )
        elif isinstance(value, str):
            truths = () if self._strict else _TRUTHS
            if (kind.base == "bool" and value not in truths) or (
                kind.base in ("int", "float") and not _is_number(value)
            ):
                yield self._shape(f"`{path}` expects {kind}, but is the string {value!r}", path)
            elif kind.values and value not in kind.values:
                yield from self._value_name(value, kind, path)
        elif isinstance(value, bool) and kind.base in ("int", "float"):
            yield self._shape(f"`{path}` expects {kind}, but is {_kind(value)}", path)

    def _value_name(self, value: str, kind: Type, path: str) -> Findings:
        judged = constraints.of(self._resource.type)
        row = judged.rows.get(_INDEX.sub("", path), {}) if judged is not None else {}
        if "e" not in row and len(kind.values) <= _FEW_VALUES:  # aws-values-accepted knows better
            meant = nearest(value, kind.values)
            # AWS adds values: only a misspelling of one that is known tells something.
            if meant is not None and not any(character.isdigit() for character in value + meant):
                yield self._resource.finding(
                    f"`{path}` is {value!r}, which the SDK does not know; use {meant!r}", path, Severity.LOW
                )

    def _shape(self, message: str, path: str) -> Any:
        return self._resource.finding(message, path, self._certain)

    def _unknown_name(self, name: str, properties: Mapping[str, Property], path: str) -> Any:
        at = f"{path}.{name}" if path else name
        where = path or self._resource.type
        meant = nearest(name, properties)
        severity = self._certain
        if meant is not None:
            advice = f"rename it to {meant!r}"
            singular = _is_block(properties[meant].type) or bridge.has_singular_texts(self._resource.type, name)
            if other_spelling(name, meant, singular) and not self._strict:
                severity = Severity.LOW
                advice += " (the provider accepts this spelling too, but no tool knows it)"
        else:
            advice = self._elsewhere(name, properties) or f"there are {marked(properties, _SHOWN)}"
        return self._resource.finding(f"`{where}` has no property {name!r} in pulumi-aws; {advice}", at, severity)

    def _elsewhere(self, name: str, properties: Mapping[str, Property]) -> str | None:
        """Where else the name is at home: one level deeper, or in the other major version."""
        for parent in properties.values():
            inner = parent.type.of if parent.type.of is not None else parent.type
            if inner.object is not None and name in inner.object.properties:
                return f"it belongs into {parent.name!r}"
        if properties is self._described.inputs:
            for major in (7, 6):
                other = schema.resource(self._resource.type, major)
                if other is not None and other is not self._described and name in other.inputs:
                    return f"major version {major} has it; this program uses another one"
        return None


def _deprecated(values: Mapping[str, Any], properties: Mapping[str, Property], path: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        known = properties.get(name)
        if known is None:
            continue
        at = f"{path}.{name}" if path else name
        if known.deprecated is not None and value != known.default:
            yield at, known.deprecated
        kind = known.type
        if kind.base == "object" and kind.object is not None and isinstance(value, dict):
            yield from _deprecated(value, kind.object.properties, at)
        elif kind.base == "list" and kind.of is not None and kind.of.base == "object" and isinstance(value, list):
            inner = kind.of.object
            for index, item in enumerate(value):
                if inner is not None and isinstance(item, dict):
                    yield from _deprecated(item, inner.properties, f"{at}[{index}]")


def _is_block(kind: Type) -> bool:
    """Whether Terraform has this as a repeated block, named in the singular; a list of texts has a plural name."""
    return kind.base == "list" and kind.of is not None and kind.of.base == "object"


def _holds_objects(kind: Type) -> bool:
    return kind.base == "object" or (kind.of is not None and _holds_objects(kind.of))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"


def _phrase(text: str) -> str:
    """A deprecation notice as the end of a message; the SDK writes most of them as sentences."""
    return text.rstrip(".")
