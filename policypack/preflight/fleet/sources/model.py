"""A state before it is read: where it is, what it is called, and what tells that it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Protocol


@dataclass(frozen=True, slots=True)
class StateRef:
    """One state of a source.

    ``version`` changes whenever the state does: its ETag, else its size and time; empty when the source can't tell.
    ``modified`` is ISO 8601 in UTC, empty when not known; ``size`` counts bytes as stored.
    """

    source: str
    key: str
    url: str
    project: str
    stack: str
    organization: str = ""
    version: str = ""
    size: int = 0
    modified: str = ""

    @property
    def name(self) -> str:
        """The stack's name for a reader: organization, project and stack, as far as they are known."""
        return "/".join(filter(None, (self.organization, self.project, self.stack)))


class Source(Protocol):
    """Lists states and reads them. Objects of it stay in the process that made them."""

    def states(self) -> Iterator[StateRef]:
        """Yield every state, in an order that every run repeats.

        Raises:
            FleetError: the source can't be listed.
        """

    def read(self, refs: Sequence[StateRef]) -> Iterator[bytes | Exception]:
        """Yield the content of each of these states in turn, several fetched at once, or why it can't be had."""

    def open(self, ref: StateRef) -> IO[bytes]:
        """Open a large state for reading piece by piece.

        Raises:
            StateError: it can't be had.
        """
