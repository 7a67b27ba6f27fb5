"""What IAM and the services refuse in the text of a policy."""

from __future__ import annotations

from collections.abc import Iterable

from ...documents import arn, iam
from ...facts import principals
from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_roles import POLICY, ROLE
from ._documents import (
    BUCKET_POLICY,
    IDENTITY,
    KEY,
    KEY_POLICY,
    OTHERS,
    PERMISSION,
    PRINCIPAL_CHECKED,
    RESOURCE_BASED,
    UNIQUE_SIDS,
    Written,
    documents,
)


def _reported(resource: Resource, written: Written, found: Iterable[iam.Problem], fix: str) -> Findings:
    """One finding on what is wrong with a document, the first three problems named; undecided where it is not known."""
    problems = list(found)
    if problems:
        told = "; ".join(str(problem) for problem in problems[:3])
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        yield resource.finding(f"{told}{more}; {fix}", at=written.path)
    elif not written.document.complete:
        raise Undecided(written.path, resource.urn)


@rule((POLICY, ROLE, *IDENTITY, *RESOURCE_BASED, *OTHERS), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def policy_document_valid(resource: Resource) -> Findings:
    """A policy document is JSON in the grammar of the policy language.

    Why: AWS refuses it ("MalformedPolicyDocument: Syntax errors in policy", "MalformedPolicy: Policy has invalid
    action"), often after the resource it protects is there. Typical causes are today's date as Version, an effect
    written in small letters, and a misspelt element or condition operator.
    Fix: Fix the element that the message names; Version is "2012-10-17".
    Source: AWS IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".
    """
    for written in documents(resource):
        found = iam.problems(written.document)
        if not resource.is_a(*UNIQUE_SIDS):
            found = [problem for problem in found if not problem.path.endswith(".Sid")]
        yield from _reported(resource, written, found, "correct the policy document")


@rule(IDENTITY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def identity_policy_elements_valid(policy: Resource) -> Findings:
    """The statements of an identity policy name resources, and no principal.

    Why: IAM refuses a principal in the policy of a role, user or group ("MalformedPolicyDocument: Policy document
    should not specify a principal") and a statement without a resource ("Policy statement must contain resources").
    Fix: Move a principal to the trust policy or to the resource's own policy; add Resource.
    Source: AWS IAM User Guide, "AWS JSON policy elements: Principal" and "IAM JSON policy elements: Resource".
    """
    for written in documents(policy):
        found = iam.identity_problems(written.document)
        yield from _reported(policy, written, found, "correct the identity policy")


@rule((ROLE, *RESOURCE_BASED), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def resource_policy_elements_valid(resource: Resource) -> Findings:
    """The statements of a resource policy name a principal; those of a trust policy do, and no resource.

    Why: AWS refuses a statement without a principal ("MalformedPolicy: Missing required field Principal") and a trust
    policy with a resource ("MalformedPolicyDocument: Has prohibited field Resource").
    Fix: Add Principal; drop Resource from a trust policy, whose resource is the role itself.
    Source: AWS IAM User Guide, "AWS JSON policy elements: Principal"; "How to use trust policies with IAM roles".
    """
    for written in documents(resource):
        if written.is_trust:
            yield from _reported(resource, written, iam.trust_problems(written.document), "correct the trust policy")
        elif not resource.is_a(ROLE):
            yield from _reported(resource, written, iam.resource_problems(written.document), "add a Principal")


@rule((ROLE, *PRINCIPAL_CHECKED), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def principal_valid(resource: Resource) -> Findings:
    """An AWS principal is '*', an account, or the exact ARN of an account's root, a role, a user or a session.

    Why: AWS refuses others ("MalformedPolicyDocument: Invalid principal in policy"): wildcards inside an ARN, groups,
    and services or identity providers under the key AWS.
    Fix: Name the exact principal; for many of one account name its root and add a condition on aws:PrincipalArn.
    Source: AWS IAM User Guide, "AWS JSON policy elements: Principal".
    """
    for written in documents(resource):
        if resource.is_a(ROLE) and not written.is_trust:
            continue
        found = [
            iam.Problem(f"{statement.path}.Principal", problem)
            for statement in written.document.statements
            for principal in (*statement.principals, *statement.not_principals)
            # A bare text where an object has to stand is a matter of the grammar.
            if isinstance(written.document.raw, dict) and (problem := iam.principal_problem(principal))
        ]
        yield from _reported(resource, written, found, "name an account, or the ARN of its root, a role or a user")


@rule((ROLE, PERMISSION, *PRINCIPAL_CHECKED), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def service_principal_known(resource: Resource) -> Findings:
    """A service principal is spelled as AWS spells it.

    Why: AWS refuses others ("MalformedPolicyDocument: Invalid principal in policy"), such as lambda.aws.com. Only a
    name one or two letters away from a listed one counts as misspelt: the list is dated and not complete.
    Fix: Use the spelling that the message gives.
    Source: AWS IAM User Guide, "AWS JSON policy elements: Principal", "AWS service principals".
    """
    if resource.is_a(PERMISSION):
        principal = resource.text("principal") or ""
        if "." in principal:
            yield from _misspelt(resource, "principal", [principal])
        return
    for written in documents(resource):
        named = [
            principal.value
            for statement in written.document.statements
            for principal in (*statement.principals, *statement.not_principals)
            if principal.kind == "Service" and not principal.is_unknown and principal.value != "*"
        ]
        found = list(_misspelt(resource, written.path, named))
        yield from found
        if not found and not written.document.complete:
            raise Undecided(written.path, resource.urn)


def _misspelt(resource: Resource, path: str, named: Iterable[str]) -> Findings:
    for principal in dict.fromkeys(named):
        meant = principals.nearest(principal)
        if meant:
            yield resource.finding(
                f"'{principal}' is not a service principal (list of {principals.dated()}); use '{meant}'", at=path
            )


@rule((ROLE, BUCKET_POLICY, KEY, KEY_POLICY), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def principal_created_first(resource: Resource, stack: Stack) -> Findings:
    """A policy that names a role of the same program waits for it.

    Why: IAM, S3 and KMS look the principal up when the policy is set. An ARN written as text has no dependency, so that
    on the first deployment the role may not be there ("MalformedPolicyDocument: Invalid principal in policy:
    'AWS':'arn:aws:iam::…:role/worker'").
    Fix: Build the policy from role.arn, or add `dependsOn`.
    Source: AWS IAM User Guide, "Troubleshoot resource-based policies", "AWS JSON policy elements: Principal".
    """
    roles = _roles_by_name(stack)
    for written in documents(resource):
        if not roles or (resource.is_a(ROLE) and not written.is_trust):
            continue
        if not written.document.complete:
            raise Undecided(written.path, resource.urn)
        for value in _role_principals(written.document):
            role = roles.get(value.partition(":role/")[2])
            # Once its ARN is known the role exists: either this one, or there is none of that account.
            if role is None or role is resource or role.known_output("arn") is not None or _is_foreign(role, value):
                continue
            if not stack.waits_for(resource, role):
                yield resource.finding(
                    f"the policy names {value} by a literal, and nothing makes it wait for role '{role.name}', which "
                    "this program creates; build it from the role's arn",
                    at=written.path,
                    certainty=Certainty.RACE,
                )


def _roles_by_name(stack: Stack) -> dict[str, Resource]:
    """The roles whose name the program gives, by path and name as in an ARN."""

    def make(found: Stack) -> dict[str, Resource]:
        named: dict[str, Resource] = {}
        for role in found.of_type(ROLE):
            name, path = role.known("name"), role.known("path") or "/"
            if isinstance(name, str) and isinstance(path, str) and not role.is_unknown("path"):
                named[f"{path.lstrip('/')}{name}"] = role
        return named

    return stack.once("iam roles by path and name", make)


def _role_principals(document: iam.Document) -> list[str]:
    return [
        value
        for value in dict.fromkeys(
            principal.value
            for statement in document.statements
            for principal in (*statement.principals, *statement.not_principals)
            if principal.kind == "AWS" and not principal.is_unknown
        )
        if (parsed := arn.Arn.parse(value)) and parsed.service == "iam" and parsed.resource.startswith("role/")
    ]


def _is_foreign(role: Resource, value: str) -> bool:
    """Whether an ARN is of another account than the one the role's provider is held to."""
    if role.provider is None:
        return False
    allowed = role.provider.view.raw("allowedAccountIds")
    return isinstance(allowed, list) and bool(allowed) and str(arn.account_of(value)) not in map(str, allowed)
