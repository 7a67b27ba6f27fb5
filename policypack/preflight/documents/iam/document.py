"""A policy document as a whole: reading it, and what it grants.

Source: "Policy evaluation logic", AWS IAM user guide: an explicit Deny beats every Allow, and what nothing allows is
    denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...wire import is_unknown
from .. import jsontext
from ..answer import Answer, either, every, negate
from . import statement as statements_of
from .condition import Context
from .principal import Caller
from .statement import Statement


@dataclass(frozen=True)
class Grants:
    """What a document says about each action that was asked for, in the order of the question."""

    answers: Mapping[str, Answer]

    @property
    def answer(self) -> Answer:
        """Tell whether all of them are allowed."""
        return every(self.answers.values())

    @property
    def any(self) -> Answer:
        """Tell whether at least one of them is allowed."""
        return either(self.answers.values())

    @property
    def missing(self) -> tuple[str, ...]:
        """The actions that are surely not allowed."""
        return tuple(action for action, answer in self.answers.items() if answer is False)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The actions of which it can't be told."""
        return tuple(action for action, answer in self.answers.items() if answer is None)


@dataclass(frozen=True)
class Document:
    """A policy document.

    ``error`` says what is wrong with a malformed text (then there are no statements); ``complete`` is false when the
    document or one of its statements is unknown; ``raw`` is the structure as read, for :mod:`.grammar`; ``duplicates``
    are keys that stand twice.
    """

    statements: tuple[Statement, ...] = ()
    version: str | None = None
    error: str | None = None
    complete: bool = True
    raw: Any = field(default=None, compare=False, repr=False)
    duplicates: tuple[jsontext.Duplicate, ...] = ()

    @property
    def is_known(self) -> bool:
        """Tell whether every statement could be read."""
        return self.complete and self.error is None

    @property
    def allowing(self) -> tuple[Statement, ...]:
        """The statements that allow."""
        return tuple(statement for statement in self.statements if statement.effect == "Allow")

    @property
    def denying(self) -> tuple[Statement, ...]:
        """The statements that deny."""
        return tuple(statement for statement in self.statements if statement.effect == "Deny")

    def grants(
        self,
        actions: Iterable[str],
        *,
        principal: Caller | str | None = None,
        resource: str | None = None,
        within: str | None = None,
        context: Context | None = None,
    ) -> Grants:
        """Tell of each action whether the document allows it.

        Args:
            actions: concrete actions (``kms:Decrypt``), or patterns of which all has to be allowed
                (``kms:ReEncrypt*``).
            principal: who asks; left out for identity policies. A text is read as :func:`.principal.caller` reads it.
            resource: an ARN, or a pattern of which all has to be allowed. Left out, any resource will do.
            within: a pattern of which some resource has to be allowed (``arn:aws:s3:::bucket/AWSLogs/*``).
            context: what is known of the request. Left out, the request is taken to be one that the document means to
                allow: conditions of an Allow are taken to hold, and a Deny counts only when it has no condition.

        Unknown and malformed documents give ``None`` for what the known statements do not allow; an unknown statement
        is not taken to deny.
        """
        return Grants(
            {
                action: every(
                    [
                        self._says("Allow", action, principal, resource, within, context),
                        negate(self._says("Deny", action, principal, resource, within, context)),
                    ]
                )
                for action in actions
            }
        )

    def allows(
        self,
        actions: str | Sequence[str],
        *,
        principal: Caller | str | None = None,
        resource: str | None = None,
        within: str | None = None,
        context: Context | None = None,
    ) -> Answer:
        """Tell whether the document allows all of some actions; the arguments are those of :meth:`grants`."""
        listed = [actions] if isinstance(actions, str) else actions
        return self.grants(listed, principal=principal, resource=resource, within=within, context=context).answer

    def missing(
        self,
        actions: Sequence[str],
        *,
        principal: Caller | str | None = None,
        resource: str | None = None,
        within: str | None = None,
        context: Context | None = None,
    ) -> tuple[str, ...]:
        """List the actions that are surely not allowed; the arguments are those of :meth:`grants`."""
        return self.grants(actions, principal=principal, resource=resource, within=within, context=context).missing

    def denies(
        self,
        actions: str | Sequence[str],
        *,
        principal: Caller | str | None = None,
        resource: str | None = None,
        context: Context | None = None,
    ) -> Answer:
        """Tell whether the document explicitly denies all of some actions.

        Without ``context`` only a Deny without conditions counts; with one, its conditions are judged. An incomplete
        document gives ``None`` where no known statement denies.
        """
        listed = [actions] if isinstance(actions, str) else actions
        known = every(self._says("Deny", action, principal, resource, None, context) for action in listed)
        return known if known is True or self.is_known else None

    def _says(
        self,
        effect: str,
        action: str,
        principal: Caller | str | None,
        resource: str | None,
        within: str | None,
        context: Context | None,
    ) -> Answer:
        answers = [
            _applies(statement, effect, action, principal, resource, within, context)
            for statement in self.statements
            if statement.effect == effect or (effect == "Allow" and statement.effect is None)
        ]
        if effect == "Allow" and not self.is_known:
            answers.append(None)
        return either(answers)


def _applies(
    statement: Statement,
    effect: str,
    action: str,
    principal: Caller | str | None,
    resource: str | None,
    within: str | None,
    context: Context | None,
) -> Answer:
    parts: list[Answer] = [statement.takes_action(action)]
    if statement.effect is None:
        parts.append(None)
    if principal is not None:
        parts.append(statement.admits(principal))
    if resource is not None:
        parts.append(statement.takes_resource(resource))
    if within is not None:
        # A Deny takes a grant away only where it takes all of it.
        parts.append(statement.touches_resource(within) if effect == "Allow" else statement.takes_resource(within))
    elif resource is None and effect == "Deny" and (statement.resources or statement.not_resources):
        parts.append(statement.takes_resource("*"))
    if context is not None:
        parts.append(statement.holds(context))
    elif effect == "Deny" and statement.conditions:
        parts.append(False)
    return every(parts)


UNKNOWN = Document(complete=False)
"""The document of which nothing is known at preview."""


def parse(value: object) -> Document:
    """Read a policy document from its JSON text, or from a structure whose leaves may be unknown sentinels.

    Strings and lists stand for each other everywhere, and a lone statement need not be in a list. An unknown value
    gives a document that is not ``complete``; malformed text, and a value that is neither, give one with ``error``.
    Nothing raises.
    """
    if is_unknown(value):
        return UNKNOWN
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, Mapping):
        return _read(value)
    return Document(error=f"a policy document is a JSON object, not {_kind(value)}")


@lru_cache(maxsize=512)
def _parse_text(text: str) -> Document:
    read = jsontext.parse(text)
    if read.error:
        return Document(error=str(read.error))
    if not isinstance(read.value, dict):
        return Document(error=f"a policy document is a JSON object, not {_kind(read.value)}")
    return _read(read.value, read.duplicates)


def combine(documents: Iterable[Document]) -> Document:
    """Put the documents that apply to one request together, such as all policies of a role; each statement keeps its
    index.

    The result is not ``complete`` when one of them is unknown or malformed.
    """
    listed = list(documents)
    return Document(
        statements=tuple(statement for document in listed for statement in document.statements),
        complete=all(document.is_known for document in listed),
    )


def _read(raw: Mapping[str, Any], duplicates: tuple[jsontext.Duplicate, ...] = ()) -> Document:
    found = raw.get("Statement")
    listed = found if isinstance(found, list) else [found]
    version = raw.get("Version")
    return Document(
        statements=tuple(
            statements_of.read(item, index) for index, item in enumerate(listed) if isinstance(item, dict)
        ),
        version=version if isinstance(version, str) else None,
        complete=not any(is_unknown(item) for item in listed),
        raw=raw,
        duplicates=duplicates,
    )


def _kind(value: object) -> str:
    names = {bool: "a boolean", str: "a string", list: "a list", int: "a number", float: "a number", type(None): "null"}
    return names.get(type(value), type(value).__name__)
