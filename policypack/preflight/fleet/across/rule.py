"""``@fleet_rule``: a rule that is called once for the whole fleet, and yields findings and what it can't decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from preflight.finding import Certainty, Kind, Severity
from preflight.resource import canonical
from preflight.rule import Parameter, Rule, page_of

_RULES: Final[dict[str, Rule]] = {}


def fleet_rule(
    types: str | Iterable[str],
    *,
    severity: Severity,
    kind: Kind = Kind.DEPLOYMENT,
    certainty: Certainty = Certainty.CERTAIN,
    parameters: dict[str, Parameter] | None = None,
) -> Callable[[Callable[..., Any]], Rule]:
    """Make a rule across stacks of a generator function that takes a :class:`.Fleet` (and the rule's parameters).

    Its id is ``fleet-`` and the function's name; its docstring is its page. ``types`` are the tokens it looks at.
    """

    def decorate(function: Callable[..., Any]) -> Rule:
        rule_id = f"fleet-{function.__name__.replace('_', '-')}"
        page = page_of(function, rule_id)
        tokens = (types,) if isinstance(types, str) else tuple(types)
        made = _RULES[rule_id] = Rule(
            id=rule_id,
            function=function,
            types=tuple(dict.fromkeys(canonical(token) for token in tokens)),
            kind=kind,
            severity=severity,
            certainty=certainty,
            controls={},
            title=page["title"],
            why=page["why"],
            fix=page["fix"],
            source=page["source"],
            parameters=dict(parameters or {}),
            takes_parameters=bool(parameters),
        )
        return made

    return decorate


def registered() -> list[Rule]:
    """Return the rules across stacks imported so far, by id."""
    return [_RULES[name] for name in sorted(_RULES)]
