"""Rules for Systems Manager."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, document, fails, passes, secret, table, undecided


def parameter(physical: Any, **properties: Any) -> R:
    own = {"name": physical, "type": "String", "value": "v", **properties}
    return R("aws:ssm/parameter:Parameter", "parameter", **own)


COMPONENT = R("program:settings:Settings", "component")
LEVEL = parameter("/orders/level")


def task(*sources: Any, **properties: Any) -> R:
    secrets = [{"name": "LEVEL", "valueFrom": source} for source in sources]
    content = document([{"name": "app", "image": "app", "secrets": secrets}])
    return R("aws:ecs/taskDefinition:TaskDefinition", "task", family="app", containerDefinitions=content, **properties)


def template(image: Any) -> R:
    return R("aws:ec2/launchTemplate:LaunchTemplate", "template", imageId=image)


def database(password: Any) -> R:
    return R("aws:rds/instance:Instance", "database", password=password)


ARN = "arn:aws:ssm:us-east-1:210987654321:parameter/orders/level"
test_parameter_exists = table(
    "ssm-parameter-exists",
    fails("no such parameter", task("/orders/level"), at="containerDefinitions", says="'/orders/level'"),
    passes("a parameter of the program", task("/orders/level"), LEVEL),
    passes("by its ARN", task(ARN), LEVEL),
    passes("in a component", task("/orders/level"), parameter("/orders/level", parent=COMPONENT), COMPONENT),
    fails("another parameter", task("/orders/level"), parameter("/orders/other"), at="containerDefinitions"),
    passes("declared", task("/orders/level"), prerequisites=frozenset({"/orders/level"})),
    passes("a secret", task("arn:aws:secretsmanager:us-east-1:210987654321:secret:s-0a1b2c")),
    passes(
        "a public parameter",
        template("resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
    ),
    fails("an image by a parameter", template("resolve:ssm:/images/app:3"), at="imageId", says="'/images/app'"),
    passes("an image", template("ami-0a1b2c3d")),
    fails(
        "CloudFormation's syntax",
        database("{{resolve:ssm-secure:/orders/password:1}}"),
        at="password",
        severity=Severity.HIGH,
        says="getParameter",
    ),
    passes("a password", database(secret("correct horse"))),
    undecided("unknown", R("aws:ecs/taskDefinition:TaskDefinition", "task", containerDefinitions=UNKNOWN)),
    undecided("a parameter of unknown name", task("/orders/level"), parameter(UNKNOWN)),
)

test_parameter_name_valid = table(
    "ssm-parameter-name-valid",
    fails("a name of AWS", parameter("aws-orders"), at="name", says="aws"),
    passes("a path", parameter("/orders/level")),
    passes("a word", parameter("level")),
    fails("no slash in front", parameter("orders/level"), at="name"),
    fails("a space", parameter("/orders/log level"), at="name"),
    fails("sixteen levels", parameter("/a" * 16), at="name"),
    undecided("unknown", parameter(UNKNOWN), at="name"),
)

test_parameter_value_fits_tier = table(
    "ssm-parameter-value-fits-tier",
    fails("five kilobytes", parameter("/a", value="x" * 5000), at="value", says=("5000", "4096")),
    passes("five kilobytes, advanced", parameter("/a", value="x" * 5000, tier="Advanced")),
    passes("five kilobytes, by itself", parameter("/a", value="x" * 5000, tier="Intelligent-Tiering")),
    fails("empty", parameter("/a", value=""), at="value"),
    fails("a key for plain text", parameter("/a", keyId="alias/a"), at="keyId"),
    passes("a key for a secret", parameter("/a", type="SecureString", keyId="alias/a", value=secret("hidden"))),
    fails("a long secret", parameter("/a", type="SecureString", value=secret("hidden" * 1000)), says="6000"),
    undecided("unknown", parameter("/a", value=UNKNOWN), at="value"),
)


def shared(**permissions: Any) -> R:
    return R("aws:ssm/document:Document", "document", permissions=permissions)


test_document_private = table(
    "ssm-document-private",
    fails("shared with all", shared(type="Share", account_ids="All"), at="permissions.account_ids"),
    passes("shared with one", shared(type="Share", account_ids="210987654321")),
    passes("not shared", R("aws:ssm/document:Document", "document")),
    undecided("unknown", shared(type="Share", account_ids=UNKNOWN)),
)
