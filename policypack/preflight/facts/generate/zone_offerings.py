"""EC2 instance types that a region offers but one of its zones does not."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import wheel
from preflight.facts.generate.write import write_table

NAME = "zone_offerings"

_FOLDER = "moto/ec2/resources/instance_type_offerings"


def generate(out: Path) -> None:
    """Rows: {types: sorted names, zones: {zone name: indexes of the types that the region has and the zone lacks}}."""
    package = wheel("moto")
    lacking: dict[str, set[str]] = {}
    for path in package.names():
        match = re.fullmatch(rf"{_FOLDER}/availability-zone/([a-z0-9-]+)\.json(\.gz)?", path)
        if not match:
            continue
        zones: dict[str, set[str]] = {}
        for row in _rows(package.read(path)):
            zones.setdefault(row["Location"], set()).add(row["InstanceType"])
        region_types = set().union(*zones.values())
        lacking.update({zone: region_types - types for zone, types in zones.items()})
    types = sorted(set().union(*lacking.values()))
    position = {name: index for index, name in enumerate(types)}
    data = {"types": types, "zones": {zone: sorted(position[n] for n in names) for zone, names in lacking.items()}}
    write_table(out, NAME, [package.source], data)


def _rows(content: bytes) -> Any:
    return json.loads(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
