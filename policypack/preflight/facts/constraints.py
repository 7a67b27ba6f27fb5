"""What the AWS provider refuses of each property, by its own check: values, lengths, formats, and what goes together.

One file per service stands in ``data/constraints``, read when a type of the service is first met; `sources` says which
releases they come from. A `Row` holds for every value at a property's path; lists on the way are left out of the path
(``rules.status`` for ``rules[0].status``).
"""

from __future__ import annotations

import base64
import gzip
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from preflight.facts.table import DATA, Source

FOLDER: Final = DATA / "constraints"

Row = Mapping[str, Any]
"""One property's constraints: ``e`` accepted values (``i``: in any case), ``n`` number range, ``l`` length range, ``p``
pattern, ``f`` format, ``c`` characters that are refused (anywhere, as the first, as the last), ``w`` whether a plain
word is refused, ``z`` whether the empty string is refused too. A bound of None is open."""


@dataclass(frozen=True)
class Constraints:
    """A type's rows by path, and its combinations: of each group of top-level properties at most one, exactly one, at
    least one, or all or none may be there.
    """

    rows: Mapping[str, Row]
    combinations: Mapping[str, tuple[tuple[str, ...], ...]]
    sizes: Mapping[str, tuple[int | None, int | None]]
    newer: frozenset[str]
    """Properties that the provider asked does not have: one may stand for what a combination needs."""
    tree: Mapping[str, Any]
    """The rows by the names on their path; an object's own row stands under the empty name."""


def of(token: str) -> Constraints | None:
    """What constrains a type; None when nothing is known of it."""
    return _of(token)


@cache
def _of(token: str) -> Constraints | None:
    found = _service(token.partition(":")[2].partition("/")[0]).get(token)
    if found is None:
        return None
    rows: Mapping[str, Row] = found.get("rows", {})
    tree: dict[str, Any] = {}
    for path, row in rows.items():
        node = tree
        for step in path.split("."):
            node = node.setdefault(step, {})
        node[""] = row
    return Constraints(
        rows,
        {kind: tuple(map(tuple, groups)) for kind, groups in found.get("combinations", {}).items()},
        {path: (low, high) for path, (low, high) in found.get("sizes", {}).items()},
        frozenset(found.get("newer", ())),
        tree,
    )


@cache
def _service(service: str) -> Mapping[str, Any]:
    path = FOLDER / f"{service}.json.gz"
    if not service or not path.is_file():
        return {}
    found: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def tokens() -> Iterator[str]:
    """Every type that has constraints; reads all files."""
    for path in sorted(FOLDER.glob("*.json.gz")):
        yield from _service(path.name.removesuffix(".json.gz"))


@cache
def sources() -> tuple[Source, ...]:
    """The releases that the tables come from, oldest first."""
    rows = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))["sources"]
    return tuple(Source(**row) for row in rows)


def refusal(row: Row, value: str | float) -> str | None:
    """What a known value breaks: the kind of constraint (``values``, ``range``, ``length``, ``pattern``, a format's
    name, ``word`` or ``characters``); None when it is accepted.
    """
    if "n" in row:
        return _outside(row["n"], value)
    if not isinstance(value, str):
        value = str(int(value) if value == int(value) else value)
    if not value:
        return _first_kind(row) if "z" in row else None
    if "e" in row:
        known = value in row["e"] or ("i" in row and value.lower() in {item.lower() for item in row["e"]})
        return None if known else "values"
    if "l" in row:
        low, high = row["l"]
        # Some checks count bytes, some characters.
        if (high is not None and len(value) > high) or (low is not None and len(value.encode()) < low):
            return "length"
    if "p" in row and not any(_compiled(pattern).search(value) for pattern in row["p"]):
        return "pattern"
    if "f" in row and not FORMATS[row["f"]](value):
        return str(row["f"])
    if "w" in row and value.isascii() and value.isalnum():
        return "word"
    if "c" in row:
        anywhere, first, last = row["c"]
        if any(character in anywhere for character in value) or value[0] in first or value[-1] in last:
            return "characters"
    return None


def _first_kind(row: Row) -> str:
    return (
        "values" if "e" in row else "length" if "l" in row else "pattern" if "p" in row else row.get("f", "characters")
    )


def _outside(bounds: tuple[float | None, float | None], value: str | float) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return None  # no number at all: another rule's finding
    low, high = bounds
    return "range" if (low is not None and number < low) or (high is not None and number > high) else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _matches(pattern: str, flags: int = re.ASCII) -> Callable[[str], bool]:
    compiled = re.compile(pattern, flags)
    return lambda value: compiled.fullmatch(value) is not None


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def _is_network(value: str, versions: tuple[int, ...] = (4, 6)) -> bool:
    if not re.search(r"/\d{1,3}$", value):
        return False
    try:
        return ipaddress.ip_network(value, strict=False).version in versions
    except ValueError:
        return False


def _is_address(value: str, versions: tuple[int, ...] = (4, 6)) -> bool:
    try:
        return ipaddress.ip_address(value).version in versions
    except ValueError:
        return False


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        return False
    return True


_DAY: Final = "(mon|tue|wed|thu|fri|sat|sun)"
_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"

FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "arn": _matches(
        r"arn:aws(-[a-z]+)*:[^:]*:([a-z]{2}(-[a-z]+)+-\d{1,2})?"
        r":(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})?:.+",
        re.ASCII | re.DOTALL,
    ),
    "arn-like": _matches(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.*", re.ASCII | re.DOTALL),
    "json": _is_json,
    "cidr": _is_network,
    "cidr4": lambda value: _is_network(value, (4,)),
    "cidr6": lambda value: _is_network(value, (6,)),
    "ip": _is_address,
    "ip4": lambda value: _is_address(value, (4,)),
    "ip6": lambda value: _is_address(value, (6,)),
    "time": _matches(
        r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]?\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]\d\d:\d\d)"
    ),
    "account": _matches(r"\d{12}"),
    "base64": _is_base64,
    "duration": _matches(r"[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)"),
    "weekly": _matches(f"{_DAY}:{_CLOCK}-{_DAY}:{_CLOCK}", re.ASCII | re.IGNORECASE),
    "daily": _matches(f"{_CLOCK}-{_CLOCK}"),
}
"""Format to whether a text has it. Each accepts at least what the provider does."""
