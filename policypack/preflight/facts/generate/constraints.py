"""What the AWS provider refuses, by asking it; one file per service, in Pulumi's names."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from preflight.facts.generate import _asking, _plugin


def _ask(part: tuple[int, int]) -> dict[str, Any]:
    number, of = part
    with _plugin.Plugin(_plugin.find()) as plugin:
        kinds = sorted(plugin.resources)[number::of]
        return {kind: _asking.ask_type(plugin, kind) for kind in kinds}


def ask_all(processes: int = 2) -> dict[str, Any]:
    """Every type of the provider, asked by several plugins at once."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = list(pool.map(_ask, [(number, processes * 10) for number in range(processes * 10)]))
    return {kind: row for part in parts for kind, row in part.items()}
