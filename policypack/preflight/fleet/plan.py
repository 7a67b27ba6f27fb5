"""What an audit has to do: which states are to be judged, and which an earlier audit has judged by the same rules."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

import preflight
from preflight.about import VERSION
from preflight.fleet.sources import StateRef
from preflight.fleet.state import WHOLE_BYTES
from preflight.fleet.tables import SCHEMA_VERSION, SCHEMAS
from preflight.judging.exemptions import fault
from preflight.settings.model import Settings

STATES_AT_ONCE: Final = 32
BYTES_AT_ONCE: Final = 16 * 2**20
_ZIPPED_BYTES: Final = WHOLE_BYTES // 8
_JUDGING: Final = ("rules", "documents", "facts", "frameworks", "judging", "settings", "fleet")
_SOURCES: Final = (".py", ".csv", ".json", ".txt")


@dataclass(frozen=True)
class Job:
    """Some states of one source that one worker judges in one go, and the part of the tables that it writes."""

    part: str
    refs: tuple[StateRef, ...]
    large: bool = False


@dataclass
class Plan:
    """The jobs, and the rows of the states that need none."""

    jobs: list[Job]
    kept: pa.Table
    states: int
    left_out: int = 0


def rules_digest(settings: Settings, content: bytes, today: datetime.date, region: str | None) -> str:
    """Return what changes when a state could be judged differently: the code and tables that judge, the settings, and
    which of their exemptions have run out.
    """
    made = hashlib.sha256(f"{VERSION} {SCHEMA_VERSION} {region}".encode())
    package = Path(preflight.__file__).parent
    files = [*package.glob("*.py"), *(path for name in _JUDGING for path in (package / name).rglob("*"))]
    for path in sorted(files):
        if path.suffix in _SOURCES and path.is_file():
            made.update(str(path.relative_to(package)).encode())
            made.update(path.read_bytes())
    made.update(content)
    for exemption in settings.exemptions:
        made.update(fault(exemption.reason, exemption.expires, today).encode())
    return made.hexdigest()[:32]


def plan(refs: Sequence[StateRef], out: Path, digest: str, today: datetime.date, since: str = "") -> Plan:
    """Return what is to be judged: states that changed, that other rules judged, or whose exemptions have run out.

    With ``since``, states that are known to be older are left out of the audit.
    """
    chosen = [ref for ref in refs if not (since and ref.modified and ref.modified < since)]
    earlier, index = _judged_before(out, digest, today.isoformat())
    kept = [index[ref.url, ref.version] for ref in chosen if (ref.url, ref.version) in index]
    new = [ref for ref in chosen if (ref.url, ref.version) not in index]
    return Plan(list(_jobs(new)), earlier.take(pa.array(kept, pa.int64())), len(chosen), len(refs) - len(chosen))


def _judged_before(out: Path, digest: str, today: str) -> tuple[pa.Table, dict[tuple[str, str], int]]:
    """The rows of states that were judged by these rules, those of unfinished audits too, and where each of them is."""
    tables = []
    for path in sorted((out / "stacks").glob("audit=*/*.parquet")):
        if path.name.startswith(("kept", ".")):
            continue
        found = pq.read_table(path, schema=SCHEMAS["stacks"], partitioning=None)
        if found.num_rows and digest in found["rules_digest"].to_pylist():
            tables.append(found)
    if not tables:
        return SCHEMAS["stacks"].empty_table(), {}
    table = pa.concat_tables(tables)
    columns = (table[name].to_pylist() for name in ("state", "version", "rules_digest", "status", "valid_until"))
    index: dict[tuple[str, str], int] = {}
    for row, (state, version, by, status, until) in enumerate(zip(*columns, strict=True)):
        if version and by == digest and status == "judged" and not (until and until < today):
            index[state, version] = row
    return table, index


def _jobs(refs: Iterable[StateRef]) -> Iterator[Job]:
    number = 0
    batch: list[StateRef] = []
    size = 0

    def job(found: Sequence[StateRef], large: bool = False) -> Job:
        nonlocal number
        number += 1
        return Job(f"part-{number:06d}", tuple(found), large)

    for ref in refs:
        zipped = ref.key.endswith(".gz")
        if ref.size > (_ZIPPED_BYTES if zipped else WHOLE_BYTES):
            yield job([ref], large=True)
            continue
        weight = ref.size * (8 if zipped else 1)
        full = len(batch) == STATES_AT_ONCE or size + weight > BYTES_AT_ONCE
        if batch and (full or batch[0].source != ref.source):
            yield job(batch)
            batch, size = [], 0
        batch.append(ref)
        size += weight
    if batch:
        yield job(batch)
