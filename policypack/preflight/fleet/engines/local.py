"""Processes of this machine: each loads the pack once; jobs wait here, so that no more than a few are under way."""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import islice
from typing import Final

from preflight.fleet.engines.work import Done, Task, Worker, lost
from preflight.fleet.errors import FleetError
from preflight.fleet.plan import Job

_WAITING: Final = 2
"""Jobs in hand beside the one that is being done, for each process."""
_worker: list[Worker] = []


def run(task: Task, jobs: Iterable[Job], processes: int) -> Iterator[Done]:
    """Do the jobs and yield each as it is done. A job whose process dies is done again state by state; the state that
    kills it twice becomes a failure.
    """
    if processes == 1:
        worker = Worker(task)
        yield from map(worker.do, jobs)
        return
    left = iter(jobs)
    broken: list[Job] = []
    while True:
        unfinished = yield from _run_pool(task, left, processes)
        if not unfinished:
            break
        broken += unfinished
    for job in broken:
        for index, ref in enumerate(job.refs):
            single = replace(job, part=f"{job.part}-{index:02d}", refs=(ref,))
            if (yield from _run_pool(task, iter([single]), 1)):
                yield lost(task, single, "the process that judged it died, twice: out of memory, or killed")


def _run_pool(task: Task, left: Iterator[Job], processes: int) -> Generator[Done, None, list[Job]]:
    """Do jobs in one pool; return those that were under way when a process died."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(task,))
    under_way: dict[Future[Done], Job] = {}
    try:
        _check_start(pool)
        while True:
            for job in islice(left, processes * (1 + _WAITING) - len(under_way)):
                under_way[pool.submit(_do, job)] = job
            if not under_way:
                return []
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    result = future.result()
                except BrokenProcessPool:
                    return list(under_way.values())
                del under_way[future]
                yield result
    except BrokenProcessPool:
        return list(under_way.values())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _check_start(pool: ProcessPoolExecutor) -> None:
    """Tell a process that can't even start from one that a state kills.

    Raises:
        FleetError: the processes don't start.
    """
    try:
        pool.submit(_ready).result()
    except BrokenProcessPool as error:
        raise FleetError("the worker processes can't be started; --jobs 1 works without them") from error


def _ready() -> bool:
    return bool(_worker)


def _start(task: Task) -> None:
    _worker[:] = [Worker(task)]


def _do(job: Job) -> Done:
    return _worker[0].do(job)
