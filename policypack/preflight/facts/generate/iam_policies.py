"""AWS managed policies: their path, and what their current version allows and denies."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import wheel
from preflight.facts.generate.write import write_table

NAME = "iam_policies"

_KEYS = ("Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")


def generate(out: Path) -> None:
    """Rows: name -> [path, statements]; a statement keeps its element names without Sid, single entries unlisted."""
    package = wheel("moto")
    module = ast.parse(package.read("moto/iam/aws_managed_policies.py"))
    texts = [node.value for node in module.body if isinstance(node, ast.Assign)]
    policies = json.loads(ast.literal_eval(texts[0]))
    data = {name: [row["Path"], _statements(row["Document"])] for name, row in policies.items()}
    write_table(out, NAME, [package.source], data)


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    statements = document["Statement"]
    return [
        {key: statement[key] for key in _KEYS if key in statement}
        for statement in (statements if isinstance(statements, list) else [statements])
    ]
