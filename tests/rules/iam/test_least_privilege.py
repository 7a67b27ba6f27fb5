"""Least privilege: wildcards, administrators, decryption, AWS's own policies."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided
from preflight.testing.program import ACCOUNT
from tests.rules.iam.parts import ROLE, text

POLICY = "aws:iam/policy:Policy"


ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


USER_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"


AWS = "arn:aws:iam::aws:policy"


def policy(value: object) -> R:
    return R(POLICY, "policy", policy=value)


ONE = "arn:aws:s3:::reports/a.csv"


test_policy_wildcard_free = table(
    "iam-policy-wildcard-free",
    fails("an action", policy(text("s3:Get*", ONE)), at="policy", says="'s3:Get*'"),
    passes("none", policy(text("s3:GetObject", ONE))),
    passes("a denial", policy(text("s3:*", "*", Effect="Deny"))),
    passes("a trust policy", R(ROLE, "role", assumeRolePolicy=text("*", "*"))),
    fails("an action and a resource", policy(text("s3:Get*", "*")), on=["policy", "policy"], at="policy"),
    fails(
        "inline of a role",
        R(ROLE, "role", inlinePolicies=[{"policy": text("s3:GetObject", "*")}]),
        at="inlinePolicies[0].policy",
    ),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)


KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"


VIA = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


test_kms_decryption_limited = table(
    "iam-kms-decryption-limited",
    fails("every key", policy(text("kms:Decrypt", "*")), at="policy"),
    passes("one key", policy(text("kms:Decrypt", KEY))),
    passes("encryption only", policy(text("kms:Encrypt", "*"))),
    passes("through one service", policy(text("kms:Decrypt", "*", Condition=VIA))),
    passes("everything is another rule's", policy(text("*", "*"))),
    fails("a wildcard", policy(text("kms:*", "arn:aws:kms:*:*:key/*")), at="policy"),
    fails(
        "inline of a role",
        R(ROLE, "role", inlinePolicies=[{"policy": text(["kms:ReEncrypt*"], "*")}]),
        at="inlinePolicies[0].policy",
    ),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)


ADMIN = f"{AWS}/AdministratorAccess"


test_attached_policies_below_admin = table(
    "iam-attached-policies-below-admin",
    fails("AdministratorAccess", R(ATTACHMENT, "a", role="app", policyArn=ADMIN), at="policyArn"),
    passes("another", R(ATTACHMENT, "a", role="app", policyArn=f"{AWS}/ReadOnlyAccess")),
    passes("of the account", R(ATTACHMENT, "a", role="app", policyArn=f"arn:aws:iam::{ACCOUNT}:policy/AdministratorAccess")),
    fails("in a list", R(ROLE, "role", managedPolicyArns=[f"{AWS}/ReadOnlyAccess", ADMIN]), at="managedPolicyArns[1]"),
    fails("as configured", R(USER_ATTACHMENT, "a", policyArn=f"{AWS}/IAMFullAccess"), parameters={"policies": ["IAMFullAccess"]}, at="policyArn"),
    undecided("unknown", R(ATTACHMENT, "a", role="app", policyArn=UNKNOWN), at="policyArn"),
)  # fmt: skip


test_attached_policies_own = table(
    "iam-attached-policies-own",
    fails("of AWS", R(ATTACHMENT, "a", role="app", policyArn=f"{AWS}/ReadOnlyAccess"), at="policyArn", says="ReadOnlyAccess"),
    passes("of the account", R(ATTACHMENT, "a", role="app", policyArn=f"arn:aws:iam::{ACCOUNT}:policy/own")),
    fails("in a list", R(ROLE, "role", managedPolicyArns=[f"{AWS}/ReadOnlyAccess", ADMIN]), on=["role", "role"], says="attaches the AWS managed policy"),
    passes("a role without", R(ROLE, "role")),
    undecided("unknown", R(ATTACHMENT, "a", role="app", policyArn=UNKNOWN), at="policyArn"),
)  # fmt: skip


test_policy_below_admin = table(
    "iam-policy-below-admin",
    fails("everything", policy(text("*", "*")), at="policy", says="statement 1"),
    passes("one action", policy(text("s3:GetObject"))),
    passes("everything on one resource", policy(text("*"))),
    passes("a denial", policy(text("*", "*", Effect="Deny"))),
    passes("a trust policy", R(ROLE, "role", assumeRolePolicy=text("*", "*"))),
    fails("in lists", policy(text(["s3:GetObject", "*:*"], ["*"])), at="policy"),
    fails("inline of a role", R(ROLE, "role", inlinePolicies=[{"policy": text("*", "*")}]), at="inlinePolicies[0].policy"),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)  # fmt: skip


test_policy_service_access_limited = table(
    "iam-policy-service-access-limited",
    fails("a whole service", policy(text("s3:*")), at="policy", says="s3"),
    passes("one action", policy(text("s3:GetObject"))),
    passes("a part of a service", policy(text("s3:Get*"))),
    passes("a denial", policy(text("s3:*", "*", Effect="Deny"))),
    passes("everything is another rule's", policy(text("*", "*"))),
    fails("in a list", policy(text(["s3:GetObject", "dynamodb:*"])), says="dynamodb"),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)
