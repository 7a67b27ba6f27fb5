"""Ray Data: the same jobs, streamed through actors that load the pack once; a job of an actor that dies is done again.

A job writes a file that has its own name, so doing one twice changes nothing. ``--out`` must be a folder that all
machines of the cluster share.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterable, Iterator
from typing import Any

from preflight.fleet.engines.work import Done, Task, Worker
from preflight.fleet.plan import Job


class _Actor:
    """Ray Data makes one for each worker, and calls it with batches of one job."""

    def __init__(self, task: Task) -> None:
        self._worker = Worker(task)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        done = [self._worker.do(pickle.loads(job)) for job in batch["job"]]
        return {
            "part": [one.part for one in done],
            "states": [one.states for one in done],
            "resources": [one.resources for one in done],
            "failed": [one.failed for one in done],
        }


def run(task: Task, jobs: Iterable[Job], processes: int, address: str | None) -> Iterator[Done]:
    """Do the jobs on a cluster (one of this machine when there is no address) and yield each as it is done."""
    import ray

    listed = [{"job": pickle.dumps(job)} for job in jobs]
    if not listed:
        return
    started = not ray.is_initialized()
    if started:
        own: dict[str, Any] = {} if address else {"num_cpus": processes, "include_dashboard": False}
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **own)
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        dataset = ray.data.from_items(listed, override_num_blocks=len(listed)).map_batches(
            _Actor,
            fn_constructor_args=(task,),
            batch_size=1,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=processes),
            max_restarts=-1,
            max_task_retries=-1,
        )
        for row in dataset.iter_rows():
            yield Done(str(row["part"]), int(row["states"]), int(row["resources"]), int(row["failed"]))
    finally:
        if started:
            ray.shutdown()
