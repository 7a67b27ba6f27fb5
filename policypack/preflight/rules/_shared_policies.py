"""The policy that a key, queue, topic or bucket has in the end, wherever in the program it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..documents import iam
from ..finding import Findings
from ..resource import Resource
from ..stack import Partners, Stack
from ._shared_graph import settled

KEY: Final = "aws:kms/key:Key"
KEYS: Final = (KEY, "aws:kms/externalKey:ExternalKey", "aws:kms/replicaKey:ReplicaKey")
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"

NOTHING: Final = iam.Document()
"""A policy that allows nothing to services: none at all, or the default that trusts only the owning account."""


def key_policies(stack: Stack, key: Resource) -> Partners:
    """Return the separate policies of a key."""
    return stack.referring_to(key, KEY_POLICY, via="keyId")


def key_policy(stack: Stack, key: Resource) -> iam.Document:
    """Return a key's effective policy: that of its KeyPolicy, else its own, else the default (account only).

    The document is not complete where a policy is unknown, or where one that is may belong to this key.
    """
    separate = key_policies(stack, key)
    if separate.certain:
        return iam.combine(iam.parse(policy.raw("policy")) for policy in separate.certain)
    if separate.maybe_more:
        return iam.UNKNOWN
    return iam.parse(key.raw("policy")) if key.has("policy") else NOTHING


def resource_policy(stack: Stack, target: Resource, kind: str, via: str) -> iam.Document:
    """Return what the separate policies of a queue, topic or bucket and its inline policy say together.

    Args:
        stack: the program.
        target: the queue, topic or bucket.
        kind: the type of the separate policies, which have a property ``policy``.
        via: the property of a separate policy that means the target.
    """
    separate = stack.referring_to(target, kind, via=via)
    documents = [iam.parse(policy.raw("policy")) for policy in separate.certain]
    if target.has("policy"):
        documents.append(iam.parse(target.raw("policy")))
    if separate.maybe_more:
        documents.append(iam.UNKNOWN)
    return iam.combine(documents)


def waits_for_any(stack: Stack, resource: Resource, others: Sequence[Resource]) -> bool:
    """Tell whether a resource is created only after at least one of some others."""
    return any(stack.waits_for(resource, other) for other in others)


def public_findings(resource: Resource, fix: str, at: str = "policy") -> Findings:
    """Yield a finding for each statement of a resource policy that admits everyone without a limiting condition.

    Raises:
        Undecided: no statement surely does, and one that is unknown may.
    """
    if not resource.has(at):
        return
    judged = iam.public_statements(iam.parse(resource.raw(at)))
    for statement in judged.statements:
        yield resource.finding(f"the policy's {statement.label} admits everyone; {fix}", at=at)
    if not judged.statements:
        settled(None if judged.undecided else False, resource, at)


def negated_findings(resource: Resource, at: str = "policy") -> Findings:
    """Yield a finding for each Allow of a resource policy that is written with NotAction or NotPrincipal.

    Raises:
        Undecided: no statement surely is, and the policy or a part of it is unknown.
    """
    if not resource.has(at):
        return
    document = iam.parse(resource.raw(at))
    found = [statement for statement in document.allowing if statement.not_actions or statement.not_principals]
    for statement in found:
        element = "NotAction" if statement.not_actions else "NotPrincipal"
        yield resource.finding(
            f"the policy's {statement.label} allows all but what it names ({element}); name what is allowed", at=at
        )
    if not found:
        settled(False if document.is_known else None, resource, at)
