"""The work of one job, the same in every engine: judge, write one part of the tables, say what was done."""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass, field
from pathlib import Path

from preflight.fleet.judge import Judge
from preflight.fleet.plan import Job
from preflight.fleet.tables import no_rows, write_part
from preflight.settings.model import Settings


@dataclass(frozen=True)
class Task:
    """What every job of one audit has in common."""

    out: Path
    audit: str
    digest: str
    settings: Settings
    today: datetime.date
    environment_region: str | None = None


@dataclass(frozen=True)
class Done:
    """What became of a job."""

    part: str
    states: int
    resources: int = 0
    failed: int = 0


@dataclass
class Worker:
    """Does jobs; the rules are loaded once, when it is made."""

    task: Task
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        # What file systems say of each request is no output of an audit.
        logging.getLogger("s3fs").setLevel(logging.CRITICAL)
        self.judge = Judge(self.task.settings, self.task.today, self.task.environment_region)

    def do(self, job: Job) -> Done:
        """Judge a job's states and write its part."""
        task = self.task
        if job.large:
            rows = self.judge.large(job.refs[0], task.digest, task.audit)
        else:
            rows = self.judge.chunk(job.refs, task.digest, task.audit)
        write_part(task.out, task.audit, job.part, rows)
        failed = sum(row["status"] == "failed" for row in rows["stacks"])
        return Done(job.part, len(job.refs), sum(row["resources"] for row in rows["stacks"]), failed)


def lost(task: Task, job: Job, why: str) -> Done:
    """Write the part of a job whose worker died on it: its states are rows of ``failures``, not missing."""
    rows = no_rows()
    for ref in job.refs:
        rows["stacks"].append(
            {
                "state": ref.url, "source": ref.source, "stack": ref.name, "organization": ref.organization,
                "project": ref.project, "name": ref.stack, "version": ref.version, "rules_digest": task.digest,
                "judged_in": task.audit, "status": "failed", "size": ref.size, "modified": ref.modified, "failures": 1,
            }
        )  # fmt: skip
        rows["failures"].append({"state": ref.url, "stack": ref.name, "stage": "worker", "error": why})
    write_part(task.out, task.audit, job.part, rows)
    return Done(job.part, len(job.refs), 0, len(job.refs))
