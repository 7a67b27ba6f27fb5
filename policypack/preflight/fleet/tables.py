"""The tables of an audit: their schema, version 1, as docs/fleet.md documents it, and writing them as Parquet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA_VERSION: Final = 1
"""Columns are added within a version, never changed or removed."""

_TAGS: Final = pa.map_(pa.string(), pa.string())
_TEXTS: Final = pa.list_(pa.string())


def _schema(**fields: pa.DataType) -> pa.Schema:
    made = [pa.field(name, kind) for name, kind in fields.items()]
    return pa.schema(made, metadata={"preflight.schema": str(SCHEMA_VERSION)})


_FINDING: Final = {
    "state": pa.string(), "stack": pa.string(), "rule": pa.string(), "kind": pa.string(), "severity": pa.string(),
    "certainty": pa.string(), "level": pa.string(), "urn": pa.string(), "type": pa.string(), "name": pa.string(),
    "path": pa.string(), "message": pa.string(), "key": pa.string(), "controls": _TEXTS, "across": pa.bool_(),
}  # fmt: skip

SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "stacks": _schema(
        state=pa.string(), source=pa.string(), stack=pa.string(), organization=pa.string(), project=pa.string(),
        name=pa.string(), version=pa.string(), rules_digest=pa.string(), judged_in=pa.string(),
        valid_until=pa.string(), status=pa.string(), size=pa.int64(), modified=pa.string(),
        deployed=pa.string(), deployment_version=pa.int32(), cli=pa.string(), encrypted_by=pa.string(),
        pending_operations=pa.int32(), resources=pa.int32(), findings=pa.int32(), mandatory=pa.int32(),
        undecided=pa.int32(), exempted=pa.int32(), failures=pa.int32(), accounts=_TEXTS, regions=_TEXTS, tags=_TAGS,
        exports=pa.string(), imports=_TEXTS,
        held=pa.map_(pa.string(), pa.int32()),
    ),
    "resources": _schema(
        state=pa.string(), stack=pa.string(), urn=pa.string(), type=pa.string(), kind=pa.string(), name=pa.string(),
        id=pa.string(), arn=pa.string(), physical=pa.string(), account=pa.string(), region=pa.string(),
        status=pa.string(), parent=pa.string(), protect=pa.bool_(), created=pa.string(), modified=pa.string(),
        tags=_TAGS, facts=pa.string(), mentions=_TEXTS,
    ),
    "findings": _schema(**_FINDING),
    "exempted": _schema(
        **_FINDING, reason=pa.string(), owner=pa.string(), expires=pa.string(), where=pa.string()
    ),
    "undecided": _schema(
        state=pa.string(), stack=pa.string(), rule=pa.string(), urn=pa.string(), path=pa.string(), reason=pa.string(),
        across=pa.bool_(),
    ),
    "failures": _schema(
        state=pa.string(), stack=pa.string(), stage=pa.string(), rule=pa.string(), urn=pa.string(), error=pa.string(),
        location=pa.string(),
    ),
}  # fmt: skip

Rows = dict[str, list[dict[str, Any]]]


def no_rows() -> Rows:
    """Return every table, empty."""
    return {name: [] for name in SCHEMAS}


def folder(out: Path, table: str, audit: str) -> Path:
    """Return the folder of one audit's part of a table, in Hive's layout."""
    return out / table / f"audit={audit}"


def write_part(out: Path, audit: str, part: str, rows: Rows) -> None:
    """Write one part of every table. ``stacks`` is last: its rows say that the others are complete."""
    for name in sorted(SCHEMAS, key=lambda table: table == "stacks"):
        if rows[name]:
            write(folder(out, name, audit) / f"{part}.parquet", name, rows[name])


def write(path: Path, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write one file, whole or not at all; the same rows give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = pa.Table.from_pylist(list(rows), schema=SCHEMAS[table])
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(made, unfinished, compression="zstd")
    os.replace(unfinished, path)
