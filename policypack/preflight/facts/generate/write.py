"""Writes a table's file the same way on every machine, so that a regenerated table can be compared."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from preflight.facts.table import Source

_READABLE_BYTES = 40_000


def write_table(out: Path, name: str, sources: Iterable[Source], data: Any) -> None:
    """Writes `out/NAME.json`, or `out/NAME.json.gz` when the text is too long to be read in a review anyway."""
    head = {"table": name, "sources": [asdict(s) for s in sorted(set(sources), key=lambda s: (s.date, s.package))]}
    compact = json.dumps({**head, "data": data}, sort_keys=True, separators=(",", ":"))
    if len(compact) > _READABLE_BYTES:
        (out / f"{name}.json.gz").write_bytes(gzip.compress(compact.encode(), compresslevel=9, mtime=0))
    else:
        (out / f"{name}.json").write_text(json.dumps({**head, "data": data}, sort_keys=True, indent=1) + "\n")
