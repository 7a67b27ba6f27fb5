"""What a role of the program may do: its policies, wherever they are written, and what attaches them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ..documents import iam
from ..documents.arn import Arn
from ..facts import iam as iam_facts
from ..resource import Resource
from ..stack import Stack
from ..wire import is_unknown

ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY_ATTACHMENT: Final = "aws:iam/policyAttachment:PolicyAttachment"
ATTACHMENTS_EXCLUSIVE: Final = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"


@dataclass(frozen=True)
class Granted:
    """One policy of a role.

    ``document`` is incomplete where it is not known. ``source`` is the resource without which the role lacks it: the
    role itself, a RolePolicy or an attachment; None where it is not known which. ``name`` is the AWS managed policy's.
    """

    document: iam.Document
    source: Resource | None
    name: str = ""


def role_policies(stack: Stack, role: Resource) -> list[Granted]:
    """Return all policies of a role of the program; an unknown one stands for those that there may be."""
    return list(_policies(stack, role))


def role_document(stack: Stack, role: Resource) -> iam.Document:
    """Return what all policies of a role of the program say together; incomplete where one is not known."""
    return iam.combine(granted.document for granted in role_policies(stack, role))


def _policies(stack: Stack, role: Resource) -> Iterator[Granted]:
    yield from _inline(role)
    for separate in _referring(stack, role, ROLE_POLICY, "role"):
        yield Granted(iam.parse(separate.raw("policy")), separate) if separate else Granted(iam.UNKNOWN, None)
    for arn in _listed(role, "managedPolicyArns"):
        yield _managed(arn, role)
    for kind, via, at in (
        (ATTACHMENT, "role", "policyArn"),
        (POLICY_ATTACHMENT, "roles", "policyArn"),
        (ATTACHMENTS_EXCLUSIVE, "roleName", "policyArns"),
    ):
        for attachment in _referring(stack, role, kind, via):
            if attachment is None:
                yield Granted(iam.UNKNOWN, None)
                continue
            own = stack.referred_by(attachment, at, POLICY).certain
            for policy in own:
                yield Granted(iam.parse(policy.raw("policy")), attachment)
            known = {text for policy in own for text in stack.identities(policy)}
            for arn in _listed(attachment, at):
                if not own or not (is_unknown(arn) or arn in known):
                    yield _managed(arn, attachment)


def _inline(role: Resource) -> Iterator[Granted]:
    found = role.raw("inlinePolicies")
    for entry in found if isinstance(found, list) else [found] if found else []:
        value = entry.get("policy") if isinstance(entry, dict) else entry
        if value is not None:
            yield Granted(iam.parse(value), role)


def _referring(stack: Stack, role: Resource, kind: str, via: str) -> Iterator[Resource | None]:
    found = stack.referring_to(role, kind, via=via)
    yield from found.certain
    if found.maybe_more:
        yield None


def _listed(resource: Resource, path: str) -> list[Any]:
    value = resource.raw(path)
    return value if isinstance(value, list) else [] if value is None else [value]


def _managed(arn: Any, source: Resource) -> Granted:
    parsed = Arn.parse(arn) if isinstance(arn, str) else None
    if parsed is None or parsed.account != "aws":
        return Granted(iam.UNKNOWN, source)
    document = iam_facts.managed_policy_document(parsed.name)
    return Granted(iam.parse(document) if document else iam.UNKNOWN, source, parsed.name)
