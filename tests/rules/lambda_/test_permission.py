"""Who may call functions."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, R, document, fails, passes, table, undecided
from tests.rules.lambda_.parts import ARN, PERMISSION


def permission(**more: Any) -> R:
    return R(PERMISSION, "permission", action="lambda:InvokeFunction", function="worker", **more)


def resource_policy(statement: dict[str, Any]) -> R:
    given = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN, **statement}
    return R(
        "aws:lambda/resourcePolicy:ResourcePolicy",
        "policy",
        resourceArn=ARN,
        policy=document({"Version": "2012-10-17", "Statement": [given]}),
    )


BUCKET = R("aws:s3/bucket:Bucket", "bucket")


test_access_limited = table(
    "lambda-access-limited",
    fails("everybody", permission(principal="*"), at="principal", says="everyone"),
    passes("a service", permission(principal="s3.amazonaws.com")),
    passes("everybody in the organization", permission(principal="*", principalOrgId="o-0a1b2c3d4e")),
    passes("everybody from a bucket", permission(principal="*", sourceArn=BUCKET.arn), BUCKET),
    fails(
        "a function's URL for all", permission(principal="*", functionUrlAuthType="NONE", provider=V6), at="principal"
    ),
    fails("a policy", resource_policy({"Principal": "*"}), at="policy"),
    passes("a policy for an account", resource_policy({"Principal": {"AWS": "210987654321"}})),
    passes(
        "a policy with a condition",
        resource_policy({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-0a1b2c3d4e"}}}),
    ),
    undecided("unknown", permission(principal=UNKNOWN), at="principal"),
    undecided("an unknown policy", R("aws:lambda/resourcePolicy:ResourcePolicy", "p", resourceArn=ARN, policy=UNKNOWN)),
)


test_permission_source_named = table(
    "lambda-permission-source-named",
    fails("a service from anywhere", permission(principal="s3.amazonaws.com"), at="sourceArn", says="s3.amazonaws.com"),
    passes("with a source", permission(principal="s3.amazonaws.com", sourceArn=BUCKET.arn), BUCKET),
    passes("with an account", permission(principal="s3.amazonaws.com", sourceAccount="210987654321", provider=V6)),
    passes("an account", permission(principal="210987654321")),
    passes("an unknown source is there", permission(principal="s3.amazonaws.com", sourceArn=UNKNOWN)),
    undecided("unknown", permission(principal=UNKNOWN), at="principal"),
)


URL = "aws:lambda/functionUrl:FunctionUrl"


test_url_auth = table(
    "lambda-url-auth",
    fails("none", R(URL, "url", functionName="worker", authorizationType="NONE"), at="authorizationType"),
    passes("IAM", R(URL, "url", functionName="worker", authorizationType="AWS_IAM", provider=V6)),
    undecided("unknown", R(URL, "url", functionName="worker", authorizationType=UNKNOWN), at="authorizationType"),
)


test_permission_action_limited = table(
    "lambda-permission-action-limited",
    fails(
        "everything",
        R(PERMISSION, "p", action="lambda:*", function="worker", principal="210987654321"),
        at="action",
        says="lambda:*",
    ),
    passes("invoke", permission(principal="210987654321")),
    passes("by its URL", R(PERMISSION, "p", action="lambda:InvokeFunctionUrl", function="worker", principal="*")),
    undecided("unknown", R(PERMISSION, "p", action=UNKNOWN, function="worker", principal="210987654321"), at="action"),
)
