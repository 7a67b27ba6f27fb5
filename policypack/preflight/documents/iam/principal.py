"""Principals of a policy, and the callers that a question asks about.

Source: "AWS JSON policy elements: Principal", AWS IAM user guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ...wire import is_unknown
from .. import arn
from ..answer import Answer, either
from ..wildcard import covers, has_hole

Kind = Literal["*", "AWS", "Service", "Federated", "CanonicalUser", "unknown", "other"]
_KINDS: dict[str, Kind] = {
    "*": "*",
    "AWS": "AWS",
    "Service": "Service",
    "Federated": "Federated",
    "CanonicalUser": "CanonicalUser",
}
_SERVICE_NAME = re.compile(r"(?P<name>[a-z0-9-]+)(?:\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True)
class Caller:
    """Who asks: made by :func:`service`, :func:`account`, :func:`role`, :func:`federated`, or :data:`ANYONE`.

    ``region`` is the region that a service calls from (``None``: not known), ``value`` may be unknown.
    """

    kind: Literal["anyone", "service", "account", "arn", "federated"]
    value: str
    region: str | None = None


ANYONE = Caller("anyone", "*")
"""Every caller, anonymous ones included."""


def service(name: str, *, region: str | None = None) -> Caller:
    """An AWS service such as ``logs.amazonaws.com``; with ``region`` its regional name counts as well."""
    return Caller("service", name, region)


def account(number: str) -> Caller:
    """A whole account, through its root: the one that a key policy trusts with ``arn:aws:iam::ACCOUNT:root``."""
    return Caller("account", number)


def role(text: str) -> Caller:
    """A role, user or session by its ARN, which may be unknown."""
    return Caller("arn", text)


def federated(text: str) -> Caller:
    """An identity provider: an OIDC or SAML provider ARN, or ``cognito-identity.amazonaws.com`` and its like."""
    return Caller("federated", text)


def caller(text: str) -> Caller:
    """The caller that a text stands for: ``*``, a 12-digit account or its root, a service name, else an ARN."""
    if text == "*":
        return ANYONE
    if re.fullmatch(r"\d{12}", text):
        return account(text)
    parsed = arn.Arn.parse(text)
    if parsed and parsed.is_account_root:
        return account(parsed.account)
    return role(text) if parsed or is_unknown(text) else service(text)


@dataclass(frozen=True)
class Principal:
    """One principal of a statement; ``value`` may be an unknown sentinel. Kind ``*`` stands for ``"Principal":
    "*"``.
    """

    kind: Kind
    value: str

    @property
    def is_anyone(self) -> bool:
        """Tell whether it is every caller: ``"*"``, ``{"AWS": "*"}``."""
        return self.kind == "*" or (self.kind == "AWS" and self.value == "*")

    @property
    def is_unknown(self) -> bool:
        """Tell whether a part of it is unknown at preview."""
        return self.kind == "unknown" or has_hole(self.value)

    @property
    def account(self) -> str | None:
        """The 12-digit account of an AWS principal; ``None`` for others and where it is unknown."""
        return arn.account_of(self.value) if self.kind == "AWS" else None

    @property
    def is_account_root(self) -> bool:
        """Tell whether it is a whole account: its number, or the ARN of its root."""
        parsed = arn.Arn.parse(self.value)
        return self.kind == "AWS" and (
            bool(re.fullmatch(r"\d{12}", self.value)) or (parsed is not None and parsed.is_account_root)
        )

    def is_caller(self, asked: Caller) -> Answer:
        """Tell whether it stands for a caller.

        A role asked about where its own account is named gives ``None``: the account's identity policies decide.
        """
        if self.is_anyone:
            return True
        if self.kind == "unknown":
            return None
        if asked.kind == "anyone":
            return None if self.kind == "AWS" and is_unknown(self.value) else False
        if asked.kind == "service":
            return self._is_service(asked) if self.kind == "Service" else False
        if asked.kind == "federated":
            return covers(asked.value, self.value) if self.kind == "Federated" else False
        if self.kind != "AWS":
            return False
        return self._is_account(asked.value) if asked.kind == "account" else self._is_arn(asked.value)

    def _is_service(self, asked: Caller) -> Answer:
        exact = covers(asked.value, self.value, ignore_case=True)
        if exact is not False:
            return exact
        mine, theirs = _SERVICE_NAME.fullmatch(self.value.lower()), _SERVICE_NAME.fullmatch(asked.value.lower())
        if mine is None or theirs is None or mine["name"] != theirs["name"]:
            return False
        if mine["region"] is None or theirs["region"] == mine["region"]:
            return True
        if theirs["region"] is not None:
            return False
        return None if asked.region is None or is_unknown(asked.region) else mine["region"] == asked.region

    def _is_account(self, number: str) -> Answer:
        if has_hole(self.value):
            return None
        if not self.is_account_root:
            return False
        return None if is_unknown(number) else self.account == number

    def _is_arn(self, text: str) -> Answer:
        same = covers(self.value, text)
        if same is not False or not self.is_account_root:
            return same
        owner = arn.account_of(text)
        return None if owner is None or owner == self.account else False


def read(element: object) -> tuple[Principal, ...]:
    """Read a Principal or NotPrincipal element of any shape; parts that no policy can have are passed over."""
    if isinstance(element, str):
        if is_unknown(element):
            return (Principal("unknown", element),)
        return (Principal("*", "*"),) if element == "*" else (Principal("AWS", element),)
    if isinstance(element, list):
        return tuple(principal for item in element for principal in read(item))
    if not isinstance(element, dict):
        return ()
    return tuple(
        Principal(_KINDS.get(key, "other"), str(value))
        for key, values in element.items()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, (str, int)) and not isinstance(value, bool)
    )


def any_is(principals: tuple[Principal, ...], asked: Caller) -> Answer:
    """Tell whether any of some principals stands for a caller."""
    return either(principal.is_caller(asked) for principal in principals)
