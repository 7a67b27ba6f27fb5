"""What IAM would refuse in the shape of a known policy document, whatever it means.

Sources: "Grammar of the IAM JSON policy language", "AWS JSON policy elements: Principal", "IAM JSON policy elements:
    Sid", AWS IAM user guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...wire import is_unknown
from .. import arn, names
from .condition import Condition
from .document import Document
from .principal import Principal

_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP_KEYS = ("Version", "Id", "Statement")
_STATEMENT_KEYS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPAL_KEYS = ("AWS", "Service", "Federated", "CanonicalUser", "*")
_OPERATORS = (
    *(
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ),
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals"),
    *("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
    *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
)
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}")
_PRINCIPAL_RESOURCES = ("root", "user/", "role/", "assumed-role/", "federated-user/", "self")


@dataclass(frozen=True)
class Problem:
    """Something that IAM would refuse; ``path`` leads to it inside the document (``Statement[0].Effect``)."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def problems(document: Document) -> list[Problem]:
    """List what every kind of policy document must not have; unknown parts are passed over. A malformed text is one
    problem.
    """
    if document.error:
        return [Problem("", document.error)]
    return list(_document(document.raw)) if isinstance(document.raw, Mapping) else []


def identity_problems(document: Document) -> list[Problem]:
    """List what a policy of a role, user or group must not have beside :func:`problems`: a principal, or no
    resource.
    """
    found: list[Problem] = []
    for path, raw in _statements(document):
        found.extend(
            Problem(
                f"{path}.{key}",
                f"an identity policy must not have a {key}",
            )
            for key in ("Principal", "NotPrincipal")
            if key in raw
        )
        if "Resource" not in raw and "NotResource" not in raw:
            found.append(Problem(path, "the statement has neither Resource nor NotResource"))
        found.extend(_sid(path, raw))
    return found


def resource_problems(document: Document) -> list[Problem]:
    """List what the policy of a resource must not lack beside :func:`problems`: a principal."""
    return [
        Problem(path, "the statement has neither Principal nor NotPrincipal")
        for path, raw in _statements(document)
        if "Principal" not in raw and "NotPrincipal" not in raw
    ]


def trust_problems(document: Document) -> list[Problem]:
    """List what a role's trust policy must not have beside :func:`problems`: no principal, or a resource."""
    found = resource_problems(document)
    for path, raw in _statements(document):
        for key in ("Resource", "NotResource"):
            if key in raw:
                found.append(Problem(f"{path}.{key}", f"a trust policy must not have a {key}; it is the role"))
        found.extend(_sid(path, raw))
    return found


def principal_problem(principal: Principal) -> str | None:
    """Say why IAM would refuse an AWS principal; ``None`` when it takes it, when it is unknown, and for other kinds."""
    value = principal.value
    if principal.kind != "AWS" or principal.is_unknown or value == "*":
        return None
    if re.fullmatch(r"\d{12}", value) or _UNIQUE_ID.fullmatch(value):
        return None
    if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", value):
        return f"{value!r} is a service; it belongs under the key 'Service'"
    parsed = arn.Arn.parse(value)
    if parsed is None or parsed.service not in {"iam", "sts"}:
        return f"{value!r} is neither '*', a 12-digit account, nor the ARN of an account root, user, role or session"
    if "*" in value or "?" in value:
        return f"{value!r} holds a wildcard; name the principal, or use a condition on aws:PrincipalArn"
    if parsed.resource.startswith("group/"):
        return f"{value!r} is a group; a group can't be a principal"
    if parsed.resource.startswith(("saml-provider/", "oidc-provider/")):
        return f"{value!r} is an identity provider; it belongs under the key 'Federated'"
    if not parsed.resource.startswith(_PRINCIPAL_RESOURCES):
        return f"{value!r} is not an account root, user, role or session"
    if not re.fullmatch(r"\d{12}|cloudfront|aws", parsed.account):
        return f"{value!r} has {parsed.account!r} where the 12-digit account stands"
    return None


def _statements(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    raw = document.raw.get("Statement") if isinstance(document.raw, Mapping) else None
    for index, item in enumerate(raw if isinstance(raw, list) else [raw]):
        if isinstance(item, Mapping):
            yield f"Statement[{index}]", item


def _sid(path: str, raw: Mapping[str, Any]) -> Iterator[Problem]:
    sid = raw.get("Sid")
    if isinstance(sid, str) and not is_unknown(sid) and not re.fullmatch(r"[0-9A-Za-z]*", sid):
        yield Problem(f"{path}.Sid", f"{sid!r} holds other characters than letters and digits")


def _document(raw: Mapping[str, Any]) -> Iterator[Problem]:
    version = raw.get("Version")
    if version is not None and version not in _VERSIONS and not is_unknown(version):
        yield Problem(
            "Version", f"{version!r} is not a version of the policy language; it is '2012-10-17' (not today's date)"
        )
    yield from _unknown_keys("", raw, _TOP_KEYS, "a policy document")
    found = raw.get("Statement")
    if is_unknown(found):
        return
    listed = found if isinstance(found, list) else [found]
    if found is None or not listed:
        yield Problem("Statement", "the document has no statement")
        return
    sids: dict[str, int] = {}
    for index, item in enumerate(listed):
        path = f"Statement[{index}]"
        if isinstance(item, Mapping):
            yield from _statement(path, item)
            sid = item.get("Sid")
            if isinstance(sid, str) and sid and not is_unknown(sid):
                if sid in sids:
                    yield Problem(f"{path}.Sid", f"{sid!r} is the Sid of statement {sids[sid] + 1} already")
                sids.setdefault(sid, index)
        elif not is_unknown(item):
            yield Problem(path, "a statement has to be an object")


def _statement(path: str, raw: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown_keys(path, raw, _STATEMENT_KEYS, "a statement")
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny") and not is_unknown(effect):
        shown = "is missing" if "Effect" not in raw else f"is {effect!r}"
        yield Problem(f"{path}.Effect", f"the effect {shown}; it is 'Allow' or 'Deny'")
    for key, opposite in (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")):
        if key in raw and opposite in raw:
            yield Problem(path, f"the statement has both {key} and {opposite}")
    if "Action" not in raw and "NotAction" not in raw:
        yield Problem(path, "the statement has neither Action nor NotAction")
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in raw:
            yield from _texts(f"{path}.{key}", raw[key], action=key.endswith("Action"))
    for key in ("Principal", "NotPrincipal"):
        if isinstance(raw.get(key), Mapping):
            yield from _unknown_keys(f"{path}.{key}", raw[key], _PRINCIPAL_KEYS, "a principal")
        elif isinstance(raw.get(key), str) and raw[key] != "*" and not is_unknown(raw[key]):
            yield Problem(
                f"{path}.{key}", f"{raw[key]!r} has to stand under a key: AWS, Service, Federated or CanonicalUser"
            )
    if "Condition" in raw:
        yield from _conditions(f"{path}.Condition", raw["Condition"])


def _texts(path: str, value: object, *, action: bool) -> Iterator[Problem]:
    if value == []:
        yield Problem(path, "the list is empty")
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str):
            yield Problem(path, f"{item!r} is not a string")
        elif action and item != "*" and not is_unknown(item) and not re.fullmatch(r"[^:]+:[^:]+|\*:\*|\$\{.*", item):
            yield Problem(path, f"{item!r} is not an action; an action is SERVICE:ACTION, such as s3:GetObject")


def _conditions(path: str, raw: object) -> Iterator[Problem]:
    if is_unknown(raw):
        return
    if not isinstance(raw, Mapping):
        yield Problem(path, "a condition has to be an object of operators")
        return
    for operator, tests in raw.items():
        if not Condition(operator, "", ()).is_known_operator:
            near = names.nearest(operator.rpartition(":")[2], _OPERATORS, limit=1)
            yield Problem(f"{path}.{operator}", f"{operator!r} is not a condition operator" + _meant(near))
        if is_unknown(tests):
            continue
        if not isinstance(tests, Mapping):
            yield Problem(f"{path}.{operator}", "an operator holds an object of condition keys")
            continue
        for key, values in tests.items():
            if any(
                not isinstance(item, (str, int, float)) for item in (values if isinstance(values, list) else [values])
            ):
                yield Problem(
                    f"{path}.{operator}.{key}", "a condition value is a text, number or boolean, or a list of them"
                )


def _unknown_keys(path: str, raw: Mapping[str, Any], allowed: tuple[str, ...], owner: str) -> Iterator[Problem]:
    for key in raw:
        if key not in allowed:
            near = names.nearest(key, allowed, limit=1)
            yield Problem(f"{path}.{key}" if path else key, f"{key!r} is not an element of {owner}" + _meant(near))


def _meant(near: list[str]) -> str:
    return f"; did you mean {near[0]!r}?" if near else ""
