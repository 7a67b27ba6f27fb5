"""IAM: the text of policies, wherever it stands."""

from __future__ import annotations

import json

from preflight.testing import UNKNOWN, V6, P, R, document, fails, passes, table, undecided
from preflight.testing.program import ACCOUNT

COMPONENT = R("program:index:App", "app")

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}


def text(*statements: object, version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


def trust(**changes: object) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    return text({**statement, **changes})


def policy(value: object, name: str = "policy") -> R:
    return R(POLICY, name, policy=value)


def role(value: object, name: str = "role", /, **properties: object) -> R:
    return R(ROLE, name, assumeRolePolicy=value, **properties)


def bucket_policy(value: object) -> R:
    return R(BUCKET_POLICY, "open", bucket="reports", policy=value)


BUCKET = R("aws:s3/bucket:Bucket", "bucket")
BY_REFERENCE = document({"Version": "2012-10-17", "Statement": [{**READ, "Resource": BUCKET.arn}]})
TWICE = [{**READ, "Sid": "Read"}, {**READ, "Sid": "Read"}]

test_policy_document_valid = table(
    "iam-policy-document-valid",
    fails("today's date", policy(text(READ, version="2026-11-24")), at="policy", says="2012-10-17"),
    passes("valid", policy(text(READ))),
    passes("a statement alone, without a version", policy(json.dumps({"Statement": READ}))),
    passes("an object", policy({"Version": "2012-10-17", "Statement": [READ]})),
    passes("a trust policy", role(trust())),
    passes("no policy of its own", R("aws:kms/key:Key", "key")),
    passes("the same Sid twice in a bucket policy", bucket_policy(text(*TWICE))),
    fails("no JSON", policy("{'Version': 1}"), at="policy"),
    fails("a small effect", policy(text({**READ, "Effect": "allow"})), says="'Allow' or 'Deny'"),
    fails("a misspelt key", role(trust(Principals={})), at="assumeRolePolicy", says="did you mean 'Principal'"),
    fails("no action", policy(text({"Effect": "Allow", "Resource": "*"})), says="Action"),
    fails("no statement", policy(text()), says="no statement"),
    fails("an unknown operator", policy(text({**READ, "Condition": {"StringEqual": {"a": "b"}}})), says="StringEquals"),
    fails("the same Sid twice in an identity policy", policy(text(*TWICE)), says="Sid"),
    fails(
        "inline, in an entry",
        role(trust(), inlinePolicies=[{"name": "a", "policy": text({**READ, "Effect": "No"})}]),
        at="inlinePolicies[0].policy",
    ),
    fails("a log resource policy", R("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "p", policyDocument="{"), at="policyDocument"),
    fails("a domain's policy", R("aws:opensearch/domainPolicy:DomainPolicy", "p", accessPolicies="{"), at="accessPolicies"),
    fails("provider v6", R(POLICY, "policy", policy="{", provider=V6), at="policy"),
    undecided("a document made of outputs", policy(BY_REFERENCE), BUCKET, at="policy"),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)  # fmt: skip

PERMISSION_SET = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
test_identity_policy_elements_valid = table(
    "iam-identity-policy-elements-valid",
    fails("a principal", policy(text({**READ, "Principal": "*"})), at="policy", says="must not have a Principal"),
    passes("resources only", policy(text(READ))),
    passes("NotResource", policy(text({"Effect": "Deny", "Action": "*", "NotResource": "*"}))),
    fails("no resource", policy(text({"Effect": "Allow", "Action": "s3:*"})), says="neither Resource"),
    fails("a permission set", R(PERMISSION_SET, "p", inlinePolicy=text({**READ, "NotPrincipal": "*"})), at="inlinePolicy"),
    fails("inline of a user", R("aws:iam/userPolicy:UserPolicy", "p", policy=text({**READ, "Principal": "*"})), at="policy"),
    undecided("unknown", policy(UNKNOWN), at="policy"),
)  # fmt: skip

PUBLIC = {**READ, "Principal": "*"}
test_resource_policy_elements_valid = table(
    "iam-resource-policy-elements-valid",
    fails("a trust policy with a resource", role(trust(Resource="*")), at="assumeRolePolicy", says="Resource"),
    passes("a trust policy", role(trust())),
    passes("a principal", bucket_policy(text(PUBLIC))),
    passes("an inline policy has none", role(trust(), inlinePolicies=[{"policy": text(READ)}])),
    fails("no principal", bucket_policy(text(READ)), at="policy", says="Principal"),
    fails("a trust policy without", role(text({"Effect": "Allow", "Action": "sts:AssumeRole"})), says="Principal"),
    fails("inline of a queue", R("aws:sqs/queue:Queue", "q", policy=text(READ)), at="policy"),
    undecided("unknown", bucket_policy(UNKNOWN), at="policy"),
)


def aws(*principals: str) -> str:
    return trust(Principal={"AWS": list(principals)})


test_principal_valid = table(
    "iam-principal-valid",
    fails("a wildcard", role(aws(f"arn:aws:iam::{ACCOUNT}:role/app-*")), at="assumeRolePolicy", says="wildcard"),
    passes(
        "every legal form",
        role(aws("*", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/app", "AROAEXAMPLEEXAMPLE12")),
    ),
    passes("a canonical user", bucket_policy(text({**READ, "Principal": {"CanonicalUser": "79a59d"}}))),
    passes("a session", role(aws(f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session"))),
    fails("a group", role(aws(f"arn:aws:iam::{ACCOUNT}:group/admins")), says="group"),
    fails("a service", bucket_policy(text({**READ, "Principal": {"AWS": "logs.amazonaws.com"}})), says="'Service'"),
    fails("a name", role(aws("app")), says="'app'"),
    undecided("unknown", role(UNKNOWN), at="assumeRolePolicy"),
)  # fmt: skip

test_service_principal_known = table(
    "iam-service-principal-known",
    fails("a wrong ending", role(trust(Principal={"Service": "lambda.aws.com"})), at="assumeRolePolicy", says="use 'lambda.amazonaws.com'"),
    passes("listed", role(trust())),
    passes("regional", role(trust(Principal={"Service": "logs.us-west-2.amazonaws.com"}))),
    passes("unlisted, far from every other", role(trust(Principal={"Service": "something-quite-new.amazonaws.com"}))),
    passes("an account", R("aws:lambda/permission:Permission", "p", principal=ACCOUNT)),
    fails("one letter less", role(trust(Principal={"Service": ["ecs-task.amazonaws.com"]})), says="ecs-tasks.amazonaws.com"),
    fails("of a permission", R("aws:lambda/permission:Permission", "p", principal="apigatway.amazonaws.com"), at="principal"),
    undecided("unknown", R("aws:lambda/permission:Permission", "p", principal=UNKNOWN), at="principal"),
    undecided("an unknown document", role(UNKNOWN), at="assumeRolePolicy"),
)  # fmt: skip

WORKER = role(trust(), "worker", name="worker")
IN_COMPONENT = role(trust(), "worker", name="worker", parent=COMPONENT)
NAMED = f"arn:aws:iam::{ACCOUNT}:role/worker"
ELSEWHERE = P("held", config={"allowedAccountIds": ["444455556666"]})

test_principal_created_first = table(
    "iam-principal-created-first",
    fails("text", role(aws(NAMED)), WORKER, at="assumeRolePolicy", says="worker", only="preview"),
    passes("built from the ARN", role(document({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": WORKER.arn}}})), WORKER, only="up"),
    passes("waits for it", R(ROLE, "role", assumeRolePolicy=aws(NAMED), depends_on=[WORKER]), WORKER),
    passes("the role is there already", role(aws(NAMED)), WORKER, only="up"),
    passes("another role", role(aws(f"arn:aws:iam::{ACCOUNT}:role/other")), WORKER),
    passes("under another path", role(aws(f"arn:aws:iam::{ACCOUNT}:role/jobs/worker")), WORKER),
    passes("itself", role(aws(NAMED), "worker", name="worker")),
    passes("of another account", role(aws(NAMED)), R(ROLE, "worker", name="worker", assumeRolePolicy=trust(), provider=ELSEWHERE)),
    fails("in a component", bucket_policy(text({**READ, "Principal": {"AWS": NAMED}})), IN_COMPONENT, at="policy", only="preview"),
    undecided("unknown", role(UNKNOWN), WORKER, at="assumeRolePolicy"), given=[COMPONENT],
)  # fmt: skip
