"""Reads the committed tables in `data/` (JSON, gzipped when large) and says where each comes from."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Source:
    """Where a table's rows come from: a package of a registry at one version, with the date of its data
    (YYYY-MM-DD).
    """

    package: str
    version: str
    date: str


@dataclass(frozen=True)
class Table:
    """One committed table: its sources, oldest first, and its rows in the shape that its accessor module knows."""

    name: str
    sources: tuple[Source, ...]
    data: Any

    @property
    def dated(self) -> str:
        """The date (YYYY-MM-DD) of the newest source, for messages."""
        return max(source.date for source in self.sources)


@cache
def load(name: str) -> Table:
    """The table `name`, read once per process. Raises FileNotFoundError when it was never generated."""
    packed = DATA / f"{name}.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (DATA / f"{name}.json").read_bytes()
    content = json.loads(text)
    return Table(content["table"], tuple(Source(**source) for source in content["sources"]), content["data"])


def names() -> tuple[str, ...]:
    """The names of all committed tables, sorted."""
    return tuple(sorted(path.name.removesuffix(".gz").removesuffix(".json") for path in DATA.glob("*.json*")))
