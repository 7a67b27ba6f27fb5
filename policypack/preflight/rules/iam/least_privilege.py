"""Least privilege: wildcards, administrators, decryption, AWS's own policies."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...documents.answer import either
from ...documents.wildcard import covers
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, Undecided, deferred, rule
from .._shared_graph import listed
from .._shared_roles import ATTACHMENT, POLICY, POLICY_ATTACHMENT, ROLE
from ._documents import (
    GROUP_ATTACHMENT,
    INLINE,
    USER_ATTACHMENT,
    Written,
    documents,
)

_ATTACHING: Final = (ATTACHMENT, USER_ATTACHMENT, GROUP_ATTACHMENT, POLICY_ATTACHMENT, ROLE)


_DECRYPTING: Final = ("kms:Decrypt", "kms:ReEncryptFrom")


_EVERY_KEY: Final = "arn:aws:kms:*:*:key/*"


_LIMITS: Final = ("kms:ViaService", "kms:ResourceAliases", "kms:RequestAlias", "aws:ResourceTag")


def _open_end(resource: Resource, written: Written) -> None:
    with deferred():
        if not written.document.complete:
            raise Undecided(written.path, resource.urn)


@rule(
    (POLICY, *INLINE, ROLE),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def policy_wildcard_free(resource: Resource) -> Findings:
    """Allow statements carry no wildcard in their actions or resources.

    Why: A wildcard also allows what is made later. Each one should be looked at; exempt those that are meant.
    Fix: List the actions and resources.
    Source: AWS IAM User Guide, "Security best practices in IAM" (least privilege).
    """
    for written in documents(resource):
        if written.is_trust:
            continue
        for statement in written.document.allowing:
            for what, texts in (
                ("action", iam.wildcard_actions(statement)),
                ("resource", iam.wildcard_resources(statement)),
            ):
                for text in dict.fromkeys(texts):
                    yield resource.finding(
                        f"{statement.label} has the {what} '{text}'; list the ones that are needed", at=written.path
                    )
        _open_end(resource, written)


@rule(
    (POLICY, *INLINE, ROLE),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def kms_decryption_limited(resource: Resource) -> Findings:
    """Decryption is not granted on every key.

    Why: An identity that may decrypt with every key can read all encrypted data that it has access to.
    Fix: Name the keys as resources, or limit the statement by kms:ViaService or kms:ResourceAliases.
    Source: AWS KMS Developer Guide, "Best practices for IAM policies"; AWS Config rules
    iam-customer-policy-blocked-kms-actions and iam-inline-policy-blocked-kms-actions.
    """
    for written in documents(resource):
        if written.is_trust:
            continue
        for statement in written.document.allowing:
            # What grants everything on everything is iam-policy-below-admin's.
            if iam.is_admin(statement) or statement.conditions_on(*_LIMITS):
                continue
            every_key = either(covers(pattern, _EVERY_KEY) for pattern in statement.resources)
            if every_key and either(statement.takes_action(action) for action in _DECRYPTING):
                yield resource.finding(
                    f"{statement.label} allows decryption with every key; name the keys", at=written.path
                )
        _open_end(resource, written)


def _attached(resource: Resource) -> list[tuple[str, str]]:
    """The known ARNs of AWS managed policies that a resource attaches, with the path of each."""
    path = "managedPolicyArns" if resource.is_a(ROLE) else "policyArn"
    value = resource.raw(path)
    if not isinstance(value, list):
        return [(path, value)] if isinstance(value, str) and ":iam::aws:policy/" in value else []
    return [
        (f"{path}[{index}]", text)
        for index, text in enumerate(value)
        if isinstance(text, str) and ":iam::aws:policy/" in text
    ]


def _settle(resource: Resource) -> None:
    path = "managedPolicyArns" if resource.is_a(ROLE) else "policyArn"
    with deferred():
        list(resource.values(path))


@rule(
    _ATTACHING,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
    parameters={
        "policies": Parameter.of(
            ["AdministratorAccess", "AWSCloudShellFullAccess"], "Names of the AWS managed policies not to attach."
        )
    },
)
def attached_policies_below_admin(resource: Resource, parameters: Parameters) -> Findings:
    """AdministratorAccess and other elevated AWS managed policies are not attached.

    Why: Anyone who obtains such an identity controls the account.
    Fix: Attach a policy that lists what the task needs.
    Source: AWS Managed Policy Reference Guide, "AdministratorAccess"; AWS Config rule iam-policy-blacklisted-check.
    """
    for path, arn in _attached(resource):
        name = arn.rpartition("/")[2]
        if name in parameters["policies"]:
            yield resource.finding(f"attaches {name}; attach what the task needs", at=path)
    _settle(resource)


@rule(
    _ATTACHING,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def attached_policies_own(resource: Resource) -> Findings:
    """No AWS managed policy is attached.

    Why: AWS writes them for everyone: they allow more than one task needs, on all resources, and grow.
    Fix: Write an `aws.iam.Policy` of your own; exempt those that are meant.
    Source: AWS IAM User Guide, "Managed policies and inline policies".
    """
    for path, arn in _attached(resource):
        yield resource.finding(f"attaches the AWS managed policy {arn.rpartition('/')[2]}", at=path)
    _settle(resource)


@rule(
    (POLICY, *INLINE, ROLE),
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def policy_below_admin(resource: Resource) -> Findings:
    """No allow statement grants every action on every resource.

    Why: Anyone who obtains such an identity controls the account.
    Fix: List the actions and resources that the task needs.
    Source: AWS IAM User Guide, "Security best practices in IAM" (least privilege); AWS Config rule
    iam-policy-no-statements-with-admin-access.
    """
    for written in documents(resource):
        if written.is_trust:
            continue
        judged = iam.admin_statements(written.document)
        for statement in judged.statements:
            yield resource.finding(
                f"{statement.label} allows every action on every resource; list what the task needs", at=written.path
            )
        if judged.undecided and not judged.statements and not written.document.error:
            with deferred():
                raise Undecided(written.path, resource.urn)


@rule(
    (POLICY, *INLINE, ROLE),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def policy_service_access_limited(resource: Resource) -> Findings:
    """No allow statement grants all actions of a service.

    Why: "s3:*" includes what nobody thought of: changing policies, deleting data, and every future action.
    Fix: List the actions that the task needs.
    Source: AWS IAM User Guide, "Security best practices in IAM" (least privilege); AWS Config rule
    iam-policy-no-statements-with-full-access.
    """
    for written in documents(resource):
        if written.is_trust:
            continue
        for statement in written.document.statements:
            services = iam.whole_services(statement)
            # What grants everything on everything is iam-policy-below-admin's.
            if services and iam.is_admin(statement) is not True:
                yield resource.finding(
                    f"{statement.label} allows all actions of {listed(services)}; list what the task needs",
                    at=written.path,
                )
        if not written.document.complete:
            with deferred():
                raise Undecided(written.path, resource.urn)
