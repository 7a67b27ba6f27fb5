"""Conditions of a statement: operators, keys, and whether they hold for what is known of a request.

Source: "IAM JSON policy elements: Condition operators" and "Multivalued context keys", AWS IAM user guide.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ...wire import is_unknown
from .. import arn
from ..answer import Answer, either, every, negate
from ..wildcard import covers, has_hole


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""In a context: the request does not carry this key."""

ContextValue = str | tuple[str, ...] | _Absent
Context = Mapping[str, ContextValue]
"""What is known of a request: condition keys (any case) to their values. A key that is not in it is not known."""


@dataclass(frozen=True)
class Condition:
    """One operator and key of a Condition element, with all its values (booleans and numbers as texts).

    ``operator`` is as written (``ForAnyValue:StringLikeIfExists``); the properties take it apart.
    """

    operator: str
    key: str
    values: tuple[str, ...]

    @property
    def quantifier(self) -> str | None:
        """``forallvalues``, ``foranyvalue``, or ``None``."""
        head, colon, _ = self.operator.lower().partition(":")
        return head if colon else None

    @property
    def base(self) -> str:
        """The operator in lower case without quantifier and ``IfExists``: ``stringlike``."""
        return self.operator.lower().rpartition(":")[2].removesuffix("ifexists")

    @property
    def if_exists(self) -> bool:
        """Tell whether the condition holds for a request that lacks the key."""
        return self.operator.lower().endswith("ifexists")

    @property
    def is_negative(self) -> bool:
        """Tell whether it excludes its values: ``StringNotEquals``, ``NotIpAddress``."""
        return "not" in self.base

    @property
    def is_unknown(self) -> bool:
        """Tell whether a value is unknown at preview (or a policy variable)."""
        return is_unknown(self.key) or any(map(has_hole, self.values))

    @property
    def is_known_operator(self) -> bool:
        """Tell whether IAM has this operator, spelled in any case."""
        base = self.base
        quantified = self.quantifier in {None, "forallvalues", "foranyvalue"}
        return quantified and (base in _OPERATORS or base == "null") and not (base == "null" and self.if_exists)

    def is_about(self, *keys: str) -> bool:
        """Tell whether it tests one of some keys; keys are compared without case."""
        return self.key.lower() in {key.lower() for key in keys}

    def holds(self, context: Context) -> Answer:
        """Tell whether it holds for a request; ``None`` when the key is not in the context, or a value decides that is
        unknown.
        """
        value = _look_up(context, self.key)
        if value is None or is_unknown(self.key):
            return None
        if self.base == "null":
            wanted = [None if has_hole(text) else text.lower() == "true" for text in self.values]
            present = not isinstance(value, _Absent)
            return either(None if want is None else want != present for want in wanted)
        if isinstance(value, _Absent):
            return self.if_exists or self.quantifier == "forallvalues" or (self.is_negative and self.quantifier is None)
        values = (value,) if isinstance(value, str) else value
        compare = _OPERATORS.get(self.base)
        if compare is None:
            return None
        singles = (self._one(compare, item) for item in values)
        if self.quantifier == "forallvalues":
            return every(singles)
        return either(singles)

    def _one(self, compare: Callable[[str, str], Answer], value: str) -> Answer:
        if self.is_negative:
            return every(negate(compare(policy, value)) for policy in self.values)
        return either(compare(policy, value) for policy in self.values)


def read(element: object) -> tuple[Condition, ...]:
    """Read a Condition element; parts that no policy can have are passed over, an unknown part becomes an unknown
    condition.
    """
    if is_unknown(element):
        return (Condition("StringEquals", str(element), (str(element),)),)
    if not isinstance(element, dict):
        return ()
    found = []
    for operator, tests in element.items():
        if is_unknown(tests):
            found.append(Condition(str(operator), tests, (tests,)))
        elif isinstance(tests, dict):
            found.extend(Condition(str(operator), str(key), _texts(values)) for key, values in tests.items())
    return tuple(found)


def hold(conditions: Iterable[Condition], context: Context) -> Answer:
    """Tell whether all of some conditions hold."""
    return every(condition.holds(context) for condition in conditions)


def _texts(values: object) -> tuple[str, ...]:
    listed = values if isinstance(values, list) else [values]
    return tuple(
        str(value).lower() if isinstance(value, bool) else str(value)
        for value in listed
        if isinstance(value, (str, int, float))
    )


def _look_up(context: Context, key: str) -> ContextValue | None:
    lowered = key.lower()
    return next((value for name, value in context.items() if name.lower() == lowered), None)


def _known(compare: Callable[[str, str], Answer]) -> Callable[[str, str], Answer]:
    return lambda policy, value: None if has_hole(policy) or is_unknown(value) else compare(policy, value)


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], Answer]:
    def run(policy: str, value: str) -> Answer:
        try:
            return compare(float(value), float(policy))
        except ValueError:
            return False

    return _known(run)


def _date(compare: Callable[[float, float], bool]) -> Callable[[str, str], Answer]:
    def run(policy: str, value: str) -> Answer:
        mine, theirs = _moment(policy), _moment(value)
        return False if mine is None or theirs is None else compare(theirs, mine)

    return _known(run)


def _moment(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        return None


def _address(policy: str, value: str) -> Answer:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(policy, strict=False)
    except ValueError:
        return False


_equal = _known(lambda policy, value: policy == value)
_alike = _known(lambda policy, value: policy.lower() == value.lower())
_in_range = _known(_address)

_OPERATORS: dict[str, Callable[[str, str], Answer]] = {
    "stringequals": _equal,
    "stringnotequals": _equal,
    "stringequalsignorecase": _alike,
    "stringnotequalsignorecase": _alike,
    "stringlike": covers,
    "stringnotlike": covers,
    "numericequals": _number(lambda value, policy: value == policy),
    "numericnotequals": _number(lambda value, policy: value == policy),
    "numericlessthan": _number(lambda value, policy: value < policy),
    "numericlessthanequals": _number(lambda value, policy: value <= policy),
    "numericgreaterthan": _number(lambda value, policy: value > policy),
    "numericgreaterthanequals": _number(lambda value, policy: value >= policy),
    "dateequals": _date(lambda value, policy: value == policy),
    "datenotequals": _date(lambda value, policy: value == policy),
    "datelessthan": _date(lambda value, policy: value < policy),
    "datelessthanequals": _date(lambda value, policy: value <= policy),
    "dategreaterthan": _date(lambda value, policy: value > policy),
    "dategreaterthanequals": _date(lambda value, policy: value >= policy),
    "bool": _alike,
    "binaryequals": _equal,
    "ipaddress": _in_range,
    "notipaddress": _in_range,
    "arnequals": arn.matches,
    "arnlike": arn.matches,
    "arnnotequals": arn.matches,
    "arnnotlike": arn.matches,
}
"""Whether a value of the policy takes a value of the request, by operator; negative operators share the positive
comparison.
"""
