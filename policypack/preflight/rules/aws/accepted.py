"""What the AWS provider accepts: values, combinations of properties, and complete blocks; from generated tables."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from ... import wire
from ...facts import constraints, schema
from ...facts.constraints import Constraints, Row
from ...facts.schema import ObjectType, Property
from ...rule import Findings, Kind, NotApplicable, Resource, Severity, rule
from .._shared_graph import marked

_SHOWN: Final = 10
_SHOWN_CHARACTERS: Final = 80

_FORMATS: Final = {
    "arn": "an ARN; pass the resource's `arn`",
    "arn-like": "an ARN; pass the resource's `arn`",
    "json": "valid JSON; build it with a JSON serializer",
    "cidr": "a CIDR block; write it as 10.0.0.0/16",
    "cidr4": "an IPv4 CIDR block; write it as 10.0.0.0/16",
    "cidr6": "an IPv6 CIDR block; write it as 2001:db8::/32",
    "ip": "an IP address; write it as 10.0.0.1",
    "ip4": "an IPv4 address; write it as 10.0.0.1",
    "ip6": "an IPv6 address; write it as 2001:db8::1",
    "time": "an RFC 3339 time; write it as 2030-01-02T03:04:05Z",
    "account": "an account id; pass its 12 digits as a string",
    "base64": "base64; encode it",
    "duration": "a duration; write it as 1h30m",
    "weekly": "a weekly window; write it as mon:03:00-mon:04:00, in UTC",
    "daily": "a daily window; write it as 03:00-04:00, in UTC",
}


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL, gives_way=True)
def values_accepted(resource: Resource) -> Findings:
    """Every value is one that the AWS provider accepts for the property.

    Why: The provider checks enumerations, number ranges, lengths, patterns and formats before it calls AWS, and ends
    the update at the first value it refuses ("expected status to be one of …", "expected delay_seconds to be in the
    range (0 - 900)"). A preview without the provider's plugin does not show that.
    Fix: Use a value that the message lists, in this very spelling.
    Source: terraform-provider-aws 5.100.0 (June 2025), asked property by property; values that pulumi-aws 7.51.1
    (November 2026), botocore 1.44.8 (November 2026) or cfn-lint 1.58.0 (October 2026) know beside its own are accepted.
    """
    yield from _values(resource, resource.inputs, _constraints(resource).tree, "")


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL, gives_way=True)
def properties_combined(resource: Resource) -> Findings:
    """Properties that exclude each other are not used together, and those that need each other are.

    Why: The provider refuses the resource before it calls AWS ("conflicts with", "only one of … can be specified",
    "one of … must be specified", "all of … must be specified").
    Fix: Keep the one property of the group that is meant, or add the one that is missing.
    Source: terraform-provider-aws 5.100.0 (June 2025), asked with each property alone and with all together.
    """
    found = _constraints(resource)
    given = {name for name, value in resource.inputs.items() if value is not None}
    told: set[str] = set()
    for group in found.combinations.get("most", ()):
        together = [name for name in group if _is_set(resource.inputs.get(name))]
        if len(together) > 1 and not told.issuperset(together):
            told.update(together)
            yield resource.finding(f"{marked(together)} exclude each other; keep one of them", at=together[1])
    if given & {*found.newer}:
        return
    for group in found.combinations.get("least", ()):
        if not given.intersection(group):
            yield resource.finding(f"needs one of {marked(group)}; add it", at=group[0])
    for asking, *others in found.combinations.get("all", ()):
        missing = [name for name in others if name not in given]
        if missing and _is_set(resource.inputs.get(asking)):
            yield resource.finding(f"`{asking}` is used without {marked(missing)}; add it", at=asking)


@rule("aws:*", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL, gives_way=True)
def blocks_complete(resource: Resource) -> Findings:
    """Every nested object has its required properties, and every list of objects a number that is accepted.

    Why: In a nested dict the SDK lets any property be left out. The provider then refuses the resource before it calls
    AWS ("Missing required argument", "Too many … blocks").
    Fix: Add the property that the message names; typed arguments (`RuleArgs`) find it before the program runs.
    Source: pulumi-aws 7.51.1 and 6.83.4 for what is required; terraform-provider-aws 5.100.0 (June 2025) for numbers.
    """
    described = _described(resource)
    if described is not None:
        yield from _incomplete(resource, resource.inputs, described, "")
    known = constraints.of(resource.type)
    for path, (low, high) in known.sizes.items() if known is not None else ():
        for at, entries in _lists(resource.inputs, path.split("."), ""):
            if high is not None and len(entries) > high:
                yield resource.finding(f"`{at}` has {len(entries)} entries; it must have {high} at most", at=at)
            elif low is not None and low > 1 and 0 < len(entries) < low:
                yield resource.finding(f"`{at}` has {len(entries)} entries; it must have {low} or more", at=at)


def _constraints(resource: Resource) -> Constraints:
    found = constraints.of(resource.type)
    if found is None:
        raise NotApplicable("the facts have no constraints of this type")
    return found


def _is_set(value: Any) -> bool:
    """Whether a value is there for certain: not unknown, and nothing that a provider may take for absent."""
    return not (value is None or value is False or value in ("", 0, [], {}) or wire.is_unknown(value))


def _values(resource: Resource, value: Any, node: Mapping[str, Any], path: str) -> Findings:
    if isinstance(value, dict):
        if wire.SIGNATURE_KEY not in value:
            for name, item in value.items():
                if name and name in node and item is not None:
                    yield from _values(resource, item, node[name], f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(resource, item, node, f"{path}[{index}]")
    elif "" in node and value is not None and not isinstance(value, bool) and not wire.is_unknown(value):
        row = node[""]
        broken = constraints.refusal(row, value)
        if broken is not None:
            yield resource.finding(_message(path, value, row, broken), at=path)


def _message(path: str, value: Any, row: Row, broken: str) -> str:
    text = str(value)
    shown = f"'{text}'" if isinstance(value, str) else f"{value:g}"
    if len(shown) > _SHOWN_CHARACTERS:
        shown = f"a string of {len(text)} characters"  # never part of a secret
    if broken == "values":
        return f"`{path}` is {shown}, which is not accepted; use {_listed(text, row['e'])}"
    if broken == "range":
        return f"`{path}` is {shown}, which is out of range; use {_between(*row['n'])}"
    if broken == "length":
        return f"`{path}` has {len(text)} characters; it must have {_between(*row['l'])}"
    if not text:
        return f"`{path}` is empty, which is not accepted; set it, or leave it out"
    if broken == "pattern":
        return f"`{path}` is {shown}, which is not accepted; it must match {' or '.join(row['p'])}"
    if broken == "word":
        return f"`{path}` is {shown}, which is not accepted; it needs a prefix or a separator as well"
    if broken == "characters":
        return f"`{path}` is {shown}, which is not accepted; {_where(text, row['c'])}"
    return f"`{path}` is {shown}, which is not {_FORMATS[broken]}"


def _listed(value: str, accepted: list[str]) -> str:
    """The accepted values, nearest first, at most ten."""
    order = {item: rank for rank, item in enumerate(accepted)}
    lowered = value.lower()
    nearness = {item: difflib.SequenceMatcher(None, lowered, item.lower()).ratio() for item in accepted}
    ranked = sorted(accepted, key=lambda item: (-nearness[item], order[item]))
    shown = [f"'{item}'" for item in ranked[:_SHOWN]]
    if len(ranked) > _SHOWN:
        return f"{', '.join(shown)} and {len(ranked) - _SHOWN} more"
    return " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return f"{high} or less"
    return f"{low} or more" if high is None else f"{low} to {high}"


def _where(text: str, refused: list[str]) -> str:
    anywhere, first, _ = refused
    inside = next((character for character in text if character in anywhere), None)
    if inside is not None:
        return f"the character '{inside}' is not allowed"
    return f"it must not {'start' if text[0] in first else 'end'} with '{text[0] if text[0] in first else text[-1]}'"


def _described(resource: Resource) -> Mapping[str, Property] | None:
    """The inputs of a type; None when the program uses a provider that the schema facts do not describe."""
    provider = resource.provider
    version = provider.view.known("version") if provider is not None else None
    return _inputs(resource.type, version if isinstance(version, str) else None)


@lru_cache(maxsize=4096)
def _inputs(token: str, version: str | None) -> Mapping[str, Property] | None:
    described = schema.resource(token, version)
    if described is None or (version is not None and not re.match(r"v?[67]\.", version)):
        return None
    return {name: known for name, known in described.inputs.items() if _object(known) is not None}


def _object(known: Property) -> ObjectType | None:
    inner = known.type.of if known.type.base == "list" and known.type.of is not None else known.type
    return inner.object


def _incomplete(
    resource: Resource, values: Mapping[str, Any], properties: Mapping[str, Property], path: str
) -> Findings:
    for name, value in values.items():
        if not isinstance(value, (dict, list)) or name not in properties:
            continue
        kind = _object(properties[name])
        if kind is None:
            continue
        at = f"{path}.{name}" if path else name
        entries = (
            [(f"{at}[{index}]", item) for index, item in enumerate(value)] if isinstance(value, list) else [(at, value)]
        )
        for where, entry in entries:
            if not isinstance(entry, dict) or wire.SIGNATURE_KEY in entry:
                continue
            missing = sorted(required for required in kind.required if entry.get(required) is None)
            # A key that the schema does not know may be another spelling of the missing one.
            if missing and kind.properties.keys() >= entry.keys():
                yield resource.finding(f"`{where}` lacks {marked(missing)}, which it must have; add it", at=where)
            yield from _incomplete(resource, entry, kind.properties, where)


def _lists(value: Any, steps: list[str], path: str) -> Iterator[tuple[str, list[Any]]]:
    """The lists at a path, wherever it branches."""
    if isinstance(value, list) and path:
        if not steps:
            yield path, value
            return
        for index, item in enumerate(value):
            yield from _lists(item, steps, f"{path}[{index}]")
    elif isinstance(value, dict) and steps and steps[0] in value:
        yield from _lists(value[steps[0]], steps[1:], f"{path}.{steps[0]}" if path else steps[0])
