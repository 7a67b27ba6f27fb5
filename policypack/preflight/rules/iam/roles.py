"""Roles: who may assume them, and which policies they have."""

from __future__ import annotations

import re
from typing import Final

from ...documents import iam
from ...documents.answer import either, every
from ...documents.arn import Arn
from ...facts import iam as facts
from ...facts import principals
from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, deferred, rule
from ...stack import Stack
from .._shared_graph import listed, settled
from .._shared_roles import ATTACHMENT, POLICY, POLICY_ATTACHMENT, ROLE, ROLE_POLICY
from ._documents import GROUP_ATTACHMENT, PERMISSION_SET_ATTACHMENT, USER_ATTACHMENT

_OWN_ACTIONS: Final = {
    "Federated": ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"),
    "Service": ("sts:AssumeRole",),
}
_USERS: Final = tuple(dict.fromkeys(kind for kind, _ in principals.ASSUMED_BY))


@rule(_USERS, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def role_trusts_service(user: Resource, stack: Stack) -> Findings:
    """A role of the program that is given to a service trusts that service.

    Why: The service can't assume it, and refuses the resource that names it ("InvalidParameterValueException: The role
    defined for the function cannot be assumed by Lambda", "InvalidParameterException: Role … should be given assume
    role permissions for CodeBuild").
    Fix: Allow the service's principal sts:AssumeRole in the role's `assumeRolePolicy`.
    Source: AWS IAM User Guide, "Create a role to delegate permissions to an AWS service", and the page on the role in
    each service's guide.
    """
    for (kind, path), services in principals.ASSUMED_BY.items():
        if user.is_a(kind) and user.has(path):
            with deferred():
                yield from _untrusted(stack, user, path, services)


def _untrusted(stack: Stack, user: Resource, path: str, services: tuple[str, ...]) -> Findings:
    for role in _roles_of(stack, user, path):
        document = iam.parse(role.raw("assumeRolePolicy"))
        callers = [iam.service(name, region=user.known_region) for name in services]
        answer = either(document.allows("sts:AssumeRole", principal=caller) for caller in callers)
        if document.error or not role.has("assumeRolePolicy"):
            continue
        if not settled(answer, role, "assumeRolePolicy"):
            yield user.finding(
                f"role '{role.name}' does not trust {' or '.join(services)}; allow that principal sts:AssumeRole in "
                "its `assumeRolePolicy`",
                at=path,
            )


def _roles_of(stack: Stack, user: Resource, path: str) -> list[Resource]:
    if "." not in path:
        return stack.referred_by(user, path, ROLE).certain
    # An object depends on all that its parts come from: only a role that is the only one can be meant by this part.
    if not user.is_unknown(path):
        value = user.text(path)
        return [role for role in stack.of_type(ROLE) if value in stack.identities(role)]
    top = path.partition(".")[0]
    roles = [
        role
        for urn in user.property_dependencies.get(top, ())
        if (role := stack.get(urn)) is not None and role.is_a(ROLE)
    ]
    if len(roles) != 1:
        raise Undecided(path, user.urn)
    return roles


@rule(ROLE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def trust_policy_actions_valid(role: Resource) -> Findings:
    """A trust policy allows the STS action by which its principals assume the role.

    Why: IAM refuses other actions ("MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole
    actions"). An action for another kind of principal deploys, and the role can't be assumed ("AccessDenied: Not
    authorized to perform sts:AssumeRoleWithWebIdentity").
    Fix: Allow sts:AssumeRole to services and AWS principals, sts:AssumeRoleWithWebIdentity to OIDC providers,
    sts:AssumeRoleWithSAML to SAML providers.
    Source: AWS IAM User Guide, "Creating a role for a third-party identity provider"; AWS STS API Reference.
    """
    if not role.has("assumeRolePolicy"):
        return
    document = iam.parse(role.raw("assumeRolePolicy"))
    taken = {action.lower() for action in facts.TRUST_ACTIONS}
    for statement in document.statements:
        wrong = [
            action
            for action in (*statement.actions, *statement.not_actions)
            if not any(sign in action for sign in "*?$") and ":" in action and action.lower() not in taken
        ]
        if wrong:
            yield role.finding(
                f"{statement.label} has {listed(wrong)}; a trust policy may contain only the "
                "sts:AssumeRole actions, sts:TagSession, sts:SetSourceIdentity and sts:SetContext",
                at="assumeRolePolicy",
            )
            continue
        yield from _unfit(role, statement)
    if not document.is_known and not document.error:
        raise Undecided("assumeRolePolicy", role.urn)


def _unfit(role: Resource, statement: iam.Statement) -> Findings:
    kinds = {principal.kind for principal in statement.principals}
    assumes = [action for action in statement.actions if action.lower().startswith("sts:assumerole")]
    if statement.effect != "Allow" or len(kinds) != 1 or not assumes:
        return
    kind = next(iter(kinds))
    needed = _OWN_ACTIONS.get(kind, ())
    if needed and every(statement.takes_action(action) is False for action in needed):
        yield role.finding(
            f"{statement.label} allows a {kind} principal only {listed(assumes)}, which does not let "
            f"it assume the role; allow {needed[0]}",
            at="assumeRolePolicy",
            severity=Severity.HIGH,
        )


_ATTACHED: Final = {ROLE: "managedPolicyArns", PERMISSION_SET_ATTACHMENT: "managedPolicyArn"}


@rule(
    (ATTACHMENT, USER_ATTACHMENT, GROUP_ATTACHMENT, POLICY_ATTACHMENT, ROLE, PERMISSION_SET_ATTACHMENT),
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
)
def managed_policy_exists(resource: Resource) -> Findings:
    """An attached AWS managed policy exists under that path and name.

    Why: IAM refuses others ("NoSuchEntity: Policy arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole does not exist or
    is not attachable"). Many have a path, such as service-role/, that is easily left out.
    Fix: Use the ARN that the message gives. A name far from every listed one is only advised on: the list is dated.
    Source: AWS Managed Policy Reference Guide.
    """
    path = _ATTACHED.get(resource.kind, "policyArn")
    for index, value in enumerate(_values(resource, path)):
        arn = Arn.parse(value)
        if arn is None or arn.account != "aws" or arn.service != "iam" or facts.managed_policy_exists(value):
            continue
        where = f"{path}[{index}]" if isinstance(resource.raw(path), list) else path
        name = arn.name.rpartition("/")[2]
        near = name if facts.managed_policy_path(name) else next(iter(facts.nearest_managed_policies(name, 1)), "")
        meant = facts.managed_policy_arn(near, arn.partition)
        sure = near == name or (near and facts.edits(name, near) <= 3 and not _is_other_edition(name, near))
        yield resource.finding(
            f"{value} is not an AWS managed policy (list of {facts.policies_dated()})"
            + (f"; use {meant}" if meant else "; look its ARN up in the AWS Managed Policy Reference"),
            at=where,
            severity=None if sure else Severity.LOW,
        )
    if resource.is_unknown(path):
        raise Undecided(path, resource.urn)


def _values(resource: Resource, path: str) -> list[str]:
    value = resource.raw(path)
    return [str(item) for item in (value if isinstance(value, list) else [] if value is None else [value])]


def _is_other_edition(name: str, near: str) -> bool:
    """Whether two names differ only in a version or in case: a newer edition than the list has, perhaps."""
    one, other = (re.sub(r"_?v?\d+", "", text.lower()) for text in (name, near))
    return one == other


@rule(ROLE, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def role_policies_single_owner(role: Resource, stack: Stack) -> Findings:
    """A role that owns its policies exclusively is not the target of separate policy resources.

    Why: `managedPolicyArns` and `inlinePolicies` are the whole list: each update of the role detaches what an
    attachment or a RolePolicy added, and the next one adds it again. No error is reported; permissions come and go.
    Fix: Keep to one way: attachments and RolePolicy resources, or the lists of the role.
    Source: Pulumi AWS, "`aws.iam.Role`" (`managedPolicyArns`, `inlinePolicies`); "`aws.iam.RolePolicyAttachment`".
    """
    if role.has("managedPolicyArns"):
        own = set(_values(role, "managedPolicyArns"))
        ours = {policy.urn for policy in stack.referred_by(role, "managedPolicyArns", POLICY).certain}
        others = [
            attachment
            for kind, via in ((ATTACHMENT, "role"), (POLICY_ATTACHMENT, "roles"))
            for attachment in stack.referring_to(role, kind, via=via).certain
            if not _is_listed(stack, attachment, own, ours)
        ]
        if others:
            yield role.finding(
                f"`managedPolicyArns` is the whole list of the role's policies, and '{others[0].name}' attaches "
                "another: each undoes the other. Attach all in one way",
                at="managedPolicyArns",
            )
    if role.has("inlinePolicies"):
        separate = stack.referring_to(role, ROLE_POLICY, via="role").certain
        if separate:
            yield role.finding(
                "`inlinePolicies` is the whole list of the role's inline policies, and RolePolicy "
                f"'{separate[0].name}' adds another: each undoes the other. Write all in one way",
                at="inlinePolicies",
            )


def _is_listed(stack: Stack, attachment: Resource, own: set[str], ours: set[str]) -> bool:
    known = attachment.known("policyArn")
    policies = {policy.urn for policy in stack.referred_by(attachment, "policyArn", POLICY).certain}
    return known in own or bool(policies & ours) or (known is None and not policies)
