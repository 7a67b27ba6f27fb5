"""Secrets of containers."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, V6, R, concat, document, fails, passes, secret, table, undecided
from tests.rules.ecs.parts import COMPONENT, LOGS, TASK, container, task, task_of

ROLE = R("aws:iam/role:Role", "exec", assumeRolePolicy="{}")


OTHER_ROLE = R("aws:iam/role:Role", "other", assumeRolePolicy="{}")


EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


SECRET = R("aws:secretsmanager/secret:Secret", "db", name="db")


ARN = "arn:aws:secretsmanager:us-east-1:210987654321:secret:shared/db-Ab1Cd2"


def allow(*actions: str, resource: Any = "*") -> Any:
    return document(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}],
        }
    )


def attached(arn: Any = EXECUTION, role: R = ROLE, **more: Any) -> R:
    return R("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "base", role=role.name, policyArn=arn, **more)


def inline(policy: Any, role: R = ROLE, **more: Any) -> R:
    return R("aws:iam/rolePolicy:RolePolicy", "own", role=role.id, policy=policy, **more)


def takes(source: Any, **more: Any) -> dict[str, Any]:
    return container(secrets=[{"name": "PASSWORD", "valueFrom": source}], **more)


READ = allow("secretsmanager:GetSecretValue")


POLICY = R("aws:iam/policy:Policy", "policy", policy=READ)


BY_ARN = task(takes(ARN), executionRoleArn=ROLE.arn)


BY_REFERENCE = task_of(takes(SECRET.arn), executionRoleArn=ROLE.arn)


BY_PARAMETER = task(takes("/app/password"), executionRoleArn=ROLE.arn)


INLINE_ROLE = R("aws:iam/role:Role", "exec", inlinePolicies=[{"name": "read", "policy": READ}])


MANAGED_ROLE = R("aws:iam/role:Role", "exec", managedPolicyArns=[EXECUTION])


test_execution_role_permitted = table(
    "ecs-execution-role-permitted",
    fails(
        "the managed policy alone",
        BY_ARN,
        ROLE,
        attached(),
        at="executionRoleArn",
        says=("'exec'", "secretsmanager:GetSecretValue", "shared/db"),
    ),
    passes("a policy of the role", BY_ARN, ROLE, attached(), inline(READ)),
    fails("no policy at all", BY_ARN, ROLE, at="executionRoleArn"),
    fails("the policy of another role", BY_ARN, ROLE, OTHER_ROLE, inline(READ, OTHER_ROLE), at="executionRoleArn"),
    passes("an attached policy of the program", BY_ARN, ROLE, POLICY, attached(POLICY.arn)),
    passes("in a component", BY_ARN, ROLE, COMPONENT, inline(READ, parent=COMPONENT)),
    passes("inside the role", BY_ARN, INLINE_ROLE),
    fails(
        "managed policies of the role, in v6",
        task(takes(ARN), executionRoleArn=ROLE.arn, provider=V6),
        MANAGED_ROLE,
        at="executionRoleArn",
    ),
    fails(
        "only on another secret",
        BY_ARN,
        ROLE,
        inline(allow("secretsmanager:GetSecretValue", resource="arn:aws:secretsmanager:*:*:secret:other-*")),
        at="executionRoleArn",
    ),
    passes("on this secret", BY_ARN, ROLE, inline(allow("secretsmanager:*", resource=f"{ARN[:-6]}*"))),
    fails("a parameter", BY_PARAMETER, ROLE, attached(), says="ssm:GetParameters"),
    passes(
        "a parameter, allowed",
        BY_PARAMETER,
        ROLE,
        inline(allow("ssm:GetParameters", resource="arn:aws:ssm:us-east-1:210987654321:parameter/app/*")),
    ),
    fails("a reference, known later", BY_REFERENCE, ROLE, SECRET, attached(), only="up", at="executionRoleArn"),
    passes("no secrets", task(executionRoleArn=ROLE.arn), ROLE, attached()),
    passes("a role from elsewhere", task(takes(ARN), executionRoleArn="arn:aws:iam::210987654321:role/exec")),
    undecided("unknown containers", BY_REFERENCE, ROLE, SECRET, attached(), at="containerDefinitions"),
    undecided("an unknown policy", BY_ARN, ROLE, inline(UNKNOWN), at="policy"),
    undecided(
        "a customer policy from elsewhere", BY_ARN, ROLE, attached("arn:aws:iam::210987654321:policy/own"), only=None
    ),
    undecided(
        "an attachment to an unknown role",
        BY_ARN,
        ROLE,
        R("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "base", role=UNKNOWN, policyArn=POLICY.arn),
        POLICY,
    ),
)


test_secret_exists = table(
    "ecs-secret-exists",
    fails("nobody makes it", task(takes(ARN)), at="containerDefinitions", says=("'shared/db'", "not created here")),
    passes("of the program", task(takes(ARN)), R(SECRET.type_, "db", name="shared/db")),
    fails("another one is made", task(takes(ARN)), SECRET, at="containerDefinitions"),
    fails("with a key", task(takes(f"{ARN}:password::")), at="containerDefinitions"),
    fails("taken twice", task(takes(ARN), takes(ARN, name="app")), at="containerDefinitions"),
    passes("in a component", task(takes(ARN)), COMPONENT, R(SECRET.type_, "db", name="shared/db", parent=COMPONENT)),
    passes("declared", task(takes(ARN)), prerequisites=frozenset({ARN})),
    passes("declared by name", task(takes(ARN)), prerequisites=frozenset({"shared/db"})),
    passes("of another region", task(takes(ARN.replace("us-east-1", "us-west-2")))),
    passes("by reference", task_of(takes(SECRET.arn)), SECRET, only="up"),
    passes("a parameter", task(takes("/app/password"))),
    passes("of RDS", task(takes(ARN.replace("shared/db", "rds!db-0a1b")))),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
    undecided("a secret of unknown name", task(takes(ARN)), R(SECRET.type_, "db", name=UNKNOWN), at="name"),
)


HOLDS = json.dumps({"username": "app", "password": "hunter2-is-long"})


MADE = R("aws:secretsmanager/secret:Secret", "db", name="shared/db", outputs={"arn": ARN})


VERSION = R("aws:secretsmanager/secretVersion:SecretVersion", "version", secretId=MADE.id, secretString=HOLDS)


SECRET_KNOWN = R("aws:secretsmanager/secret:Secret", "db", arn=ARN, name="shared/db")


BY_ID = R(VERSION.type_, "version", secretId=ARN, secretString=secret(HOLDS))


MANAGED: dict[str, Any] = {"manageMasterUserPassword": True, "masterUserSecrets": [{"secretArn": ARN}]}


test_secret_key_exists = table(
    "ecs-secret-key-exists",
    fails(
        "no such key",
        task_of(takes(concat(MADE.arn, ":host::"))),
        MADE,
        VERSION,
        at="containerDefinitions",
        says=("'host'", "'db'"),
    ),
    passes(
        "a key that it holds",
        task_of(takes(concat(MADE.arn, ":password::"))),
        MADE,
        VERSION,
    ),
    fails("a known secret", task(takes(f"{ARN}:host::")), SECRET_KNOWN, BY_ID, at="containerDefinitions"),
    passes(
        "in a component",
        task(takes(f"{ARN}:password::")),
        SECRET_KNOWN,
        COMPONENT,
        R(VERSION.type_, "version", secretId=ARN, secretString=HOLDS, parent=COMPONENT),
    ),
    fails(
        "plain text",
        task(takes(f"{ARN}:password::")),
        SECRET_KNOWN,
        R(VERSION.type_, "version", secretId=ARN, secretString="plain"),
        at="containerDefinitions",
    ),
    passes("the whole secret", task(takes(ARN)), SECRET_KNOWN, BY_ID),
    passes("a version stage only", task(takes(f"{ARN}::AWSCURRENT:")), SECRET_KNOWN, BY_ID),
    fails(
        "a secret of RDS",
        task(takes(f"{ARN}:host::")),
        R("aws:rds/instance:Instance", "database", **MANAGED),
        says=("host", "RDS"),
    ),
    fails(
        "of Aurora",
        task(takes(f"{ARN}:dbname::")),
        R("aws:rds/cluster:Cluster", "database", **MANAGED),
        at="containerDefinitions",
    ),
    passes("the password of RDS", task(takes(f"{ARN}:password::")), R("aws:rds/instance:Instance", "d", **MANAGED)),
    passes("a secret from elsewhere", task(takes(f"{ARN}:host::"))),
    passes("values from elsewhere", task(takes(f"{ARN}:host::")), SECRET_KNOWN),
    undecided("unknown containers", task(containerDefinitions=UNKNOWN), MADE, VERSION),
    undecided(
        "an unknown value",
        task(takes(f"{ARN}:host::")),
        SECRET_KNOWN,
        R(VERSION.type_, "version", secretId=ARN, secretString=UNKNOWN),
        at="secretString",
    ),
)


def variable(name: str, value: str) -> R:
    return task(container(environment=[{"name": name, "value": value}], logConfiguration=LOGS))


test_environment_holds_no_secrets = table(
    "ecs-environment-holds-no-secrets",
    fails("a password", variable("DB_PASSWORD", "hunter2-is-long"), at="containerDefinitions", says="'DB_PASSWORD'"),
    passes("an endpoint", variable("DB_HOST", "db.example.com")),
    fails("an access key", variable("KEY", "AKIA" + "A" * 16), says="access key"),
    fails("camel case", variable("apiKey", "0a1b2c3d4e5f"), at="containerDefinitions"),
    fails("a token", variable("GITHUB_TOKEN", "ghp_0a1b2c3d4e5f"), at="containerDefinitions"),
    passes("a secret's ARN", variable("DB_SECRET", ARN)),
    passes("a secret's name", variable("DB_SECRET_NAME", "shared/db")),
    passes("an address for tokens", variable("TOKEN_ENDPOINT", "https://auth.example.com")),
    passes("how long a token lives", variable("TOKEN_TTL", "an hour")),
    passes("a switch", variable("REQUIRE_TOKEN", "true")),
    passes("empty", variable("PASSWORD", "")),
    passes("a secret", task(takes(ARN))),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
)


STRICT = {"strict": True}


LITERAL = task(container(environment=[{"name": "STAGE", "value": "test"}]))


test_environment_from_files = table(
    "ecs-environment-from-files",
    fails("literal, where asked", LITERAL, at="containerDefinitions", parameters=STRICT),
    passes("a file", task(container(environmentFiles=[{"value": "arn:aws:s3:::a/b.env"}])), parameters=STRICT),
    passes("literal, not asked", LITERAL),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions", parameters=STRICT),
)
