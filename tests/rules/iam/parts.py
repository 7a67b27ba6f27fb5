"""What the tests of this folder share."""

from __future__ import annotations

import json

ROLE = "aws:iam/role:Role"


def text(actions: object, resources: object = "arn:aws:s3:::reports/*", **more: object) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources, **more}]})
