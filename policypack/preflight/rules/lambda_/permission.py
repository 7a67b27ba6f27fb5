"""Who may call functions."""

from __future__ import annotations

from typing import Final

from ...documents import iam
from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, rule
from ._parts import PERMISSION, RESOURCE_POLICY

_NARROWING: Final = ("sourceArn", "sourceAccount", "principalOrgId")


@rule(
    (PERMISSION, RESOURCE_POLICY),
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def access_limited(resource: Resource) -> Findings:
    """No permission of a function admits everyone without a narrowing condition.

    Why: Anyone in the world with an AWS account, or with the function's URL, can call the function, on your bill and
    with your role.
    Fix: Name the principal, or narrow it by `sourceArn`, `sourceAccount` or `principalOrgId`.
    Source: AWS Lambda Developer Guide, "Viewing resource-based IAM policies in Lambda"; AWS Config rule
    lambda-function-public-access-prohibited.
    """
    if resource.is_a(RESOURCE_POLICY):
        document = iam.parse(resource.raw("policy"))
        judged = iam.public_statements(document)
        for statement in judged.statements:
            yield resource.finding(
                f"the policy admits everyone ({statement.label}); name principals, or add a condition", at="policy"
            )
        if not judged.statements and (judged.undecided or not document.is_known):
            raise Undecided("policy", resource.urn)
        return
    if resource.text("principal") == "*" and not any(resource.has(path) for path in _NARROWING):
        yield resource.finding(
            "the permission admits everyone; name the principal, or set `sourceArn`, "
            "`sourceAccount` or `principalOrgId`",
            at="principal",
        )


@rule(PERMISSION, kind=Kind.COMPLIANCE, severity=Severity.CRITICAL)
def permission_source_named(permission: Resource) -> Findings:
    """A permission for an AWS service names the source, or the account that it is in.

    Why: Otherwise the service calls the function for whoever asks it to, from any account (the confused deputy).
    Fix: Set `sourceArn` to the bucket, rule, topic or API that triggers the function, or `sourceAccount`.
    Source: AWS Lambda Developer Guide, "Granting Lambda function access to AWS services"; IAM User Guide, "The confused
    deputy problem".
    """
    principal = permission.text("principal") or ""
    is_service = principal.endswith((".amazonaws.com", ".amazonaws.com.cn"))
    if is_service and not permission.has("sourceArn") and not permission.has("sourceAccount"):
        yield permission.finding(
            f"the permission admits {principal} from any account; set `sourceArn` (or `sourceAccount`)", at="sourceArn"
        )


@rule(
    "aws:lambda/functionUrl:FunctionUrl",
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def url_auth(url: Resource) -> Findings:
    """A function URL asks for IAM authorization.

    Why: With NONE anyone who knows the address calls the function.
    Fix: Set `authorizationType` to AWS_IAM; where browsers must reach it, put CloudFront with an origin access control
    before it.
    Source: AWS Lambda Developer Guide, "Control access to Lambda function URLs".
    """
    if url.text("authorizationType") != "AWS_IAM":
        yield url.finding(
            "anyone can call the function by its URL; set `authorizationType` to AWS_IAM",
            at="authorizationType",
        )


@rule(PERMISSION, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def permission_action_limited(permission: Resource) -> Findings:
    """A permission allows only to invoke the function.

    Why: The action "lambda:*" lets the other side change the code and the configuration of the function too.
    Fix: Set action to lambda:InvokeFunction (or lambda:InvokeFunctionUrl).
    Source: AWS Lambda Developer Guide, "Viewing resource-based IAM policies in Lambda".
    """
    action = permission.text("action") or ""
    if not action.startswith("lambda:Invoke"):
        yield permission.finding(f"the permission allows {action}; limit it to lambda:InvokeFunction", at="action")
