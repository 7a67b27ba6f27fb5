"""Keys: administration, rotation, deletion."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, R, fails, not_applicable, passes, table, undecided
from preflight.testing.remedy import remediates, remedied

ROOT = {"AWS": "arn:aws:iam::210987654321:root"}


def text(principal: Any, action: Any = "kms:*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def key(**properties: Any) -> R:
    return R("aws:kms/key:Key", "key", **properties)


READER = text({"AWS": "arn:aws:iam::210987654321:role/reader"}, "kms:Decrypt")
test_key_policy_keeps_administrator = table(
    "kms-key-policy-keeps-administrator",
    fails("nobody may change it", key(policy=READER), at="policy", says="kms:PutKeyPolicy"),
    passes("the account may", key(policy=text(ROOT))),
    passes("the default policy", key()),
    passes("a wildcard that holds it", key(policy=text(ROOT, ["kms:Put*"]))),
    passes("the check is bypassed", key(policy=READER, bypassPolicyLockoutSafetyCheck=True)),
    fails("a separate policy", R("aws:kms/keyPolicy:KeyPolicy", "policy", keyId="0a1b", policy=READER), at="policy"),
    undecided("unknown", key(policy=UNKNOWN), at="policy"),
)

test_rotation_on_symmetric_key = table(
    "kms-rotation-on-symmetric-key",
    fails("an asymmetric key", key(enableKeyRotation=True, customerMasterKeySpec="RSA_2048"), says="RSA_2048"),
    passes("a symmetric key", key(enableKeyRotation=True, customerMasterKeySpec="SYMMETRIC_DEFAULT")),
    fails("an HMAC key", key(enableKeyRotation=True, keyUsage="GENERATE_VERIFY_MAC"), at="enableKeyRotation"),
    fails("a custom key store", key(enableKeyRotation=True, customKeyStoreId="cks-0a1b"), at="enableKeyRotation"),
    passes("off", key(customerMasterKeySpec="RSA_2048")),
    undecided("unknown", key(enableKeyRotation=True, customerMasterKeySpec=UNKNOWN), at="customerMasterKeySpec"),
)


def alias(name: Any) -> R:
    return R("aws:kms/alias:Alias", "alias", name=name, targetKeyId="0a1b")


test_settings_in_range = table(
    "kms-settings-in-range",
    fails("a window of three days", key(deletionWindowInDays=3), at="deletionWindowInDays", says="7 to 30"),
    passes("a window of thirty days", key(deletionWindowInDays=30)),
    fails("rotation every month", key(rotationPeriodInDays=30), at="rotationPeriodInDays"),
    fails("an alias without alias/", alias("data"), at="name"),
    fails("an alias of AWS", alias("alias/aws/data"), at="name"),
    passes("an alias", alias("alias/acme/data_1")),
    passes("nothing said", key()),
    undecided("unknown", key(deletionWindowInDays=UNKNOWN), at="deletionWindowInDays"),
)

test_key_rotation = table(
    "kms-key-rotation",
    fails("absent", key(), at="enableKeyRotation"),
    passes("on", key(enableKeyRotation=True)),
    fails("off", key(enableKeyRotation=False), at="enableKeyRotation"),
    not_applicable("an asymmetric key", key(customerMasterKeySpec="ECC_NIST_P256", keyUsage="SIGN_VERIFY")),
    undecided("unknown", key(enableKeyRotation=UNKNOWN), at="enableKeyRotation"),
)


def test_rotation_is_turned_on() -> None:
    assert remediates("kms-key-rotation", key(description="data"))["description"] == "data"
    assert remediates("kms-key-rotation", key(enableKeyRotation=False, policy=UNKNOWN))["policy"] == UNKNOWN
    assert remedied("kms-key-rotation", key(customerMasterKeySpec="RSA_2048")) is None


test_lockout_check_kept = table(
    "kms-lockout-check-kept",
    fails("bypassed", key(bypassPolicyLockoutSafetyCheck=True), at="bypassPolicyLockoutSafetyCheck"),
    passes("absent", key()),
    passes("kept", key(bypassPolicyLockoutSafetyCheck=False)),
    fails(
        "a separate policy",
        R("aws:kms/keyPolicy:KeyPolicy", "policy", bypassPolicyLockoutSafetyCheck="true"),
        at="bypassPolicyLockoutSafetyCheck",
    ),
    undecided("unknown", key(bypassPolicyLockoutSafetyCheck=UNKNOWN)),
)

test_deletion_window = table(
    "kms-deletion-window",
    fails("the shortest", key(deletionWindowInDays=7), at="deletionWindowInDays", says="14"),
    passes("absent means thirty days", key()),
    passes("seven, where seven are asked", key(deletionWindowInDays=7), parameters={"days": 7}),
    fails("disabled", key(isEnabled=False), at="isEnabled"),
    undecided("unknown", key(deletionWindowInDays=UNKNOWN), at="deletionWindowInDays"),
)

test_key_principals_limited = table(
    "kms-key-principals-limited",
    fails("everybody", key(policy=text("*", "kms:Decrypt")), at="policy"),
    passes("the account", key(policy=text(ROOT))),
    passes(
        "everybody through one account",
        key(policy=text({"AWS": "*"}, Condition={"StringEquals": {"kms:CallerAccount": "210987654321"}})),
    ),
    passes("the default policy", key()),
    fails(
        "a separate policy",
        R("aws:kms/keyPolicy:KeyPolicy", "policy", keyId="0a1b", policy=text({"AWS": ["*"]})),
        at="policy",
    ),
    undecided("unknown", key(policy=UNKNOWN), at="policy"),
)
