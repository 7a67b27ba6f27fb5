"""What frameworks ask of permissions beyond the core: wildcards, decryption, AWS's own policies."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...documents.answer import either
from ...documents.wildcard import covers
from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, Undecided, deferred, rule
from .._shared_roles import ATTACHMENT, POLICY, POLICY_ATTACHMENT, ROLE
from ._documents import GROUP_ATTACHMENT, INLINE, USER_ATTACHMENT, Written, documents

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
    controls={
        "pci-dss-3.2.1": "3.5.2 7.1.2 7.1.3 7.2.1 7.2.2",
        "pci-dss-4.0": (
            "3.5.1.1 3.5.1.3 3.6.1.2 3.6.1.3 3.6.1.4 3.6.1 3.7.1 3.7.2 3.7.4 3.7.6 3.7.7 4.2.1.1 7.2.1 7.2.2 "
            "7.2.3 7.2.5 7.3.1 7.3.2 7.3.3 8.2.7 8.2.8 8.3.4"
        ),
    },
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
    controls={
        "hipaa": (
            "164.308(a)(1)(ii)(B) 164.308(a)(3)(i) 164.308(a)(3)(ii)(B) 164.308(a)(4)(i) 164.308(a)(4)(ii)(B) "
            "164.312(a)(1)"
        ),
        "nist-800-53-r5": (
            "AC-2(1) AC-2(6) AC-2(i)(2) AC-3 AC-3(3) AC-3(3)(a) AC-3(3)(b)(1) AC-3(3)(b)(2) AC-3(3)(b)(3) "
            "AC-3(3)(b)(4) AC-3(3)(b)(5) AC-3(3)(c) AC-3(4) AC-3(4)(a) AC-3(4)(b) AC-3(4)(c) AC-3(4)(d) "
            "AC-3(4)(e) AC-3(7) AC-3(8) AC-3(12)(a) AC-3(13) AC-3(15)(a) AC-3(15)(b) AC-4(28) AC-5(b) AC-6 "
            "AC-6(2) AC-6(3) AC-6(10) AC-24 CM-5(1)(a) CM-6(a) CM-9(b) MP-2 SC-23(3) SC-25"
        ),
        "pci-dss-4.0": "7.2.1 7.2.2 7.2.5 7.3.1 7.3.2 7.3.3 8.2.7 8.2.8 8.3.4 7.2.3",
        "fedramp-moderate": "AC-2(1) AC-2(f) AC-2(j) AC-3 AC-5(c) AC-6(10) AC-6 SC-2",
    },
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
