"""States that the fleet's tests write, and what an audit of them came to."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from preflight.fleet.audit import Audit, Request, audit
from preflight.fleet.query import Tables
from preflight.testing.fleet import S
from preflight.testing.program import R

OPEN_QUEUE = R("aws:sqs/queue:Queue", "jobs", name="jobs", sqsManagedSseEnabled=False, messageRetentionSeconds=9999999)
"""A queue with a finding that is certain: its retention is out of range."""
FINE_QUEUE = R("aws:sqs/queue:Queue", "jobs", name="jobs", kmsMasterKeyId="alias/own")


def exported(name: str = "app", *resources: R) -> dict[str, Any]:
    """An exported state."""
    state: dict[str, Any] = json.loads(S(name, *(resources or (OPEN_QUEUE,))).state())
    return state


def checkpoint(state: Mapping[str, Any], name: str = "app") -> dict[str, Any]:
    """The same state as a backend stores it."""
    return {
        "version": state["version"],
        "checkpoint": {"stack": f"organization/{name}/dev", "latest": state["deployment"]},
    }


def backend(
    folder: Path, *names: str, by_project: bool = True, zipped: bool = False, meta: str = "version: 1\n"
) -> Path:
    """A self-managed backend with one stack for each name."""
    stacks = folder / ".pulumi" / "stacks"
    stacks.mkdir(parents=True, exist_ok=True)
    (folder / ".pulumi" / "meta.yaml").write_text(meta)
    for name in names:
        data = json.dumps(checkpoint(exported(name), name)).encode()
        path = stacks / name / "dev.json" if by_project else stacks / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        if zipped:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(data))
        else:
            path.write_bytes(data)
    return folder


def audited(out: Path, *sources: Any, **options: Any) -> Audit:
    """Audit in this process."""
    return audit(Request([str(source) for source in sources], out, **options))


def rows(out: Path, query: str, audit_id: str = "") -> list[dict[str, Any]]:
    """The rows of a query on the views of an audit."""
    tables = Tables(out, audit_id)
    try:
        return tables.rows(query)
    finally:
        tables.close()
