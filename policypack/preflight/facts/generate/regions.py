"""Partitions with their regions and DNS suffixes, and the endpoint list: which services are listed in which region."""

from __future__ import annotations

from pathlib import Path

from preflight.facts.generate.packages import wheel
from preflight.facts.generate.write import write_table

NAME = "regions"

# Pseudo regions that carry a partition's global endpoints.
_PSEUDO = "-global"


def generate(out: Path) -> None:
    """Rows: partition -> {dns_suffix, regions: {code: name}, services: {endpoint prefix: regions, or "*" for all}}."""
    botocore = wheel("botocore")
    endpoints = {p["partition"]: p for p in botocore.json("botocore/data/endpoints.json")["partitions"]}
    data = {}
    for partition in botocore.json("botocore/data/partitions.json")["partitions"]:
        code = partition["id"]
        listed = endpoints.get(code, {"services": {}, "regions": {}})
        regions = {
            region: listed["regions"].get(region, {}).get("description", row.get("description", region))
            for region, row in partition["regions"].items()
            if not region.endswith(_PSEUDO)
        }
        services = {}
        for service, row in listed["services"].items():
            if row.get("isRegionalized", True):
                services[service] = sorted(set(row["endpoints"]) & set(regions))
        data[code] = {"dns_suffix": partition["outputs"]["dnsSuffix"], "regions": regions, "services": services}
    write_table(out, NAME, [botocore.source], data)
