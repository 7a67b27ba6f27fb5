"""An audit's tables as views of DuckDB: each shows the states of one audit, with what an earlier one said of those that
did not change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from preflight.fleet.audits import audits, read_audit
from preflight.fleet.errors import FleetError
from preflight.fleet.tables import SCHEMA_VERSION, SCHEMAS

_MEMORY: Final = "512MB"


def latest(out: Path, name: str = "") -> str:
    """Return the audit to show: the one named, else the newest finished one.

    Raises:
        FleetError: there is none.
    """
    found = audits(out)
    if not found:
        raise FleetError(f"{out}: holds no finished audit; make one with preflight audit SOURCE --out {out}")
    if name and name not in found:
        raise FleetError(f"{out}: has no audit {name!r}; audits: {', '.join(found)}")
    chosen = name or found[-1]
    schema = read_audit(out, chosen).get("schema")
    if schema != SCHEMA_VERSION:
        raise FleetError(f"{out}: audit {chosen} has schema version {schema!r}; this version reads {SCHEMA_VERSION}")
    return chosen


class Tables:
    """A connection with a view of each table: ``stacks``, ``resources``, ``findings`` and so on."""

    def __init__(self, out: Path, audit: str, finished: bool = True) -> None:
        self.out, self.audit = out, latest(out, audit) if finished else audit
        self._connection = duckdb.connect(config={"memory_limit": _MEMORY, "threads": 2})
        self._view("stacks", "*", f"stacks/audit={self.audit}/*.parquet")
        for table in SCHEMAS:
            if table != "stacks":
                self._view(f"all_{table}", "*", f"{table}/*/*.parquet", table)
                across = f"OR (r.across AND r.audit = '{self.audit}')" if "across" in SCHEMAS[table].names else ""
                mine = "NOT r.across AND" if across else ""
                self._connection.execute(
                    f"CREATE VIEW {table} AS SELECT r.* EXCLUDE (audit) FROM all_{table} r "
                    f"WHERE ({mine} (r.state, r.audit) IN (SELECT (state, judged_in) FROM stacks)) {across}"
                )

    def _view(self, name: str, columns: str, pattern: str, table: str = "stacks") -> None:
        if any(path.is_file() for path in self.out.glob(pattern)):
            path = str(self.out / pattern).replace("'", "''")
            self._connection.execute(
                f"CREATE VIEW {name} AS SELECT {columns} FROM read_parquet('{path}', hive_partitioning = true, "
                "hive_types = {'audit': VARCHAR}, union_by_name = true)"
            )
            return
        empty = SCHEMAS[table].empty_table().append_column("audit", [[]])
        self._connection.register(f"empty_{name}", empty.cast(SCHEMAS[table].append(_audit_field())))
        self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM empty_{name}")

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return a query's rows."""
        cursor = self._connection.execute(query, list(parameters))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def batches(self, query: str, size: int = 20_000) -> Iterator[list[dict[str, Any]]]:
        """Yield a query's rows, so many at a time."""
        cursor = self._connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(size):
            yield [dict(zip(names, row, strict=True)) for row in rows]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _audit_field() -> Any:
    import pyarrow as pa

    return pa.field("audit", pa.string())
