"""What a rule author imports: ``@rule``, and the words that go with it.

A rule is one generator function that yields findings::

    @rule(types="aws:rds/instance:Instance", kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
    def engine_version_offered(db: Resource) -> Findings:
        '''RDS instances use an engine version that AWS offers in their region.

        Why: RDS refuses a retired version only when the instance is created ("Cannot find version 15.4 for postgres").
        Fix: Use one of the versions that the message lists.
        Source: Amazon RDS User Guide, "Engine versions".
        '''
        ...

Its id is the service (the module's name below ``rules``) and the function's name, in kebab case. A parameter that is
annotated ``Stack`` makes it a cross-resource rule, called once per anchor resource; ``Parameters`` gives the values
of the settings that the rule declares.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from .finding import Certainty, Finding, Findings, Kind, Level, NotApplicable, Severity, Undecided
from .frameworks import rule_controls
from .resource import Resource, canonical
from .view import View

__all__ = [
    "Certainty",
    "Finding",
    "Findings",
    "Kind",
    "Level",
    "NotApplicable",
    "Parameter",
    "Parameters",
    "Resource",
    "Rule",
    "RuleError",
    "Severity",
    "Undecided",
    "View",
    "deferred",
    "rule",
]

ALL_AWS: Final = "aws:*"
"""The type of a rule over every AWS resource."""

Parameters = Mapping[str, Any]
"""The values of a rule's parameters, every declared one present."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting of a rule: a JSON Schema type, its default, and a sentence that says what it is (with its unit)."""

    schema: Mapping[str, Any]
    default: Any
    description: str

    @staticmethod
    def of(default: Any, description: str, **schema: Any) -> Parameter:
        """Make a parameter whose JSON type follows from its default; ``schema`` adds keywords (``minimum=1``)."""
        return Parameter({**_schema_of(default), **schema}, default, description)


def _schema_of(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "integer"}
    if isinstance(value, float):
        return {"type": "number"}
    if isinstance(value, str):
        return {"type": "string"}
    if isinstance(value, (list, tuple)):
        items = _schema_of(value[0]) if value else {"type": "string"}
        return {"type": "array", "items": items}
    if isinstance(value, Mapping):
        return {"type": "object"}
    raise TypeError(f"a rule's parameter can't be {type(value).__name__}")


Remediation = Callable[..., Mapping[str, Any] | None]
"""Gives the properties to set, by path, or None; pure and idempotent. Takes the resource, and the parameters as well
where the rule does."""


class RuleError(ValueError):
    """A rule that can't be registered; the text says which one, where it is and what to do."""


class RulesMissingError(RuntimeError):
    """An installation that has fewer rules than it should: what it does not find means nothing."""


@dataclass(slots=True)
class Rule:
    """One rule: its id, its page, and its function."""

    id: str
    function: Callable[..., Iterable[Finding] | None]
    types: tuple[str, ...]
    kind: Kind
    severity: Severity
    controls: Mapping[str, tuple[str, ...]]
    title: str
    why: str
    fix: str
    source: str
    certainty: Certainty = Certainty.CERTAIN
    formerly: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    takes_stack: bool = False
    takes_parameters: bool = False
    gives_way: bool = False
    remediation: Remediation | None = None
    remediated_types: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        """The Pulumi module the rule belongs to: ``rds`` for ``rds-engine-version-offered``."""
        return self.id.partition("-")[0]

    @property
    def services(self) -> tuple[str, ...]:
        """The Pulumi modules that the rule judges: its own, and those of its types and of the partners it looks up."""
        tokens = [*self.types, *self.remediated_types, *_tokens_in(self.function)]
        return tuple(
            dict.fromkeys([self.service, *(token.split(":")[1].partition("/")[0] for token in tokens if "/" in token)])
        )

    @property
    def is_for_all(self) -> bool:
        """Whether the rule looks at every AWS resource."""
        return ALL_AWS in self.types

    def remediate(self, function: Remediation) -> Remediation:
        """Decorate the function that fixes what this rule finds: it returns properties to set, by path."""
        return self.remediate_on(*self.types)(function)

    def remediate_on(self, *types: str) -> Callable[[Remediation], Remediation]:
        """Decorate the function that fixes what this rule finds, by changing resources of these types.

        A cross-resource rule can't be judged while a resource is being registered: its remediation is asked for every
        resource of these types, and returns None where there is nothing to fix.
        """

        def decorate(function: Remediation) -> Remediation:
            self.remediation = function
            self.remediated_types = tuple(canonical(token) if token != ALL_AWS else token for token in types)
            return function

        return decorate

    def __call__(self, *args: Any) -> Iterable[Finding] | None:
        """Call the rule's function, as another rule of the same module may do."""
        return self.function(*args)


def _tokens_in(function: Callable[..., Any]) -> list[str]:
    """The type tokens that a function names, by constants of its module."""
    globals_ = getattr(function, "__globals__", {})
    names = function.__code__.co_names
    values = [value for name in names for value in _flat(globals_.get(name))]
    return [
        value for value in (*values, *function.__code__.co_consts) if isinstance(value, str) and _TOKEN.fullmatch(value)
    ]


def _flat(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (tuple, frozenset)) else (value,)


_TOKEN: Final = re.compile(r"aws:\w+/\w+:\w+")
_RULES: dict[str, Rule] = {}


def rule(
    types: str | Iterable[str],
    *,
    kind: Kind,
    severity: Severity,
    certainty: Certainty = Certainty.CERTAIN,
    controls: Mapping[str, str] | None = None,
    formerly: str | Iterable[str] = (),
    parameters: Mapping[str, Parameter] | None = None,
    gives_way: bool = False,
) -> Callable[[Callable[..., Iterable[Finding] | None]], Rule]:
    """Make a rule of a generator function.

    Args:
        types: the type tokens of the resources it is called for; other tokens of the same kind count too.
            ``"aws:*"`` means every AWS resource.
        kind: deployment or compliance.
        severity: of its findings, unless a finding says otherwise.
        certainty: of its findings, unless a finding says otherwise; certain means from the program alone.
        controls: framework id to control numbers separated by spaces: ``{"hipaa": "164.312(a)(1) 164.312(b)"}``;
            Preflight's own rules have theirs in ``frameworks/rule_controls.json``.
        formerly: ids that this rule had before.
        parameters: what the settings can change.
        gives_way: whether a finding is left out where another deployment rule, which knows more, is certain of one at
            the same property.

    Raises:
        RuleError: the id is taken, or the docstring lacks its title, ``Why:`` or ``Fix:``.
    """
    tokens = (types,) if isinstance(types, str) else tuple(types)

    def decorate(function: Callable[..., Iterable[Finding] | None]) -> Rule:
        rule_id = _id_of(function)
        page = page_of(function, rule_id)
        names = list(inspect.signature(function).parameters.values())
        annotations = [str(parameter.annotation).rpartition(".")[2] for parameter in names]
        wanted = ["Stack"] * ("Stack" in annotations) + ["Parameters"] * ("Parameters" in annotations)
        if annotations[1:] != wanted:
            raise RuleError(
                f"rule {rule_id} ({_where(function)}): its arguments must be a Resource, then Stack and Parameters as "
                "needed, each annotated"
            )
        made = Rule(
            id=rule_id,
            function=function,
            types=tuple(dict.fromkeys(canonical(token) for token in tokens)),
            kind=kind,
            severity=severity,
            certainty=certainty,
            controls=_controls(function, rule_id, controls),
            title=page["title"],
            why=page["why"],
            fix=page["fix"],
            source=page["source"],
            formerly=(formerly,) if isinstance(formerly, str) else tuple(formerly),
            parameters=dict(parameters or {}),
            takes_stack="Stack" in annotations,
            takes_parameters="Parameters" in annotations,
            gives_way=gives_way,
        )
        present = _RULES.get(rule_id)
        if present is not None and present.function.__code__.co_filename != function.__code__.co_filename:
            raise RuleError(
                f"rule {rule_id} ({_where(function)}): another rule has this id ({_where(present.function)}); rename "
                "the function or its module"
            )
        _RULES[rule_id] = made
        return made

    return decorate


def _controls(
    function: Callable[..., Any], rule_id: str, given: Mapping[str, str] | None
) -> dict[str, tuple[str, ...]]:
    """The control numbers of a rule: as given, or for Preflight's own rules those of the one table."""
    if given is None and ".rules." in function.__module__:
        given = rule_controls().get(rule_id, {})
    return {name: tuple(numbers.split()) for name, numbers in (given or {}).items() if numbers.strip()}


def rules() -> list[Rule]:
    """Return every rule registered so far, by id; :func:`preflight.rules.load` registers the pack's own."""
    return [_RULES[key] for key in sorted(_RULES)]


def _where(function: Callable[..., Any]) -> str:
    return f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}"


def _id_of(function: Callable[..., Any]) -> str:
    module = function.__module__
    _, found, below = module.rpartition(".rules.") if ".rules." in module else ("", "", module)
    service = (below.split(".")[0] if found else module.rpartition(".")[2]).strip("_")
    return f"{service}-{function.__name__.strip('_')}".replace("_", "-")


def page_of(function: Callable[..., Any], rule_id: str) -> dict[str, str]:
    """Return a rule's page as its docstring has it: title, why, fix, source.

    Raises:
        RuleError: it lacks one of the first three.
    """
    text = inspect.cleandoc(function.__doc__ or "")
    head, _, body = text.partition("\n\n")
    page = {"title": " ".join(head.split()), "why": "", "fix": "", "source": ""}
    current = ""
    for line in textwrap.dedent(body).splitlines():
        word, colon, rest = line.partition(":")
        if colon and word.lower() in page and word.lower() != "title":
            current = word.lower()
            line = rest
        if current:
            page[current] = f"{page[current]} {line.strip()}".strip()
    missing = [name for name in ("title", "why", "fix") if not page[name]]
    if missing:
        lacks = " and ".join(
            "a title, its first paragraph" if name == "title" else f"'{name.title()}:'" for name in missing
        )
        raise RuleError(
            f"rule {rule_id} ({_where(function)}): its docstring lacks {lacks}; add it (docs/write-a-rule.md)"
        )
    return page


deferred_unknowns: ContextVar[list[Undecided] | None] = ContextVar("preflightdeferred_unknowns", default=None)


@contextmanager
def deferred() -> Iterator[None]:
    """Go on after an unknown: the block ends at it, the rule goes on, and ends undecided if it finds nothing more.

    ::

        for entry in group.each("ingress"):
            with deferred():                      # an unknown in this entry leaves the others decided
                if entry.number("fromPort") == 22:
                    yield entry.finding("…", at="fromPort")
    """
    try:
        yield
    except Undecided as unknown:
        pending = deferred_unknowns.get()
        if pending is None:
            raise
        pending.append(unknown)
