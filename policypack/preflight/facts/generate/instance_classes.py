"""Instance types of EC2 and classes of the database and cache services, per region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preflight.facts.generate.packages import wheel
from preflight.facts.generate.write import write_table

NAME = "instance_classes"

_EXTENSIONS = "cfnlint/data/schemas/extensions"
_FILES = {
    "ec2": "aws_ec2_instance/instancetype_enum.json",
    "docdb": "aws_docdb_dbinstance/dbinstanceclass_enum.json",
    "neptune": "aws_neptune_dbinstance/dbinstanceclass_enum.json",
    "elasticache": "aws_elasticache_cachecluster/cachenodetype_enum.json",
    "opensearch": "aws_opensearchservice_domain/clusterconfig_instancetype_enum.json",
    "redshift": "aws_redshift_cluster/nodetype_enum.json",
    "mq": "aws_amazonmq_broker/instancetype_enum.json",
    "dax": "aws_dax_cluster/nodetype_enum.json",
}


def generate(out: Path) -> None:
    """Rows: service -> {values: sorted names, regions: {region: indexes into values}}; `rds` holds one such per
    engine.
    """
    package = wheel("cfn-lint")
    data: dict[str, Any] = {
        service: _indexed({region: row["enum"] for region, row in _regions(package.json(f"{_EXTENSIONS}/{file}"))})
        for service, file in _FILES.items()
    }
    by_engine: dict[str, dict[str, set[str]]] = {}
    for region, row in _regions(package.json(f"{_EXTENSIONS}/aws_rds_dbinstance/dbinstanceclass_enum.json")):
        for condition in row["allOf"]:
            engine = condition["if"]["properties"]["Engine"]["const"]
            classes = condition["then"]["properties"]["DBInstanceClass"]["enum"]
            by_engine.setdefault(engine, {}).setdefault(region, set()).update(classes)
    data["rds"] = {engine: _indexed(regions) for engine, regions in by_engine.items()}
    write_table(out, NAME, [package.source], data)


def _regions(file: dict[str, Any]) -> list[tuple[str, Any]]:
    """The rows of a file that are a region's: beside them stand a description and, for EC2, the list of all."""
    return [(key, row) for key, row in file.items() if key not in ("description", "all")]


def _indexed(regions: dict[str, Any]) -> dict[str, Any]:
    values = sorted(set().union(*regions.values()))
    position = {value: index for index, value in enumerate(values)}
    return {"values": values, "regions": {region: sorted(position[v] for v in row) for region, row in regions.items()}}
