"""Services as CloudFormation knows them: which are shut down or closed, and in which regions a service has no type."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import wheel
from preflight.facts.generate.write import write_table

NAME = "services"

_SCHEMAS = "cfnlint/data/schemas"
_REGION_FILE = re.compile(rf"{_SCHEMAS}/providers/([a-z]+(?:-[a-z]+)+-\d)\.json")


def generate(out: Path) -> None:
    """Rows: `lifecycle`: service in lower case -> {status, date}, where all of its types share one; `absent`: service
    -> regions of the partition 'aws' whose own list has no type of it. Lists that are a copy of another's say
    nothing.
    """
    package = wheel("cfn-lint")
    states: dict[str, list[Any]] = {}
    for path in package.names():
        if path.startswith(f"{_SCHEMAS}/resources/") and path.endswith(".json"):
            schema = package.json(path)
            states.setdefault(_service(schema["typeName"]), []).append(schema.get("lifecycle"))
    lifecycle = {
        service: {"status": rows[0]["status"], "date": rows[0].get("date")}
        for service, rows in states.items()
        if rows[0] and all(row == rows[0] for row in rows)
    }
    regions: dict[str, frozenset[str]] = {}
    for path in package.names():
        match = _REGION_FILE.fullmatch(path)
        if match and not re.match(r"(cn|eusc|us-gov|us-iso|eu-iso)", match[1]):
            regions[match[1]] = frozenset(_service(name) for name in package.json(path))
    everywhere = frozenset().union(*regions.values())
    absent = {service: sorted(r for r, listed in regions.items() if service not in listed) for service in everywhere}
    data = {
        "lifecycle": lifecycle,
        "absent": {s: rows for s, rows in absent.items() if rows},
        "regions": sorted(regions),
    }
    write_table(out, NAME, [package.source], data)


def _service(type_name: str) -> str:
    return type_name.split("::")[1].lower()
