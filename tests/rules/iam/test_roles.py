"""IAM: trust policies and attachments of roles."""

from __future__ import annotations

import json

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided
from preflight.testing.program import ACCOUNT

COMPONENT = R("program:index:App", "app")

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
FUNCTION = "aws:lambda/function:Function"
SCHEDULE = "aws:scheduler/schedule:Schedule"


def trust(principal: object, actions: object = "sts:AssumeRole") -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": actions, "Principal": principal}]})


def role(value: object, name: str = "role", /, **properties: object) -> R:
    return R(ROLE, name, assumeRolePolicy=value, **properties)


def by(service: str) -> object:
    return {"Service": f"{service}.amazonaws.com"}


FITS, OTHER, HIDDEN = role(trust(by("lambda"))), role(trust(by("ec2"))), role(UNKNOWN)
INSIDE = role(trust(by("ec2")), parent=COMPONENT)
SCHEDULER = role(trust(by("scheduler")))
QUEUE = R("aws:sqs/queue:Queue", "queue")

test_role_trusts_service = table(
    "iam-role-trusts-service",
    fails("another service", R(FUNCTION, "function", role=OTHER.arn), OTHER, at="role", says=["'role'", "lambda.amazonaws.com"]),
    passes("the service", R(FUNCTION, "function", role=FITS.arn), FITS),
    passes("several services", R(FUNCTION, "f", role=FITS.arn), role(trust({"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}))),
    passes("a role from outside", R(FUNCTION, "f", role=f"arn:aws:iam::{ACCOUNT}:role/x"), OTHER),
    passes("inside an object", R(SCHEDULE, "s", target={"arn": QUEUE.arn, "roleArn": SCHEDULER.arn}), SCHEDULER, QUEUE),
    fails("inside an object, another service", R(SCHEDULE, "s", target={"arn": QUEUE.arn, "roleArn": OTHER.arn}), OTHER, QUEUE, at="target.roleArn"),
    fails("in a component", R(FUNCTION, "f", role=INSIDE.arn), INSIDE, at="role"),
    fails("provider v6", R(FUNCTION, "f", role=OTHER.arn, provider=V6), OTHER, at="role"),
    undecided("an unknown trust policy", R(FUNCTION, "f", role=HIDDEN.arn), HIDDEN, at="assumeRolePolicy"), given=[INSIDE, COMPONENT],
)  # fmt: skip

OIDC = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}
SAML = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"}

test_trust_policy_actions_valid = table(
    "iam-trust-policy-actions-valid",
    fails("another action", role(trust(by("lambda"), "lambda:InvokeFunction")), at="assumeRolePolicy", says="lambda:InvokeFunction"),
    passes("the action of a service", role(trust(by("lambda"), ["sts:AssumeRole", "sts:TagSession"]))),
    passes("OIDC", role(trust(OIDC, "sts:AssumeRoleWithWebIdentity"))),
    passes("SAML", role(trust(SAML, ["sts:AssumeRoleWithSAML", "sts:TagSession"]))),
    passes("every action of STS", role(trust(OIDC, "sts:*"))),
    passes("in small letters", role(trust(by("lambda"), "sts:assumerole"))),
    fails("OIDC with AssumeRole", role(trust(OIDC)), says="sts:AssumeRoleWithWebIdentity", severity=Severity.HIGH),
    fails("a service with a web identity", role(trust(by("lambda"), "sts:AssumeRoleWithWebIdentity")), severity=Severity.HIGH, at="assumeRolePolicy"),
    undecided("unknown", role(UNKNOWN), at="assumeRolePolicy"),
)  # fmt: skip


def attachment(arn: object, name: str = "attachment", /, **properties: object) -> R:
    return R(ATTACHMENT, name, policyArn=arn, **{"role": "role", **properties})


AWS = "arn:aws:iam::aws:policy"
LISTED = f"{AWS}/service-role/AWSLambdaBasicExecutionRole"
OWN = R(POLICY, "own", policy="{}")

test_managed_policy_exists = table(
    "iam-managed-policy-exists",
    fails("the path left out", attachment(f"{AWS}/AWSLambdaBasicExecutionRole"), at="policyArn", says=LISTED),
    passes("listed", attachment(LISTED)),
    passes("of the account", attachment(f"arn:aws:iam::{ACCOUNT}:policy/own")),
    passes("of another partition", attachment("arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess")),
    fails("retired", attachment(f"{AWS}/service-role/AWSConfigRole"), says="AWS_ConfigRole"),
    fails("in a list", role("{}", managedPolicyArns=[LISTED, f"{AWS}/ReadOnlyAcces"]), at="managedPolicyArns[1]"),
    fails("a permission set", R("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", "p", managedPolicyArn=f"{AWS}/ReadOnlyAcces"), at="managedPolicyArn"),
    fails("far from every listed one", attachment(f"{AWS}/SomethingQuiteNewForTeapots"), severity=Severity.LOW, at="policyArn"),
    fails("perhaps a newer edition", attachment(f"{AWS}/AmazonS3ReadOnlyAccessV3"), severity=Severity.LOW, at="policyArn"),
    passes("a policy of the program", attachment(OWN.arn), OWN, only="up"),
    undecided("unknown", attachment(UNKNOWN), at="policyArn"),
)  # fmt: skip

OWNER = role("{}", "owner", managedPolicyArns=[LISTED])
INLINE = role("{}", "inline", inlinePolicies=[{"name": "a", "policy": "{}"}])
BARE = role("{}", "bare")
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"

test_role_policies_single_owner = table(
    "iam-role-policies-single-owner",
    fails("an attachment as well", OWNER, attachment(f"{AWS}/ReadOnlyAccess", role=OWNER.name), at="managedPolicyArns"),
    passes("attachments only", BARE, attachment(LISTED, role=BARE.name)),
    passes("the list only", OWNER),
    passes("the same policy", OWNER, attachment(LISTED, role=OWNER.name)),
    passes("attached to another role", OWNER, BARE, attachment(f"{AWS}/ReadOnlyAccess", role=BARE.name)),
    fails("a PolicyAttachment", OWNER, R("aws:iam/policyAttachment:PolicyAttachment", "a", roles=[OWNER.name], policyArn=OWN.arn), OWN, at="managedPolicyArns"),
    fails("inline, and a RolePolicy", INLINE, R(ROLE_POLICY, "p", role=INLINE.id, policy="{}"), at="inlinePolicies"),
    passes("inline, and a RolePolicy of another", INLINE, BARE, R(ROLE_POLICY, "p", role=BARE.id, policy="{}")),
    passes("an unknown policy", OWNER, attachment(UNKNOWN, role=OWNER.name)),
)  # fmt: skip
