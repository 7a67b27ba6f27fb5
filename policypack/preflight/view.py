"""The unknown-safe view of the objects and lists inside a resource.

A rule never sees an unknown sentinel. Asking for an unknown value raises :class:`Undecided`, asking whether it is
there does not. Secrets are unwrapped for judging and remembered, so that no message can show them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol, overload

from . import wire
from .finding import Certainty, Finding, Severity, Undecided

MISSING: Final = object()
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Owner(Protocol):
    """The resource that a view belongs to: what a finding says of it."""

    @property
    def urn(self) -> str:
        """Its URN."""

    @property
    def type(self) -> str:
        """Its type token."""

    @property
    def name(self) -> str:
        """Its logical name."""


@lru_cache(maxsize=8192)
def steps_of(path: str) -> tuple[str | int, ...]:
    """Split a property path: ``rules[0].id`` is ``("rules", 0, "id")``."""
    return tuple(name if name else int(index) for name, index in _STEP.findall(path))


def join(path: str, step: str | int) -> str:
    """Join a property path and one more step: ``join("rules", 0)`` is ``rules[0]``."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


class View:
    """An object inside a resource, or the resource itself; every path is relative to it.

    Paths are dotted, list entries in brackets: ``"rules[0].destination.bucket"``. A key that holds a dot is looked up
    literally first. A list of exactly one entry may be left out of a path, as the provider does.
    """

    __slots__ = ("_owner", "_path", "_raw")

    def __init__(self, raw: Mapping[str, Any], path: str, owner: Owner) -> None:
        self._raw = raw
        self._path = path
        self._owner = owner

    # Subclasses with another source of values replace this.
    def _values(self) -> Mapping[str, Any]:
        return self._raw

    @property
    def path(self) -> str:
        """The path of this object from its resource; empty for the resource itself."""
        return self._path

    @property
    def owner(self) -> Owner:
        """The resource that this object belongs to."""
        return self._owner

    def _undecided(self, path: str, reason: str = "is not known yet") -> Undecided:
        return Undecided(join(self._path, path) if self._path else path, self._owner.urn, reason)

    def _find(self, path: str, values: Mapping[str, Any] | None = None) -> Any:
        """Return the wire value at a path, or MISSING; raise Undecided behind an unknown."""
        current: Any = self._values() if values is None else values
        if path in current:
            return current[path]
        walked = ""
        for step in steps_of(path):
            if isinstance(current, str) and wire.is_unknown(current):
                raise self._undecided(walked)
            if isinstance(step, str) and isinstance(current, list):
                if len(current) != 1:
                    if not current:
                        return MISSING
                    raise self._undecided(walked, f"is a list of {len(current)}, not an object")
                current = current[0]
                if isinstance(current, str) and wire.is_unknown(current):
                    raise self._undecided(walked)
            walked = join(walked, step)
            if isinstance(step, int):
                if isinstance(current, Mapping) and step == 0:
                    continue
                if not isinstance(current, list):
                    raise self._undecided(walked, "is not a list")
                if step >= len(current):
                    return MISSING
                current = current[step]
            elif isinstance(current, Mapping):
                if step not in current:
                    if not wire.UNKNOWNS.isdisjoint(current):
                        raise self._undecided(walked, "may be a key that is not known yet")
                    return MISSING
                current = current[step]
            else:
                raise self._undecided(walked, "is inside a value that is not an object")
        return current

    def __getitem__(self, path: str) -> Any:
        """Return the value at a path: None when absent; objects as :class:`View`, lists as :class:`Items`.

        Raises:
            Undecided: the value, or one that it is inside of, is unknown.
        """
        value = self._find(path)
        if value is MISSING or value is None:
            return None
        return self._wrap(value, path)

    def _wrap(self, value: Any, path: str) -> Any:
        if isinstance(value, str):
            if wire.is_unknown(value):
                raise self._undecided(path)
            return value
        if isinstance(value, dict):
            if wire.SIGNATURE_KEY in value:
                return value
            return View(value, join(self._path, path) if self._path else path, self._owner)
        if isinstance(value, list):
            return Items(value, join(self._path, path) if self._path else path, self._owner)
        return value

    def has(self, path: str) -> bool:
        """Tell whether a value is there, known or not; an empty list, object or text counts as absent.

        Raises:
            Undecided: an object that the path leads through is unknown.
        """
        value = self._find(path)
        return not (value is MISSING or value is None or value == "" or value == [] or value == {})

    def known(self, path: str) -> Any:
        """Return the value at a path, or None where it is absent or unknown; for messages, never for verdicts."""
        try:
            return self[path]
        except Undecided:
            return None

    def is_unknown(self, path: str) -> bool:
        """Tell whether the value at a path is unknown."""
        try:
            return wire.is_unknown(self._find(path))
        except Undecided:
            return True

    def raw(self, path: str) -> Any:
        """Return the value as it is on the wire, unknown sentinels included, or None; for parsing documents."""
        try:
            value = self._find(path)
        except Undecided:
            return wire.UNKNOWN_STRING
        return None if value is MISSING else value

    def text(self, path: str) -> str | None:
        """Return a text, or None when absent; numbers and booleans as the text that the provider makes of them.

        Raises:
            Undecided: the value is unknown, or an object or list.
        """
        value = self[path]
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return str(value)
        raise self._undecided(path, "is not a text")

    def number(self, path: str) -> int | float | None:
        """Return a number, or None when absent; a text that is a number counts.

        Raises:
            Undecided: the value is unknown, or no number.
        """
        value = self[path]
        if isinstance(value, bool):
            raise self._undecided(path, "is not a number")
        if value is None or isinstance(value, (int, float)):
            return value
        if isinstance(value, str):
            try:
                number = float(value)
            except ValueError:
                raise self._undecided(path, "is not a number") from None
            if number != number or number in (float("inf"), float("-inf")):
                raise self._undecided(path, "is not a number")
            return int(number) if number.is_integer() else number
        raise self._undecided(path, "is not a number")

    def flag(self, path: str) -> bool | None:
        """Return a boolean, or None when absent; the texts "true" and "false" count, in any case, "1" and "0" too.

        Raises:
            Undecided: the value is unknown, or no boolean.
        """
        value = self[path]
        if value is None or isinstance(value, bool):
            return value
        if value in (0, 1):
            return bool(value)
        if isinstance(value, str):
            word = value.strip().lower()
            if word in ("true", "1"):
                return True
            if word in ("false", "0"):
                return False
            if word == "":
                return None
        raise self._undecided(path, "is not a boolean")

    def each(self, path: str) -> Iterator[View]:
        """Yield the objects at a path, through every list on the way; a single object counts as a list of one.

        The known ones come first; Undecided is raised at the end if one was unknown, so that a violation in a known
        entry is found and a pass is never claimed. Wrap the loop's body in :func:`preflight.rule.deferred` to have an
        unknown *inside* an entry leave the other entries decided.
        """
        for value in self.values(path):
            if isinstance(value, View):
                yield value

    def values(self, path: str) -> Iterator[Any]:
        """Yield the known values at a path, through every list on the way, then raise Undecided if one was unknown."""
        pending: Undecided | None = None
        for value, where in _flatten(self._values(), path, self._path):
            if isinstance(value, str) and wire.is_unknown(value):
                pending = pending or Undecided(where, self._owner.urn)
            elif isinstance(value, dict) and wire.SIGNATURE_KEY not in value:
                yield View(value, where, self._owner)
            elif value is not None:
                yield value
        if pending:
            raise pending

    def list(self, path: str) -> Items | None:
        """Return a list, or None when absent.

        Raises:
            Undecided: the value is unknown, or no list.
        """
        value = self[path]
        if value is None or isinstance(value, Items):
            return value
        raise self._undecided(path, "is not a list")

    def texts(self, path: str) -> Iterator[str]:
        """Yield the known texts at a path, as :meth:`values` does; what is no text is passed over."""
        return (value for value in self.values(path) if isinstance(value, str))

    def keys(self) -> Iterator[str]:
        """Yield the known keys, then raise Undecided if one was unknown."""
        unknown = False
        for key in self._values():
            if wire.is_unknown(key):
                unknown = True
            else:
                yield key
        if unknown:
            raise Undecided(self._path, self._owner.urn, "has keys that are not known yet")

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.has(key)

    def __iter__(self) -> Iterator[str]:
        return self.keys()

    def __len__(self) -> int:
        return sum(1 for _ in self.keys())

    def plain(self) -> dict[str, Any]:
        """Return this object as a plain dict.

        Raises:
            Undecided: anything inside is unknown.
        """
        result: dict[str, Any] = _plain(dict(self._values()), self._path, self._owner.urn)
        return result

    def finding(
        self, message: str, at: str = "", severity: Severity | None = None, certainty: Certainty | None = None
    ) -> Finding:
        """Make a finding on this object's resource, ``at`` being a path relative to this object.

        The message says what was seen, with its value, then the change to make. ``severity`` and ``certainty`` are
        the rule's unless given.
        """
        path = self._path if not at else (join(self._path, at) if self._path else at)
        owner = self._owner
        return Finding(owner.urn, owner.type, owner.name, message, path, severity, certainty)


def _plain(value: Any, path: str, urn: str) -> Any:
    if isinstance(value, str) and wire.is_unknown(value):
        raise Undecided(path, urn)
    if isinstance(value, dict):
        for key in value:
            if wire.is_unknown(key):
                raise Undecided(path, urn, "has keys that are not known yet")
        return {key: _plain(item, join(path, key), urn) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, join(path, index), urn) for index, item in enumerate(value)]
    return value


def _flatten(values: Mapping[str, Any], path: str, prefix: str) -> Iterator[tuple[Any, str]]:
    def walk(value: Any, steps: tuple[str | int, ...], where: str) -> Iterator[tuple[Any, str]]:
        if isinstance(value, list) and not (steps and isinstance(steps[0], int)):
            for index, item in enumerate(value):
                yield from walk(item, steps, join(where, index))
        elif not steps or (isinstance(value, str) and wire.is_unknown(value)):
            yield value, where
        elif isinstance(steps[0], int):
            if isinstance(value, list) and steps[0] < len(value):
                yield from walk(value[steps[0]], steps[1:], join(where, steps[0]))
        elif isinstance(value, Mapping):
            if steps[0] in value:
                yield from walk(value[steps[0]], steps[1:], join(where, steps[0]))
            elif not wire.UNKNOWNS.isdisjoint(value):
                yield wire.UNKNOWN_STRING, join(where, steps[0])

    yield from walk(values, steps_of(path), prefix)


class Items(Sequence[Any]):
    """A list inside a resource. Iterating gives the known entries, then raises Undecided if one was unknown."""

    __slots__ = ("_owner", "_path", "_raw")

    def __init__(self, raw: list[Any], path: str, owner: Owner) -> None:
        self._raw = raw
        self._path = path
        self._owner = owner

    def __iter__(self) -> Iterator[Any]:
        pending: Undecided | None = None
        for index, value in enumerate(self._raw):
            if wire.is_unknown(value):
                pending = pending or Undecided(join(self._path, index), self._owner.urn)
            else:
                yield self._wrap(value, index)
        if pending:
            raise pending

    def _wrap(self, value: Any, index: int) -> Any:
        where = join(self._path, index)
        if isinstance(value, dict) and wire.SIGNATURE_KEY not in value:
            return View(value, where, self._owner)
        if isinstance(value, list):
            return Items(value, where, self._owner)
        return value

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self._raw)))]
        value = self._raw[index]
        if wire.is_unknown(value):
            raise Undecided(join(self._path, index), self._owner.urn)
        return self._wrap(value, index)

    def __len__(self) -> int:
        """The number of entries; unknown entries count."""
        return len(self._raw)

    def __contains__(self, value: object) -> bool:
        return any(item == value for item in self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (list, tuple)):
            return len(other) == len(self) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def plain(self) -> list[Any]:
        """Return this list as a plain list.

        Raises:
            Undecided: anything inside is unknown.
        """
        result: list[Any] = _plain(self._raw, self._path, self._owner.urn)
        return result
