"""Engine versions of RDS, Aurora and ElastiCache: for each dated source what it lists, and what of that is retired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import PINS, Wheel, wheel
from preflight.facts.generate.write import write_table

NAME = "engine_versions"

_EXTENSIONS = "cfnlint/data/schemas/extensions"
_RDS = ("aws_rds_dbinstance", "aws_rds_dbcluster")


def generate(out: Path) -> None:
    """Rows: engine -> list of {date, listed, retired}, oldest first, versions as text in ascending order."""
    rds: dict[str, list[dict[str, Any]]] = {}
    elasticache: dict[str, list[dict[str, Any]]] = {}
    sources = []
    for pin in PINS:
        if pin.name != "cfn-lint":
            continue
        package = wheel(pin.name, pin.version)
        sources.append(package.source)
        for engine, row in _rds_rows(package).items():
            rds.setdefault(engine, []).append(dict(row, date=pin.date))
        for engine, versions in _enums(
            package, f"{_EXTENSIONS}/aws_elasticache_cachecluster/engine_version.json"
        ).items():
            row = {"date": pin.date, "listed": _ascending(versions), "retired": []}
            elasticache.setdefault(engine, []).append(row)
    write_table(out, NAME, sources, {"rds": rds, "elasticache": elasticache})


def _rds_rows(package: Wheel) -> dict[str, dict[str, Any]]:
    """A version of the instance or of the cluster table counts as listed; retired is what every table with it
    retires.
    """
    listed: dict[str, set[str]] = {}
    live: dict[str, set[str]] = {}
    for folder in _RDS:
        retired_path = f"{_EXTENSIONS}/{folder}/engine_version_deprecated.json"
        retired = _enums(package, retired_path) if retired_path in package.names() else {}
        for engine, versions in _enums(package, f"{_EXTENSIONS}/{folder}/engine_version.json").items():
            listed.setdefault(engine, set()).update(versions)
            live.setdefault(engine, set()).update(versions - retired.get(engine, set()))
    return {
        engine: {"listed": _ascending(listed[engine]), "retired": _ascending(listed[engine] - live[engine])}
        for engine in listed
    }


def _enums(package: Wheel, path: str) -> dict[str, set[str]]:
    """Engine -> versions, from a list of JSON-schema conditions 'if Engine is X then EngineVersion is one of'."""
    found: dict[str, set[str]] = {}
    for condition in package.json(path)["allOf"]:
        premise = condition["if"]["properties"]
        engine = premise["Engine"].get("const")
        conclusion = condition.get("then")
        stated = conclusion if isinstance(conclusion, dict) else {}
        versions = (
            stated.get("properties", {}).get("EngineVersion", {}).get("enum")
            or premise.get("EngineVersion", {}).get("enum")
            or ()
        )
        if engine and versions:
            found.setdefault(engine, set()).update(str(version) for version in versions)
    return found


def _ascending(versions: set[str]) -> list[str]:
    return sorted(versions, key=lambda text: [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in text.split(".")])
