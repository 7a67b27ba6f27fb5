"""The resource graph that a cross-resource rule sees, and the questions it answers in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from . import wire
from .finding import Undecided
from .resource import Provider, Resource, canonical
from .view import MISSING, View

__all__ = ["Partners", "Stack"]

_T = TypeVar("_T")

_IDENTITY: Final = ("id", "arn", "name", "bucket", "functionName", "identifier", "clusterIdentifier", "keyId", "url")
"""The properties whose known value another resource may repeat to mean this one."""


class Partners(Sequence[Resource]):
    """Resources on the other end of a reference; the answer may have a part that is not known yet.

    Iterating gives the certain ones, then raises Undecided when there may be more. Truth and length: true as soon as
    one is certain; with none certain and one possible, Undecided. So ``if partners`` never guesses.
    """

    __slots__ = ("_certain", "_possible")

    def __init__(self, certain: list[Resource], possible: Undecided | None) -> None:
        self._certain = certain
        self._possible = possible

    def __iter__(self) -> Iterator[Resource]:
        yield from self._certain
        if self._possible:
            raise self._possible

    def __bool__(self) -> bool:
        if self._certain:
            return True
        if self._possible:
            raise self._possible
        return False

    def __len__(self) -> int:
        if self._possible:
            raise self._possible
        return len(self._certain)

    def __getitem__(self, index: int) -> Resource:  # type: ignore[override]
        return self._certain[index]

    @property
    def certain(self) -> list[Resource]:
        """The certain ones alone, for messages and for rules to which a possible partner makes no difference."""
        return self._certain

    @property
    def maybe_more(self) -> bool:
        """Whether there may be partners that can't be told yet."""
        return self._possible is not None


class Stack:
    """All resources of a program, with their references.

    Args:
        resources: components and providers included; in an order that every run repeats.
        prerequisites: names and ARNs that the settings, or lookups in the program, declare to exist outside it.
        name: the Pulumi stack's name, empty when not known.
        project: the Pulumi project's name, empty when not known.
    """

    def __init__(
        self,
        resources: Sequence[Resource],
        *,
        prerequisites: frozenset[str] = frozenset(),
        name: str = "",
        project: str = "",
    ) -> None:
        self.resources = resources
        self.prerequisites = prerequisites
        self.name = name
        self.project = project
        self._by_urn = {resource.urn: resource for resource in resources}
        self._by_kind: dict[str, list[Resource]] = {}
        for resource in resources:
            self._by_kind.setdefault(resource.kind, []).append(resource)
        self._made: dict[str, Any] = {}
        self._children: dict[str, list[Resource]] | None = None
        self._dependents: dict[tuple[str, str | None], dict[str, list[Resource]]] = {}
        self._identities: dict[str, frozenset[str]] = {}
        self._identified: dict[str, dict[str, list[Resource]]] = {}
        self._values: dict[tuple[str, str], dict[str, list[Resource]]] = {}
        self._unknowns: dict[tuple[str, str], list[Resource]] = {}
        self._ends: dict[tuple[str, str, str], tuple[dict[str, list[Resource]], list[Resource]]] = {}
        self._accounts: dict[str, list[Any]] = {}
        self._above: tuple[str, frozenset[str]] = ("", frozenset())
        self._referring: dict[tuple[str, str, tuple[str, ...]], Partners] = {}
        self._referred: dict[tuple[str, str, tuple[str, ...]], Partners] = {}

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of these types, all tokens of one kind taken together, in the stack's order."""
        if len(types) == 1:
            return self._by_kind.get(canonical(types[0]), [])
        kinds = dict.fromkeys(canonical(wanted) for wanted in types)
        return [resource for kind in kinds for resource in self._by_kind.get(kind, [])]

    def get(self, urn: str) -> Resource | None:
        """Return the resource with this URN, None when it is not of this program."""
        return self._by_urn.get(urn)

    @property
    def root(self) -> Resource | None:
        """The stack's own resource, which every program has."""
        return next((found for found in self.resources if found.type == "pulumi:pulumi:Stack"), None)

    def owner_of(self, view: View) -> Resource:
        """Return the resource that an object belongs to."""
        return self._by_urn[view.owner.urn]

    def parent(self, resource: Resource) -> Resource | None:
        """Return the parent (a component, the stack, a resource), None at the root."""
        return self._by_urn.get(resource.parent)

    def once(self, key: str, make: Callable[[Stack], _T]) -> _T:
        """Return what ``make`` gives for this stack, made once: for an index that a rule asks at every anchor."""
        if key not in self._made:
            self._made[key] = make(self)
        made: _T = self._made[key]
        return made

    def children(self, resource: Resource) -> list[Resource]:
        """Return the resources whose parent this is."""
        if self._children is None:
            self._children = {}
            for child in self.resources:
                if child.parent:
                    self._children.setdefault(child.parent, []).append(child)
        return self._children.get(resource.urn, [])

    def is_declared(self, *names: str | None) -> bool:
        """Tell whether one of these names or ARNs is a declared prerequisite: it exists outside the program."""
        return any(name in self.prerequisites for name in names if name)

    def identities(self, resource: Resource) -> frozenset[str]:
        """Return the known texts by which another resource can mean this one: id, ARN, name and the like."""
        found = self._identities.get(resource.urn)
        if found is None:
            texts: set[str] = set()
            for source in (resource.inputs, resource.outputs):
                for key in _IDENTITY:
                    value = source.get(key)
                    if isinstance(value, str) and value and not wire.is_unknown(value):
                        texts.add(value)
            if resource.kind == "aws:s3/bucket:Bucket":
                texts.update(_bucket_arns(resource, texts))
            found = frozenset(texts)
            self._identities[resource.urn] = found
        return found

    def depends(self, resource: Resource, on: Resource, via: str | None = None) -> bool:
        """Tell whether a property (or, without one, any option or property) of a resource mentions another directly."""
        if via is None:
            return on.urn in resource.dependencies or any(
                on.urn in urns for urns in resource.property_dependencies.values()
            )
        return on.urn in resource.property_dependencies.get(_top(via), ())

    def referring_to(self, target: Resource, *types: str, via: str) -> Partners:
        """Return the resources of these types whose property ``via`` means ``target``.

        Property dependencies decide while ids are unknown, equal values (id, ARN, name) once they are known. A
        property that is unknown and comes from nothing in the program leaves the answer open, see :class:`Partners`.
        """
        key = (target.urn, via, types)
        cached = self._referring.get(key)
        if cached is None:
            cached = self._referring[key] = self._find_referring(target, types, via)
        return cached

    def _find_referring(self, target: Resource, types: tuple[str, ...], via: str) -> Partners:
        certain: dict[str, Resource] = {}
        possible: Undecided | None = None
        for kind in dict.fromkeys(canonical(wanted) for wanted in types):
            for candidate in self._by_property(kind, via).get(target.urn, ()):
                if candidate is not target:
                    certain[candidate.urn] = candidate
            values = self._by_value(kind, via)
            for identity in sorted(self.identities(target)):
                for candidate in values.get(identity, ()):
                    if candidate is not target and self._same_place(candidate, target):
                        certain[candidate.urn] = candidate
            reached, sourceless = self._unknown_ends(kind, via, target.kind)
            for candidate in reached.get(target.urn, ()):
                if candidate is not target:
                    certain[candidate.urn] = candidate
            unclear = next((found for found in sourceless if found.urn not in certain and found is not target), None)
            if unclear is not None:
                possible = possible or Undecided(via, unclear.urn)
        return Partners(list(certain.values()), possible)

    def referred_by(self, resource: Resource, via: str, *types: str) -> Partners:
        """Return the resources that the property ``via`` of a resource means; of these types, if any are given."""
        key = (resource.urn, via, types)
        cached = self._referred.get(key)
        if cached is None:
            kinds = frozenset(canonical(wanted) for wanted in types)
            cached = self._referred[key] = self._find_referred(resource, via, kinds)
        return cached

    def _find_referred(self, resource: Resource, via: str, kinds: frozenset[str]) -> Partners:
        certain: dict[str, Resource] = {}
        for urn in resource.property_dependencies.get(_top(via), ()):
            for found in self._through(urn, kinds):
                certain[found.urn] = found
        texts, unknown = _texts(resource, via)
        if texts and (kinds or not certain):
            for kind in kinds or self._by_kind:
                known = self._by_identity(kind)
                for text in sorted(texts):
                    for candidate in known.get(text, ()):
                        certain[candidate.urn] = candidate
        certain.pop(resource.urn, None)
        open_end = unknown and not certain and not resource.property_dependencies.get(_top(via))
        return Partners(list(certain.values()), Undecided(via, resource.urn) if open_end else None)

    def _by_identity(self, kind: str) -> dict[str, list[Resource]]:
        index = self._identified.get(kind)
        if index is None:
            index = self._identified[kind] = {}
            for candidate in self._by_kind.get(kind, ()):
                for text in self.identities(candidate):
                    index.setdefault(text, []).append(candidate)
        return index

    def _through(self, urn: str, kinds: frozenset[str]) -> list[Resource]:
        """The resource with this URN if it is of these kinds, else those that its own properties come from."""
        first = self._by_urn.get(urn)
        if first is None:
            return []
        if not kinds or first.kind in kinds:
            return [first]
        seen, queue, found = {urn}, [first], []
        while queue:
            for urns in queue.pop().property_dependencies.values():
                for deeper in urns:
                    resource = self._by_urn.get(deeper)
                    if resource is None or deeper in seen:
                        continue
                    seen.add(deeper)
                    if resource.kind in kinds:
                        found.append(resource)
                    else:
                        queue.append(resource)
        return found if len(found) == 1 else []

    def waits_for(self, resource: Resource, other: Resource) -> bool:
        """Tell whether a resource is created only after another, through any chain of dependencies and parents."""
        known, above = self._above
        if known != resource.urn:
            # Rules ask about one resource and many others in turn; to keep more than the last one's would cost memory
            # by the square.
            above = self._created_before(resource)
            self._above = (resource.urn, above)
        return other.urn in above

    def _created_before(self, resource: Resource) -> frozenset[str]:
        above: set[str] = set()
        queue = [resource]
        while queue:
            current = queue.pop()
            next_urns = [current.parent, *current.dependencies]
            for urns in current.property_dependencies.values():
                next_urns.extend(urns)
            for urn in next_urns:
                if urn and urn not in above:
                    above.add(urn)
                    found = self._by_urn.get(urn)
                    if found is not None:
                        queue.append(found)
        return frozenset(above)

    def same_scope(self, first: Resource, second: Resource) -> bool:
        """Tell whether two resources are in the same account and region, as far as the program says.

        Raises:
            Undecided: a region is unknown while the providers differ.
        """
        return self.same_account(first, second) and first.region == second.region

    def same_account(self, first: Resource, second: Resource) -> bool:
        """Tell whether two resources are in the same account, as far as their providers say."""
        mine, theirs = first.provider, second.provider
        if mine is None or theirs is None or mine.urn == theirs.urn:
            return True
        return self._account(mine) == self._account(theirs)

    def _account(self, provider: Provider) -> list[Any]:
        """What decides which account a provider works in."""
        if provider.urn not in self._accounts:
            self._accounts[provider.urn] = [provider.view.raw(key) for key in _ACCOUNT_SETTINGS]
        return self._accounts[provider.urn]

    def _same_place(self, candidate: Resource, target: Resource) -> bool:
        here, there = candidate.known_region, target.known_region
        return not (here and there) or here == there or target.kind in _GLOBAL_NAMES

    def _by_property(self, kind: str, via: str) -> dict[str, list[Resource]]:
        top = _top(via)
        index = self._dependents.get((kind, top))
        if index is None:
            index = {}
            for candidate in self._by_kind.get(kind, ()):
                for urn in candidate.property_dependencies.get(top, ()):
                    index.setdefault(urn, []).append(candidate)
            self._dependents[kind, top] = index
        return index

    def _by_value(self, kind: str, via: str) -> dict[str, list[Resource]]:
        index = self._values.get((kind, via))
        if index is None:
            index = {}
            unknowns: list[Resource] = []
            for candidate in self._by_kind.get(kind, ()):
                texts, unknown = _texts(candidate, via)
                for text in sorted(texts):
                    index.setdefault(text, []).append(candidate)
                if unknown:
                    unknowns.append(candidate)
            self._values[kind, via] = index
            self._unknowns[kind, via] = unknowns
        return index

    def _unknown_ends(self, kind: str, via: str, target_kind: str) -> tuple[dict[str, list[Resource]], list[Resource]]:
        """Where the properties lead that are unknown: by target, the resources whose property comes from it through
        others; and those whose property comes from nothing in the program, of which it can't be told.
        """
        key = (kind, via, target_kind)
        if key not in self._ends:
            reached: dict[str, list[Resource]] = {}
            sourceless: list[Resource] = []
            for candidate in self._unknowns[kind, via]:
                urns = candidate.property_dependencies.get(_top(via), ())
                if not urns:
                    sourceless.append(candidate)
                ends = (end for urn in urns for end in self._through(urn, frozenset({target_kind})))
                for end in dict.fromkeys(end.urn for end in ends):
                    reached.setdefault(end, []).append(candidate)
            self._ends[key] = (reached, sourceless)
        return self._ends[key]


_ACCOUNT_SETTINGS: Final = ("profile", "accessKey", "assumeRole", "assumeRoles", "assumeRoleWithWebIdentity")
_GLOBAL_NAMES: Final = frozenset({"aws:s3/bucket:Bucket", "aws:iam/role:Role", "aws:iam/policy:Policy"})


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _texts(resource: Resource, path: str) -> tuple[frozenset[str], bool]:
    """The known texts at a path, and whether one was unknown."""
    texts: set[str] = set()
    try:
        for value in resource.values(path):
            if isinstance(value, str):
                texts.add(value)
    except Undecided:
        return frozenset(texts), True
    return frozenset(texts), False


def _bucket_arns(resource: Resource, names: set[str]) -> list[str]:
    name = resource.inputs.get("bucket", MISSING)
    if not isinstance(name, str) or name not in names:
        return []
    return [f"arn:{partition}:s3:::{name}" for partition in ("aws", "aws-cn", "aws-us-gov")]
