"""IAM policy documents as plain dictionaries, and the statements that more than one component needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
"""One statement of a policy document, with the keys of the IAM policy grammar; values may be Pulumi inputs."""

Conditions = Mapping[str, Mapping[str, Any]]
"""Condition operators to condition keys to values: `{"StringEquals": {"aws:SourceAccount": "..."}}`."""


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """The JSON text of a policy. It is known at preview as long as no statement holds an unknown value."""
    return pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}
    )


def allow(
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    *,
    sid: str | None = None,
    principal: Mapping[str, Any] | None = None,
    conditions: Conditions | None = None,
) -> Statement:
    """A statement that allows `actions` on the ARNs `resources`, in a resource policy to `principal`."""
    return _statement("Allow", actions, resources, sid, principal, conditions)


def deny(
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    *,
    sid: str | None = None,
    principal: Mapping[str, Any] | None = None,
    conditions: Conditions | None = None,
) -> Statement:
    """A statement that denies `actions` on the ARNs `resources`."""
    return _statement("Deny", actions, resources, sid, principal, conditions)


def tls_only(service: str, resources: Sequence[pulumi.Input[str]]) -> Statement:
    """A resource policy's refusal of requests without TLS (S3 User Guide, "Security best practices":
    aws:SecureTransport)."""
    return deny(
        [f"{service}:*"],
        resources,
        sid="DenyWithoutTls",
        principal={"AWS": "*"},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def trust(service: str, *, conditions: Conditions | None = None) -> str:
    """The trust policy of a role that the service principal `service` assumes; plain text, so always known at
    preview."""
    statement = _statement("Allow", ["sts:AssumeRole"], [], None, {"Service": service}, conditions)
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _statement(
    effect: str,
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    sid: str | None,
    principal: Mapping[str, Any] | None,
    conditions: Conditions | None,
) -> Statement:
    statement: dict[str, Any] = {"Effect": effect, "Action": list(actions)}
    if sid:
        statement["Sid"] = sid
    if principal:
        statement["Principal"] = dict(principal)
    if resources:
        statement["Resource"] = list(resources)
    if conditions:
        statement["Condition"] = {operator: dict(keys) for operator, keys in conditions.items()}
    return statement
