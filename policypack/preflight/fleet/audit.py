"""An audit from beginning to end: list, plan, judge, rules across stacks, inventory; resumed where one broke off."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from preflight import rules
from preflight.about import VERSION
from preflight.fleet import across, inventory
from preflight.fleet.across.model import Fleet
from preflight.fleet.across.run import judge_across
from preflight.fleet.audits import MARK, audits, finish, read_audit
from preflight.fleet.engines import local
from preflight.fleet.engines.work import Done, Task
from preflight.fleet.errors import FleetError, missing
from preflight.fleet.plan import Job, plan, rules_digest
from preflight.fleet.query import Tables
from preflight.fleet.sources import StateRef, open_source
from preflight.fleet.tables import SCHEMA_VERSION, SCHEMAS, folder, write_part
from preflight.settings.errors import SettingsError
from preflight.settings.file import load
from preflight.settings.model import Settings


@dataclass(frozen=True)
class Request:
    """What to audit; see the options of ``preflight audit``."""

    sources: Sequence[str]
    out: Path
    settings: Path | None = None
    since: str = ""
    processes: int = 1
    engine: str = "local"
    address: str | None = None
    environment_region: str | None = field(
        default_factory=lambda: os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    )


@dataclass
class Audit:
    """What an audit came to; kept as ``audits/ID.json`` when it is finished."""

    id: str
    time: str
    sources: list[str]
    rules: int
    rules_digest: str
    since: str = ""
    states: int = 0
    unchanged: int = 0
    failed: int = 0
    left_out: int = 0
    resources: int = 0
    seconds: float = 0.0
    fleet: str = ""
    """A digest of what the rules across stacks have seen: every state's version, the rules, the day."""
    schema: int = SCHEMA_VERSION
    tool_version: str = VERSION


@dataclass
class Listener:
    """Is told how an audit goes on."""

    listed: Callable[[str, int], None] = lambda source, count: None
    planned: Callable[[int, int], None] = lambda states, unchanged: None
    done: Callable[[int, int, int], None] = lambda states, of, resources: None
    note: Callable[[str], None] = lambda text: None


def audit(request: Request, listener: Listener | None = None, now: datetime.datetime | None = None) -> Audit:
    """Audit every state of the sources.

    Raises:
        FleetError: a source can't be listed, the settings are wrong, or ``out`` can't be written.
    """
    listener = listener or Listener()
    began = time.monotonic()
    if request.engine == "ray" and missing("ray"):
        raise FleetError(f"--engine ray {missing('ray')}")
    now = now or datetime.datetime.now(datetime.timezone.utc)
    every = rules.load()
    try:
        settings = load(request.settings, [*every, *across.load()])
        content = request.settings.read_bytes() if request.settings else b""
    except (SettingsError, OSError) as error:
        raise FleetError(str(error)) from error
    _prepare(request.out)
    digest = rules_digest(settings, content, now.date(), request.environment_region)
    refs = list(_listed(request.sources, listener))
    todo = plan(refs, request.out, digest, now.date(), request.since)
    made = Audit(
        _identity(request.out, now), now.isoformat(timespec="seconds"), list(request.sources), len(every), digest
    )
    made.since, made.states, made.left_out = request.since, todo.states, todo.left_out
    made.unchanged, made.failed = todo.kept.num_rows, 0
    listener.planned(todo.states, made.unchanged)
    if todo.kept.num_rows:
        path = folder(request.out, "stacks", made.id) / "kept.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(todo.kept, path, compression="zstd")
        made.resources = sum(todo.kept["resources"].to_pylist())
    task = Task(request.out, made.id, digest, settings, now.date(), request.environment_region)
    states = made.unchanged
    for done in _run(request, task, todo.jobs):
        states += done.states
        made.failed += done.failed
        made.resources += done.resources
        listener.done(states, made.states, made.resources)
    _across(request.out, made, settings, now.date())
    made.seconds = round(time.monotonic() - began, 2)
    finish(request.out, made.id, asdict(made))
    return made


def _across(out: Path, made: Audit, settings: Settings, today: datetime.date) -> None:
    """Judge the fleet as a whole, and write its rows and the inventory; what an earlier audit said of the same fleet on
    the same day is copied.
    """
    tables = Tables(out, made.id, finished=False)
    try:
        rules_across = across.load()
        made.rules += len(rules_across)
        seen = tables.rows("SELECT state, version, status, judged_in FROM stacks ORDER BY state")
        known = [made.rules_digest, today.isoformat(), *(tuple(row.values()) for row in seen)]
        made.fleet = hashlib.sha256(repr(known).encode()).hexdigest()[:32]
        before = next((name for name in reversed(audits(out)) if read_audit(out, name).get("fleet") == made.fleet), "")
        if before and (out / inventory.FILE).is_file() and before == audits(out)[-1]:
            for table in SCHEMAS:
                part = folder(out, table, before) / "across.parquet"
                if part.is_file():
                    aim = folder(out, table, made.id) / part.name
                    aim.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(part, aim)
            return
        rows = judge_across(Fleet(tables, today), rules_across, settings, today)
        write_part(out, made.id, "across", rows)
        inventory.write(out, tables, made.time)
    finally:
        tables.close()


def _run(request: Request, task: Task, jobs: list[Job]) -> Iterator[Done]:
    if request.engine == "ray":
        from preflight.fleet.engines import on_ray

        return on_ray.run(task, jobs, request.processes, request.address)
    return local.run(task, jobs, min(request.processes, max(len(jobs), 1)))


def _listed(sources: Sequence[str], listener: Listener) -> Iterator[StateRef]:
    seen: set[str] = set()
    for text in sources:
        count = 0
        for ref in open_source(text, listener.note).states():
            if ref.url not in seen:
                seen.add(ref.url)
                count += 1
                yield ref
        listener.listed(text, count)


def _prepare(out: Path) -> None:
    try:
        (out / MARK).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FleetError(f"--out {out}: can't be written: {error.strerror}") from error
    for name in audits(out):
        found = read_audit(out, name)
        if found.get("schema") != SCHEMA_VERSION:
            raise FleetError(
                f"--out {out}: holds an audit of schema version {found.get('schema')!r}, and this version writes "
                f"{SCHEMA_VERSION}; choose another folder"
            )


def _identity(out: Path, now: datetime.datetime) -> str:
    """The time in UTC, so that audits sort; with a number when the second is taken."""
    base = now.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    taken = {path.name for path in (out / "stacks").glob("audit=*")} | {f"audit={name}" for name in audits(out)}
    names = [base, *(f"{base}-{number}" for number in range(2, 1000))]
    return next(name for name in names if f"audit={name}" not in taken)
