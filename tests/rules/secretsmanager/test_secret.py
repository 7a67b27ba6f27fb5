"""Secrets Manager: secrets."""

from __future__ import annotations

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided

SECRET = "aws:secretsmanager/secret:Secret"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
KEY = R("aws:kms/key:Key", "key")
DB, OTHER = R(SECRET, "db"), R(SECRET, "other")
NAMED = R(SECRET, "db", name="db-password")

test_secret_name_reusable = table(
    "secretsmanager-secret-name-reusable",
    fails("a name that is kept", NAMED, at="recoveryWindowInDays", says=["30 days", "pr-12"], stack="pr-12"),
    passes("deleted at once", R(SECRET, "db", name="db-password", recoveryWindowInDays=0), stack="pr-12"),
    passes("a long-lived stack", NAMED, stack="prod"),
    passes("a prefix", R(SECRET, "db", namePrefix="db-"), stack="pr-12"),
    passes("Pulumi's name", R(SECRET, "db", name="db-0a1b2c3"), stack="pr-12"),
    fails("another pattern", NAMED, parameters={"ephemeral": ["demo"]}, stack="demo", at="recoveryWindowInDays"),
    fails("a short window", R(SECRET, "db", name="db", recoveryWindowInDays=7), says="7 days", stack="ci-1"),
    undecided("unknown", R(SECRET, "db", name="db", recoveryWindowInDays=UNKNOWN), at="recoveryWindowInDays", stack="ci-1"),
)  # fmt: skip

test_customer_managed_key = table(
    "secretsmanager-customer-managed-key",
    fails("absent", DB, at="kmsKeyId"),
    passes("a key of the program", R(SECRET, "db", kmsKeyId=KEY.arn), KEY),
    passes("an unknown key is one", R(SECRET, "db", kmsKeyId=UNKNOWN)),
    fails("the key of AWS", R(SECRET, "db", kmsKeyId="alias/aws/secretsmanager"), at="kmsKeyId"),
)

RULES = {"automaticallyAfterDays": 30}
INSIDE = R("program:index:App", "app")

test_rotation = table(
    "secretsmanager-rotation",
    fails("none", DB, says="has no rotation created here"),
    passes("a rotation", DB, R(ROTATION, "rotation", secretId=DB.id, rotationRules=RULES)),
    passes("in a component", DB, R(ROTATION, "rotation", secretId=DB.arn, rotationRules=RULES, parent=INSIDE), INSIDE),
    passes("provider v6", DB, R(ROTATION, "r", secretId=DB.id, rotationRules={"scheduleExpression": "rate(1 day)"}, provider=V6)),
    fails("without a schedule", DB, R(ROTATION, "rotation", secretId=DB.id), says="has no rotation created here"),
    fails("of another secret", DB, OTHER, R(ROTATION, "rotation", secretId=OTHER.id, rotationRules=RULES), on=["db"], says="has no rotation created here"),
    undecided("an unknown secret", DB, R(ROTATION, "rotation", secretId=UNKNOWN, rotationRules=RULES), at="secretId"),
)  # fmt: skip


def rotation(**rules: object) -> R:
    return R(ROTATION, "rotation", secretId=DB.id, rotationRules=rules)


test_rotation_period = table(
    "secretsmanager-rotation-period",
    fails(
        "too seldom", rotation(automaticallyAfterDays=365), at="rotationRules.automaticallyAfterDays", says="365 days"
    ),
    passes("often enough", rotation(automaticallyAfterDays=30)),
    passes("a rate", rotation(scheduleExpression="rate(10 days)")),
    passes("a cron expression", rotation(scheduleExpression="cron(0 16 1 * ? *)")),
    fails("a rate, too seldom", rotation(scheduleExpression="rate(100 days)"), at="rotationRules.scheduleExpression"),
    fails(
        "more seldom than configured",
        rotation(automaticallyAfterDays=30),
        parameters={"days": 7},
        at="rotationRules.automaticallyAfterDays",
    ),
    undecided("unknown", rotation(automaticallyAfterDays=UNKNOWN)),
    given=[DB],
)
