"""Users: groups, and no credentials that last."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Parameter, Parameters, Severity, Undecided, deferred, rule
from ...stack import Stack
from .._shared_graph import listed
from .._shared_roles import POLICY_ATTACHMENT, ROLE
from ._documents import GROUP, INLINE, USER, USER_ATTACHMENT, USER_POLICY, inline_documents

_ACCESS_KEY: Final = "aws:iam/accessKey:AccessKey"


_LOGIN_PROFILE: Final = "aws:iam/userLoginProfile:UserLoginProfile"


_GROUP_MEMBERSHIP: Final = "aws:iam/groupMembership:GroupMembership"


_USER_MEMBERSHIP: Final = "aws:iam/userGroupMembership:UserGroupMembership"


_PASSWORD_POLICY: Final = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"


@rule(
    _ACCESS_KEY,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def access_keys_absent(key: Resource) -> Findings:
    """No active long-lived access key is declared.

    Why: An access key works until somebody deletes it, and its secret stands in the stack's state. The age of keys,
    which the frameworks ask about, is a matter of the live account; without keys the question does not arise.
    Fix: Use roles (for workloads, OIDC federation for CI, IAM Identity Center for people); set status to "Inactive"
    until a key is gone.
    Source: AWS IAM User Guide, "Security best practices in IAM"; AWS Config rule access-keys-rotated.
    """
    if key.text("status") != "Inactive":
        yield key.finding("declares an active long-lived access key; let the user assume a role instead", at="status")


@rule(
    (_LOGIN_PROFILE, USER),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def console_passwords_absent(profile: Resource) -> Findings:
    """No console password is declared.

    Why: Whether its user has an MFA device is a matter of the live account; a user without a password needs none.
    Fix: Let people sign in through IAM Identity Center, and drop the UserLoginProfile.
    Source: AWS IAM User Guide, "Security best practices in IAM"; AWS Config rule mfa-enabled-for-iam-console-access.
    """
    if profile.is_a(_LOGIN_PROFILE):
        yield profile.finding("declares a console password; let people sign in through IAM Identity Center", at="user")


@rule(
    GROUP,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def group_has_users(group: Resource, stack: Stack) -> Findings:
    """A membership resource of the program puts at least one user in each group.

    Why: A group without users grants nothing and hides who really has its permissions.
    Fix: Add `aws.iam.GroupMembership` or `aws.iam.UserGroupMembership`, or drop the group.
    Source: AWS IAM User Guide, "IAM user groups"; AWS Config rule iam-group-has-users-check.
    """
    if stack.referring_to(group, _USER_MEMBERSHIP, via="groups"):
        return
    if not any(member.has("users") for member in stack.referring_to(group, _GROUP_MEMBERSHIP, via="group")):
        yield group.finding("no membership created here puts a user in the group")


@rule(
    USER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def user_in_group(user: Resource, stack: Stack) -> Findings:
    """Each user is in at least one group.

    Why: Permissions by group are seen and changed in one place; those of single users are forgotten.
    Fix: Add `aws.iam.UserGroupMembership` for the user.
    Source: AWS IAM User Guide, "IAM user groups"; AWS Config rule iam-user-group-membership-check.
    """
    if stack.referring_to(user, _GROUP_MEMBERSHIP, via="users"):
        return
    if not any(member.has("groups") for member in stack.referring_to(user, _USER_MEMBERSHIP, via="user")):
        yield user.finding("no membership created here puts the user in a group")


@rule(
    (USER_POLICY, USER_ATTACHMENT, POLICY_ATTACHMENT),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def user_permissions_by_group(resource: Resource) -> Findings:
    """Users get permissions through groups or roles only.

    Why: Policies on single users are easily forgotten when a person changes tasks.
    Fix: Attach the policy to a group of which the user is a member.
    Source: AWS IAM User Guide, "Security best practices in IAM"; AWS Config rule iam-user-no-policies-check.
    """
    path = "users" if resource.is_a(POLICY_ATTACHMENT) else "user"
    if resource.has(path):
        if resource.is_unknown(path) and path == "users":
            raise Undecided(path, resource.urn)
        yield resource.finding("gives a policy to a single user; attach it to a group", at=path)


@rule(
    (*INLINE, ROLE),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def policies_managed(resource: Resource) -> Findings:
    """Permissions live in managed policies, not in inline ones.

    Why: Managed policies have versions, can be rolled back, and are seen in one place by whoever reviews them.
    Fix: Make an `aws.iam.Policy` and attach it.
    Source: AWS IAM User Guide, "Managed policies and inline policies"; AWS Config rule iam-no-inline-policy-check.
    """
    if not resource.is_a(ROLE):
        yield resource.finding("is an inline policy; make an `aws.iam.Policy` and attach it", at="policy")
        return
    written = list(inline_documents(resource))
    if any(entry.path.endswith(".policy") for entry in written):
        yield resource.finding("has inline policies; make an `aws.iam.Policy` and attach it", at="inlinePolicies")
    elif written:
        raise Undecided("inlinePolicies", resource.urn)


@rule(
    _PASSWORD_POLICY,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
    parameters={
        "length": Parameter.of(14, "Least length of a password, in characters.", minimum=6, maximum=128),
        "reuse": Parameter.of(24, "Number of former passwords that can't be used again.", minimum=1, maximum=24),
        "days": Parameter.of(90, "Greatest age of a password, in days.", minimum=1, maximum=1095),
    },
)
def password_policy(policy: Resource, parameters: Parameters) -> Findings:
    """A declared account password policy asks for length, all classes of characters, new passwords, and an age limit.

    Why: What the resource leaves out is switched off: without a value IAM asks for 6 characters, of any class, for
    ever.
    Fix: Set `minimumPasswordLength=14`, `passwordReusePrevention=24`, `maxPasswordAge=90` and the four require_ flags.
    Source: AWS IAM User Guide, "Set an account password policy for IAM users"; AWS Config rule iam-password-policy.
    """
    lacking: list[tuple[str, str]] = []
    with deferred():
        if (policy.number("minimumPasswordLength") or 6) < parameters["length"]:
            lacking.append(("minimumPasswordLength", f"at least {parameters['length']} characters"))
    with deferred():
        if (policy.number("passwordReusePrevention") or 0) < parameters["reuse"]:
            lacking.append(("passwordReusePrevention", f"none of the last {parameters['reuse']} passwords"))
    with deferred():
        if not 0 < (policy.number("maxPasswordAge") or 0) <= parameters["days"]:
            lacking.append(("maxPasswordAge", f"a new password every {parameters['days']} days"))
    for word in ("Lowercase", "Uppercase"):
        with deferred():
            if not policy.flag(f"require{word}Characters"):
                lacking.append((f"require{word}Characters", f"{word.lower()} letters"))
    for word in ("Numbers", "Symbols"):
        with deferred():
            if not policy.flag(f"require{word}"):
                lacking.append((f"require{word}", word.lower()))
    if lacking:
        yield policy.finding(
            "the password policy does not require " + listed((wanted for _, wanted in lacking), 7), at=lacking[0][0]
        )
