"""Functions and their code for the situations of the Lambda rules."""

from __future__ import annotations

from typing import Any

from preflight.testing import P, R, document
from preflight.wire import ARCHIVE, ASSET, SIGNATURE_KEY

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
ALIAS = "aws:lambda/alias:Alias"
COMPONENT = R("program:app:App", "component")
WEST = P("west", region="us-west-2")
ROLE = R("aws:iam/role:Role", "role", assumeRolePolicy="{}")
ARN = "arn:aws:lambda:us-east-1:210987654321:function:worker"


def archive(**files: str) -> dict[str, Any]:
    """An archive of texts; ``__`` stands for a dot in a name, ``_in_`` for a slash."""
    return {
        SIGNATURE_KEY: ARCHIVE,
        "assets": {
            name.replace("_in_", "/").replace("__", "."): {SIGNATURE_KEY: ASSET, "text": text}
            for name, text in files.items()
        },
    }


CODE = archive(app__py="def handler(event, context):\n    return event\n")


def function(name: str = "worker", **more: Any) -> R:
    given = {"runtime": "python3.13", "handler": "app.handler", "code": CODE, "role": ROLE.arn, **more}
    return R(FUNCTION, name, **{key: value for key, value in given.items() if value is not None})


def bare(**more: Any) -> R:
    """A function of which only these properties are given."""
    return R(FUNCTION, "worker", **more)


def policy(*actions: str, resource: Any = "*") -> Any:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return document({"Version": "2012-10-17", "Statement": [statement]})


def inline(text: Any, role: R = ROLE, **more: Any) -> R:
    return R("aws:iam/rolePolicy:RolePolicy", "own", role=role.id, policy=text, **more)


def attached(name: str, role: R = ROLE, **more: Any) -> R:
    arn = f"arn:aws:iam::aws:policy/{name}"
    return R("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attached", role=role.name, policyArn=arn, **more)
