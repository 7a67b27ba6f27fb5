"""Users: groups, and no credentials that last."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided
from tests.rules.iam.parts import ROLE, text

USER_POLICY = "aws:iam/userPolicy:UserPolicy"


GROUP_MEMBERSHIP = "aws:iam/groupMembership:GroupMembership"


USER_MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"


USER = R("aws:iam/user:User", "user")


OTHER_USER = R("aws:iam/user:User", "other")


GROUP = R("aws:iam/group:Group", "group")


OTHER_GROUP = R("aws:iam/group:Group", "others")


INSIDE = R("program:index:Team", "team")


ACCESS_KEY = "aws:iam/accessKey:AccessKey"


test_access_keys_absent = table(
    "iam-access-keys-absent",
    fails("a key", R(ACCESS_KEY, "key", user=USER.name), USER, at="status"),
    passes("switched off", R(ACCESS_KEY, "key", user=USER.name, status="Inactive"), USER),
    fails("active", R(ACCESS_KEY, "key", user="ci", status="Active"), at="status"),
    undecided("unknown", R(ACCESS_KEY, "key", user="ci", status=UNKNOWN), at="status"),
)


test_console_passwords_absent = table(
    "iam-console-passwords-absent",
    fails("a password", R("aws:iam/userLoginProfile:UserLoginProfile", "login", user=USER.name), USER, at="user"),
    passes("a user without one", USER),
)


test_group_has_users = table(
    "iam-group-has-users",
    fails("nobody", GROUP, says="no membership created here puts a user in the group"),
    passes("a GroupMembership", GROUP, R(GROUP_MEMBERSHIP, "m", group=GROUP.name, users=[USER.name]), USER),
    passes("a UserGroupMembership", GROUP, R(USER_MEMBERSHIP, "m", user=USER.name, groups=[OTHER_GROUP.name, GROUP.name]), USER, R("program:index:X", "x")),
    passes("in a component", GROUP, R(GROUP_MEMBERSHIP, "m", group=GROUP.name, users=["ann"], parent=INSIDE)),
    fails("an empty membership", GROUP, R(GROUP_MEMBERSHIP, "m", group=GROUP.name, users=[]), says="no membership created here puts a user in the group"),
    fails("another group's", GROUP, OTHER_GROUP, R(GROUP_MEMBERSHIP, "m", group=OTHER_GROUP.name, users=["ann"]), on=["group"], says="no membership created here puts a user in the group"),
    undecided("an unknown group", GROUP, R(GROUP_MEMBERSHIP, "m", group=UNKNOWN, users=["ann"])), given=[OTHER_GROUP, INSIDE],
)  # fmt: skip


test_user_in_group = table(
    "iam-user-in-group",
    fails("none", USER, says="no membership created here puts the user in a group"),
    passes("a UserGroupMembership", USER, R(USER_MEMBERSHIP, "m", user=USER.name, groups=["staff"])),
    passes("a GroupMembership", USER, R(GROUP_MEMBERSHIP, "m", group=GROUP.name, users=[USER.name]), GROUP),
    fails("another user's", USER, OTHER_USER, R(USER_MEMBERSHIP, "m", user=OTHER_USER.name, groups=["staff"]), on=["user"], says="no membership created here puts the user in a group"),
    undecided("an unknown user", USER, R(USER_MEMBERSHIP, "m", user=UNKNOWN, groups=["staff"])),
)  # fmt: skip


POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"


test_user_permissions_by_group = table(
    "iam-user-permissions-by-group",
    fails("a policy of a user", R(USER_POLICY, "policy", user=USER.name, policy="{}"), USER, at="user"),
    passes("attached to a group", R(POLICY_ATTACHMENT, "a", groups=["staff"], policyArn="arn:aws:iam::aws:policy/x")),
    passes("an empty list", R(POLICY_ATTACHMENT, "a", groups=["staff"], users=[])),
    fails("attached to a user", R("aws:iam/userPolicyAttachment:UserPolicyAttachment", "a", user=UNKNOWN), at="user"),
    fails("attached to users", R(POLICY_ATTACHMENT, "a", users=["ann"]), at="users"),
    undecided("unknown users", R(POLICY_ATTACHMENT, "a", users=UNKNOWN), at="users"),
)


test_policies_managed = table(
    "iam-policies-managed",
    fails("a RolePolicy", R("aws:iam/rolePolicy:RolePolicy", "policy", role="app", policy=text("s3:GetObject")), at="policy"),
    passes("a role without", R(ROLE, "role", assumeRolePolicy="{}")),
    passes("an empty entry forbids them", R(ROLE, "role", inlinePolicies=[{}])),
    fails("inline of a role", R(ROLE, "role", inlinePolicies=[{"name": "a", "policy": UNKNOWN}]), at="inlinePolicies"),
    undecided("unknown", R(ROLE, "role", inlinePolicies=UNKNOWN), at="inlinePolicies"),
)  # fmt: skip


STRICT = {
    "minimumPasswordLength": 14,
    "passwordReusePrevention": 24,
    "maxPasswordAge": 90,
    "requireLowercaseCharacters": True,
    "requireUppercaseCharacters": True,
    "requireNumbers": True,
    "requireSymbols": True,
}


def passwords(**changes: object) -> R:
    values = {key: value for key, value in {**STRICT, **changes}.items() if value is not None}
    return R("aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "passwords", **values)


test_password_policy = table(
    "iam-password-policy",
    fails("short", passwords(minimumPasswordLength=8), at="minimumPasswordLength", says="14 characters"),
    passes("strict", passwords()),
    passes("as configured", passwords(minimumPasswordLength=10, maxPasswordAge=180), parameters={"length": 10, "days": 180}),
    fails("no age limit", passwords(maxPasswordAge=None), at="maxPasswordAge"),
    fails("a flag absent", passwords(requireSymbols=None), at="requireSymbols", says="symbols"),
    fails("old passwords", passwords(passwordReusePrevention=5), at="passwordReusePrevention"),
    fails("an unknown hides no other", passwords(requireNumbers=False, requireSymbols=UNKNOWN), at="requireNumbers", also_undecided=True),
    undecided("unknown", passwords(maxPasswordAge=UNKNOWN), at="maxPasswordAge"),
)  # fmt: skip
