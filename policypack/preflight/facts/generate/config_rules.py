"""AWS Config managed rules: identifiers and parameters."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from preflight.facts.generate.packages import wheel
from preflight.facts.generate.write import write_table

NAME = "config_rules"


def generate(out: Path) -> None:
    """Rows: identifier -> {parameter: 'required', 'optional', or the default of a required one after '='}."""
    package = wheel("moto")
    rules = json.loads(gzip.decompress(package.read("moto/config/resources/aws_managed_rules.json.gz")))["ManagedRules"]
    data = {
        identifier: {
            parameter["Name"]: "optional"
            if parameter.get("Optional")
            else f"={parameter['Default']}"
            if parameter.get("Default") is not None
            else "required"
            for parameter in rule["Parameters"]
        }
        for identifier, rule in rules.items()
    }
    write_table(out, NAME, [package.source], data)
