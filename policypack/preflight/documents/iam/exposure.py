"""Judgements about whom and what a statement opens: everyone, everything, plain HTTP, confused deputies.

Sources: "Blocking public access to your Amazon S3 storage" (the meaning of "public"), "AWS global condition context
    keys", "The confused deputy problem", AWS IAM user guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from .. import arn, network
from ..answer import Answer, either, every, negate
from ..wildcard import covers, has_hole, has_wildcard
from .condition import Condition
from .document import Document
from .statement import Statement

_Shape = Literal["id", "arn", "address", "true"]

_LIMITING: dict[str, _Shape] = {
    **dict.fromkeys(
        (
            "aws:principalaccount",
            "aws:principalorgid",
            "aws:principalorgpaths",
            "aws:principalservicename",
            "aws:principalservicenameslist",
            "aws:sourceaccount",
            "aws:sourceorgid",
            "aws:sourceorgpaths",
            "aws:sourceowner",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:userid",
            "aws:username",
            "aws:vpceaccount",
            "aws:vpceorgid",
            "aws:vpceorgpaths",
            "kms:calleraccount",
            "lambda:eventsourcetoken",
            "s3:dataaccesspointaccount",
            "sns:endpoint",
            "token.actions.githubusercontent.com:sub",
        ),
        "id",
    ),
    **dict.fromkeys(("aws:sourcearn", "aws:principalarn", "aws:sourcevpcarn", "s3:dataaccesspointarn"), "arn"),
    **dict.fromkeys(("aws:sourceip", "aws:vpcsourceip"), "address"),
    **dict.fromkeys(("aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget"), "true"),
}
"""The keys that tie a request to callers or places that the owner names, with the shape of their values.

Tags of the caller, ``aws:Referer``, ``aws:UserAgent`` and the like are not here: any caller can set them.
"""

_POSITIVE = {
    "id": {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"},
    "arn": {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"},
    "address": {"ipaddress"},
    "true": {"bool", "stringequals"},
}
_NEGATIVE = {
    "id": {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike"},
    "arn": {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike"},
    "address": {"notipaddress"},
    "true": set(),
}
_OWN = frozenset({"${aws:resourceaccount}", "${aws:resourceorgid}", "${aws:resourceorgpaths}"})
_DEPUTY_KEYS = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOwner", "aws:SourceOrgID", "aws:SourceOrgPaths")
_SECURE_TRANSPORT = "aws:SecureTransport"


@dataclass(frozen=True)
class Judged:
    """The statements of which something is surely true; ``undecided`` tells whether it may be true of more."""

    statements: tuple[Statement, ...]
    undecided: bool


def is_limited(condition: Condition) -> Answer:
    """Tell whether a condition of an Allow ties the request to callers or places that its values name.

    It has to test a key such as ``aws:SourceArn``, ``aws:SourceAccount``, ``aws:PrincipalOrgID``, ``aws:SourceVpce`` or
    ``aws:SourceIp`` with an operator that a request without the key fails (no ``IfExists``, no ``ForAllValues``, no
    negation), and no value may be open: ``*``, an ARN of any account, an address range wider than /8. Unknown values
    give ``None``.
    """
    shape = _LIMITING.get(condition.key.lower())
    if shape is None:
        return None if has_hole(condition.key) else False
    if condition.if_exists or condition.quantifier == "forallvalues" or condition.base not in _POSITIVE[shape]:
        return False
    return _names_callers(condition, shape)


def is_public(statement: Statement, document: Document | None = None) -> Answer:
    """Tell whether an Allow admits every caller without a limiting condition.

    With ``document``, a Deny in it that turns everybody away but named callers or places (``StringNotEquals`` on
    ``aws:SourceVpce``…) counts as a limit as well.
    """
    if statement.effect == "Deny":
        return False
    limited = either(is_limited(condition) for condition in statement.conditions)
    if document is not None:
        limited = either([limited, *(_narrows(deny, statement) for deny in document.denying)])
    return every([None if statement.effect is None else True, statement.admits_anyone(), negate(limited)])


def public_statements(document: Document) -> Judged:
    """The statements of a resource policy that :func:`is_public` finds, the document's own denials considered."""
    return _judge(document, lambda statement: is_public(statement, document))


def is_admin(statement: Statement) -> Answer:
    """Tell whether it allows every action on every resource, whatever its conditions."""
    return every(
        [
            None if statement.effect is None else statement.effect == "Allow",
            either(pattern == "*:*" or covers(pattern, "*") for pattern in statement.actions),
            either(covers(pattern, "*") for pattern in statement.resources),
        ]
    )


def admin_statements(document: Document) -> Judged:
    """The statements that :func:`is_admin` finds."""
    return _judge(document, is_admin)


def whole_services(statement: Statement) -> list[str]:
    """List the service prefixes of which an Allow grants all actions: ``s3`` for ``s3:*``; ``*`` for all services."""
    if statement.effect != "Allow":
        return []
    found = []
    for action in statement.actions:
        prefix, colon, name = action.partition(":")
        if action and set(action) <= {"*", ":"}:
            found.append("*")
        elif colon and name and set(name) == {"*"} and not has_hole(prefix):
            found.append(prefix.lower())
    return found


def wildcard_actions(statement: Statement) -> list[str]:
    """List the actions of an Allow that hold a wildcard."""
    return [action for action in statement.actions if has_wildcard(action)] if statement.effect == "Allow" else []


def wildcard_resources(statement: Statement) -> list[str]:
    """List the resources of an Allow that hold a wildcard."""
    return [text for text in statement.resources if has_wildcard(text)] if statement.effect == "Allow" else []


def guards_confused_deputy(statement: Statement) -> Answer:
    """Tell whether a condition ties a service's request to a source that the owner names: ``aws:SourceArn``,
    ``aws:SourceAccount`` and the like.
    """
    return either(is_limited(condition) for condition in statement.conditions_on(*_DEPUTY_KEYS))


def requires_tls(document: Document, actions: Iterable[str], resources: Iterable[str]) -> Answer:
    """Tell whether a resource policy denies every caller some actions on some resources when the request is not
    encrypted.

    Recognized is any Deny for everyone whose only conditions are on ``aws:SecureTransport`` and hold when it is
    ``false``. For a bucket, pass ``["s3:*"]`` and both the bucket's ARN and ``ARN/*``; an unknown ARN may stand in the
    list. Source: "s3-bucket-ssl-requests-only", AWS Config developer guide.
    """
    pairs = [(action, resource) for action in actions for resource in resources]
    known = every(
        either(_denies_plain(statement, action, resource) for statement in document.statements)
        for action, resource in pairs
    )
    return known if known or document.is_known else None


def _denies_plain(statement: Statement, action: str, resource: str) -> Answer:
    if statement.effect == "Allow":
        return False
    plain = {_SECURE_TRANSPORT: "false"}
    return every(
        [
            None if statement.effect is None else True,
            statement.admits_anyone(),
            statement.takes_action(action),
            statement.takes_resource(resource),
            *(
                condition.holds(plain)
                if condition.is_about(_SECURE_TRANSPORT)
                else (None if has_hole(condition.key) else False)
                for condition in statement.conditions
            ),
        ]
    )


def _judge(document: Document, question: Callable[[Statement], Answer]) -> Judged:
    answers = [(statement, question(statement)) for statement in document.statements]
    return Judged(
        tuple(statement for statement, answer in answers if answer is True),
        not document.is_known or any(answer is None for _, answer in answers),
    )


def _narrows(deny: Statement, allow: Statement) -> Answer:
    """Tell whether a Deny turns away all whom an Allow admits, but for callers or places that it names."""
    named = [_excludes_others(condition) for condition in deny.conditions]
    if not any(answer is not False for answer in named):
        return False
    return every(
        [
            deny.admits_anyone(),
            *(deny.takes_action(action) for action in allow.actions or ("*",)),
            *(deny.takes_resource(resource) for resource in allow.resources),
            *(
                True if answer is False and _spares_services(condition) else answer
                for condition, answer in zip(deny.conditions, named, strict=True)
            ),
        ]
    )


def _excludes_others(condition: Condition) -> Answer:
    shape = _LIMITING.get(condition.key.lower())
    if shape is None:
        return None if has_hole(condition.key) else False
    if condition.quantifier == "foranyvalue" or condition.base not in _NEGATIVE[shape]:
        return False
    return _names_callers(condition, shape)


def _spares_services(condition: Condition) -> bool:
    """Tell whether a condition of a Deny spares requests that AWS services make on somebody's behalf."""
    return condition.is_about("aws:PrincipalIsAWSService", "aws:ViaAWSService") and condition.values == ("false",)


def _names_callers(condition: Condition, shape: _Shape) -> Answer:
    if not condition.values:
        return False
    return every(_is_named(value, shape) for value in condition.values)


def _is_named(value: str, shape: _Shape) -> Answer:
    if value.lower() in _OWN:
        return True
    if shape == "true":
        return None if has_hole(value) else value.lower() == "true"
    if shape == "address":
        if has_hole(value):
            return None
        return negate(network.is_wide(value if "/" in value else f"{value}/{128 if ':' in value else 32}"))
    if re.search(r"(?<!\d)\d{12}(?!\d)", value):
        return True
    if shape == "arn" and value.startswith("arn:"):
        return _is_named_arn(value)
    if has_hole(value):
        return None
    return not value.startswith(("*", "?"))


def _is_named_arn(value: str) -> Answer:
    parsed = arn.Arn.parse(value)
    if parsed is None:
        return None if has_hole(value) else not has_wildcard(value)
    # Names of buckets are unique in the world; other resources are named by their account alone.
    if parsed.service == "s3" or not parsed.account:
        return None if has_hole(parsed.resource) else not parsed.resource.startswith(("*", "?"))
    return None if has_hole(parsed.account) else not has_wildcard(parsed.account)
