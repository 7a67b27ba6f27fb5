"""Keys: who administers them, rotation, deletion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ...documents import iam
from ...rule import Findings, Kind, NotApplicable, Parameter, Parameters, Resource, Severity, rule
from .._shared_graph import settled
from .._shared_policies import KEY, KEY_POLICY, KEYS, public_findings

ALIAS: Final = "aws:kms/alias:Alias"


@rule((*KEYS, KEY_POLICY), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def key_policy_keeps_administrator(key: Resource) -> Findings:
    """A key policy lets somebody change it.

    Why: KMS refuses a policy after which nobody could ("MalformedPolicyDocumentException: The new key policy will not
    allow you to update the key policy in the future"). With the check bypassed, only AWS Support can repair such a key.
    Fix: Keep the statement that allows the account's root kms:*.
    Source: AWS KMS Developer Guide, "Default key policy"; AWS KMS API Reference, "PutKeyPolicy".
    """
    if not key.has("policy") or key.flag("bypassPolicyLockoutSafetyCheck"):
        return
    document = iam.parse(key.raw("policy"))
    if not settled(document.allows("kms:PutKeyPolicy"), key, "policy"):
        yield key.finding(
            "the key policy does not allow anyone kms:PutKeyPolicy; keep a statement that allows the "
            "account's root kms:*",
            at="policy",
        )


def _cannot_rotate(key: Resource) -> str | None:
    """Why KMS does not rotate a key, None where it does: symmetric, for encryption, with material that KMS made."""
    spec = key.text("customerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    usage = key.text("keyUsage") or "ENCRYPT_DECRYPT"
    if spec != "SYMMETRIC_DEFAULT":
        return f"a key of spec {spec}"
    if usage != "ENCRYPT_DECRYPT":
        return f"a key for {usage}"
    return "a key in a custom key store" if key.has("customKeyStoreId") else None


@rule(KEY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def rotation_on_symmetric_key(key: Resource) -> Findings:
    """Automatic rotation is only turned on for symmetric encryption keys of KMS itself.

    Why: KMS can't rotate others: "UnsupportedOperationException".
    Fix: Leave `enableKeyRotation` off for asymmetric and HMAC keys and for keys in custom key stores; replace those by
    hand.
    Source: AWS KMS Developer Guide, "Rotate AWS KMS keys".
    """
    if key.flag("enableKeyRotation"):
        reason = _cannot_rotate(key)
        if reason:
            yield key.finding(f"KMS can't rotate {reason}; leave `enableKeyRotation` off", at="enableKeyRotation")


@rule((KEY, ALIAS), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def settings_in_range(key: Resource) -> Findings:
    """Windows, periods and alias names of keys are ones that KMS accepts.

    Why: KMS refuses a deletion window outside 7 to 30 days, a rotation period outside 90 to 2560 days
    ("ValidationException"), and aliases that do not begin with alias/ or are AWS's own ("NotAuthorizedException" for
    alias/aws/).
    Fix: Stay within the range; name aliases alias/….
    Source: AWS KMS API Reference, "ScheduleKeyDeletion", "EnableKeyRotation", "CreateAlias".
    """
    if key.is_a(ALIAS):
        name = key.text("name")
        if name is not None and (not re.fullmatch(r"alias/[a-zA-Z0-9/_-]+", name) or name.startswith("alias/aws/")):
            yield key.finding(
                f"'{name}' is not a valid alias: it must begin with alias/, but not alias/aws/, and "
                "may contain only letters, digits, /, _ and -",
                at="name",
            )
        return
    for at, least, most in (("deletionWindowInDays", 7, 30), ("rotationPeriodInDays", 90, 2560)):
        days = key.number(at)
        if days is not None and not least <= days <= most:
            yield key.finding(f"`{at}` is {days}; KMS accepts {least} to {most}", at=at)


@rule(
    KEY,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def key_rotation(key: Resource) -> Findings:
    """A symmetric encryption key rotates automatically.

    Why: New material every year limits what is lost with one version of a key. Old data stays readable.
    Fix: Set `enableKeyRotation=true`; `rotationPeriodInDays` shortens the year. Other keys are not asked for it: KMS
    can't rotate them.
    Source: AWS KMS Developer Guide, "Rotate AWS KMS keys"; AWS Config rule cmk-backing-key-rotation-enabled.
    """
    reason = _cannot_rotate(key)
    if reason:
        raise NotApplicable(f"KMS can't rotate {reason}")
    if not key.flag("enableKeyRotation"):
        yield key.finding("the key does not rotate; set `enableKeyRotation=true`", at="enableKeyRotation")


@key_rotation.remediate
def _rotate(key: Resource) -> Mapping[str, Any] | None:
    return {"enableKeyRotation": True} if _cannot_rotate(key) is None and not key.flag("enableKeyRotation") else None


@rule(
    (*KEYS, KEY_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def lockout_check_kept(key: Resource) -> Findings:
    """A key's policy is set with KMS's safety check against locking everyone out.

    Why: Without the check, a policy can lock everyone out of the key; only AWS Support can undo that.
    Fix: Leave `bypassPolicyLockoutSafetyCheck` out.
    Source: AWS KMS API Reference, "PutKeyPolicy" (BypassPolicyLockoutSafetyCheck).
    """
    if key.flag("bypassPolicyLockoutSafetyCheck"):
        yield key.finding(
            "the lockout safety check is bypassed; remove `bypassPolicyLockoutSafetyCheck`",
            at="bypassPolicyLockoutSafetyCheck",
        )


@rule(
    KEY,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
    parameters={
        "days": Parameter.of(14, "Least number of days between a deletion and its end.", minimum=7, maximum=30)
    },
)
def deletion_window(key: Resource, parameters: Parameters) -> Findings:
    """A key is enabled, and its deletion can be taken back for a number of days (14 unless set).

    Why: All data under a deleted key is lost. The window is the time to notice and cancel.
    Fix: Raise `deletionWindowInDays` (30 unless given), and leave `isEnabled` alone.
    Source: AWS KMS Developer Guide, "Delete an AWS KMS key"; AWS Config rule kms-cmk-not-scheduled-for-deletion.
    """
    days = key.number("deletionWindowInDays")
    if days is not None and days < parameters["days"]:
        yield key.finding(
            f"the deletion window is {days} days; at least {parameters['days']} are required", at="deletionWindowInDays"
        )
    if key.flag("isEnabled") is False:
        yield key.finding("the key is disabled, and nothing under it can be read; remove `isEnabled`", at="isEnabled")


@rule(
    (*KEYS, KEY_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def key_principals_limited(key: Resource) -> Findings:
    """A key policy does not admit everyone without a condition.

    Why: Principal "*" without a condition that ties it to accounts or services lets every AWS account use the key.
    Fix: Name principals, or add a condition such as kms:CallerAccount, aws:PrincipalOrgID or aws:SourceAccount.
    Source: AWS KMS Developer Guide, "Key policies in AWS KMS"; AWS Security Hub control KMS.5.
    """
    yield from public_findings(key, "name principals, or tie it to your account by a condition")
