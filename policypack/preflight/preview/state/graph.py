"""URNs, and the graph of what a program has registered so far."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlparse

ROOT_TYPE: Final = "pulumi:pulumi:Stack"
PROVIDER_PREFIX: Final = "pulumi:providers:"


def make_urn(stack: str, project: str, parent: str, type_token: str, name: str) -> str:
    """Build a URN; ``parent`` is the parent's URN, or empty. The root stack's type is no part of its children's."""
    qualified = type_token
    if parent:
        chain = urn_qualified_type(parent)
        if chain != ROOT_TYPE:
            qualified = f"{chain}${type_token}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def urn_qualified_type(urn: str) -> str:
    """Return the ``$``-joined chain of types in a URN."""
    return urn.split("::", 3)[2]


def urn_type(urn: str) -> str:
    """Return the type token of the resource that a URN names."""
    return urn_qualified_type(urn).rsplit("$", 1)[-1]


def urn_name(urn: str) -> str:
    """Return the name of the resource that a URN names (it may itself hold ``::``)."""
    return urn.split("::", 3)[3]


def is_urn(text: str) -> bool:
    """Tell whether a text has the form of a URN."""
    return text.startswith("urn:pulumi:") and text.count("::") >= 3


def package_of(token: str) -> str:
    """Return the package of a type or function token, ``aws`` for ``aws:s3/bucket:Bucket``."""
    return token.split(":", 1)[0]


def is_provider_type(type_token: str) -> bool:
    """Tell whether a type is that of a provider resource."""
    return type_token.startswith(PROVIDER_PREFIX)


def split_reference(reference: str) -> tuple[str, str]:
    """Split a provider reference ``urn::id``.

    Raises:
        ValueError: when it is none.
    """
    urn, _, identity = reference.rpartition("::")
    if not is_urn(urn):
        raise ValueError(f"{reference!r} is not a provider reference")
    return urn, identity


@dataclass(frozen=True)
class Location:
    """A line of the program: an absolute path and a line number from 1."""

    file: str
    line: int


@dataclass
class Options:
    """The resource options that reach policies or children."""

    protect: bool | None = None
    ignore_changes: list[str] = field(default_factory=list)
    delete_before_replace: bool | None = None
    additional_secret_outputs: list[str] = field(default_factory=list)
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    timeouts: dict[str, float] = field(default_factory=dict)
    """Seconds by operation: create, update, delete, read."""
    import_id: str = ""
    hooks: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass
class Registration:
    """One registered resource. ``inputs`` are the checked ones; ``outputs`` are what ``AnalyzeStack`` shows."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    options: Options
    provider: str = ""
    """The reference ``urn::id`` of its provider, empty for components and providers."""
    providers: dict[str, str] = field(default_factory=dict)
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    location: Location | None = None
    id: str = ""
    transforms: list[Any] = field(default_factory=list)
    read: bool = False
    """True for a resource that is looked up, not managed (``X.get``): policies never see it."""


class DuplicateUrnError(Exception):
    """Two resources with one URN."""

    def __init__(self, urn: str, first: Location | None) -> None:
        super().__init__(urn)
        self.urn = urn
        self.first = first


class Graph:
    """The registrations of one run, in the order in which they began. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claimed: dict[str, Location | None] = {}
        self._by_urn: dict[str, Registration] = {}
        self._children: dict[str, list[str]] = {}
        self.root = ""

    def claim(self, urn: str, location: Location | None) -> None:
        """Reserve a URN.

        Raises:
            DuplicateUrnError: when it is taken.
        """
        with self._lock:
            if urn in self._claimed:
                raise DuplicateUrnError(urn, self._claimed[urn])
            self._claimed[urn] = location

    def knows(self, urn: str) -> bool:
        """Tell whether a URN has been claimed."""
        with self._lock:
            return urn in self._claimed

    def add(self, registration: Registration) -> None:
        """Record a finished registration."""
        with self._lock:
            self._by_urn[registration.urn] = registration
            self._children.setdefault(registration.parent, []).append(registration.urn)
            if registration.type == ROOT_TYPE and not self.root:
                self.root = registration.urn

    def get(self, urn: str) -> Registration | None:
        """Return the registration with a URN, if it is finished."""
        with self._lock:
            return self._by_urn.get(urn)

    def ancestors(self, urn: str) -> Iterator[Registration]:
        """Yield the registration with this URN, then its parent, and so on up."""
        while urn:
            registration = self.get(urn)
            if registration is None:
                return
            yield registration
            urn = registration.parent

    def pending(self, urns: Iterable[str]) -> bool:
        """Tell whether any of these resources, or of a component's descendants, has no id yet."""
        frontier = list(urns)
        seen: set[str] = set()
        with self._lock:
            while frontier:
                urn = frontier.pop()
                registration = self._by_urn.get(urn)
                if registration is None or urn in seen:
                    continue
                seen.add(urn)
                if registration.custom:
                    if not registration.id:
                        return True
                else:
                    frontier.extend(self._children.get(urn, ()))
        return False

    def managed(self) -> list[Registration]:
        """Return the registrations that policies see, sorted by URN: threads must not decide the order."""
        with self._lock:
            return sorted((item for item in self._by_urn.values() if not item.read), key=lambda item: item.urn)

    def location(self, urn: str) -> Location | None:
        """Return where a resource is declared."""
        with self._lock:
            return self._claimed.get(urn)


_PACKAGES: Final = frozenset({"site-packages", "dist-packages", "node_modules"})
_STANDARD_LIBRARY: Final = re.compile(r"[/\\]lib(?:64)?[/\\]python3\.\d+[/\\]", re.IGNORECASE)
_OURSELVES: Final = Path(__file__).resolve().parents[2]


def location_of(request: Any, root: Path) -> Location | None:
    """Return the place of a registration: its source position or nearest frame that is the user's own.

    ``request`` is a protocol message with ``sourcePosition`` and ``stackTrace``. Files that do not exist don't
    count, nor installed packages, the standard library and ourselves, nor Go files outside ``root``: a language host
    tells those of its own runtime. A file of the project is nearer than one outside.
    """
    outside = None
    places = [request.sourcePosition] if request.HasField("sourcePosition") else []
    if request.HasField("stackTrace"):
        places.extend(frame.pc for frame in request.stackTrace.frames if frame.HasField("pc"))
    for place in places:
        address = urlparse(place.uri)
        if address.scheme != "file" or not place.line:
            continue
        path = Path(unquote(address.path))
        within = path.is_relative_to(root)
        if path.suffix == ".go" and not within:
            continue
        if not _PACKAGES.isdisjoint(path.parts) or not path.is_file():
            continue
        if within:
            return Location(str(path), place.line)
        if outside is None and not path.is_relative_to(_OURSELVES) and not _STANDARD_LIBRARY.search(str(path)):
            outside = Location(str(path), place.line)
    return outside
