"""Where states are: self-managed backends and exported files through fsspec, and Pulumi Cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from preflight.fleet.sources.cloud import CloudSource, is_cloud
from preflight.fleet.sources.files import FileSource
from preflight.fleet.sources.model import Source, StateRef

__all__ = ["Source", "StateRef", "open_source"]

_MADE: Final[dict[str, Source]] = {}


def open_source(text: str, log: Callable[[str], None] = lambda line: None) -> Source:
    """Return the source that a SOURCE argument names; one per process, so that its connections are kept.

    Raises:
        FleetError: it names nothing that Preflight can read.
    """
    found = _MADE.get(text)
    if found is None:
        found = _MADE[text] = CloudSource(text, log) if is_cloud(text) else FileSource(text)
    return found
