"""What a rule across stacks sees: holdings (resources of all states) and stacks, fetched from the tables as asked."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from preflight import wire
from preflight.finding import Certainty, Finding, Severity, Undecided
from preflight.fleet.query import Tables
from preflight.resource import canonical

_COLUMNS: Final = "state, stack, urn, type, kind, name, id, arn, physical, account, region, status, protect, facts"


@dataclass(frozen=True, slots=True)
class Holding:
    """One resource of one stack. Indexing gives a kept property: None when absent, Undecided when unknown."""

    state: str
    stack: str
    urn: str
    type: str
    kind: str
    name: str
    id: str
    arn: str
    physical: str
    account: str
    region: str
    status: str
    protect: bool
    facts: str

    def __getitem__(self, key: str) -> Any:
        found = json.loads(self.facts).get(key) if self.facts else None
        if wire.is_unknown(found):
            raise Undecided(key, self.urn)
        return found

    @property
    def place(self) -> str:
        """Account and region for a reader."""
        return f"account {self.account}" + (f", {self.region}" if self.region else "")

    def known(self, key: str) -> Any:
        """Return a kept property, or None where it is absent or unknown."""
        try:
            return self[key]
        except Undecided:
            return None

    def finding(
        self, message: str, at: str = "", severity: Severity | None = None, certainty: Certainty | None = None
    ) -> Across:
        """Make a finding on this resource."""
        return Across(self, Finding(self.urn, self.type, self.name, message, at, severity, certainty))

    def undecided(self, path: str, reason: str = "is not known") -> Open:
        """Say that a rule can't be judged on this resource."""
        return Open(self, path, reason)


@dataclass(frozen=True, slots=True)
class Across:
    """A finding, and the resource of which state it is on."""

    holding: Holding
    finding: Finding


@dataclass(frozen=True, slots=True)
class Open:
    """What a rule across stacks can't tell of a resource."""

    holding: Holding
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class StackRow:
    """One stack: ``exports`` by name, None where the value is not kept; ``imports`` are stacks that it refers to."""

    state: str
    stack: str
    organization: str
    project: str
    name: str
    status: str
    exports: dict[str, Any] = field(hash=False)
    imports: tuple[str, ...] = ()

    def is_called(self, reference: str) -> bool:
        """Tell whether a stack reference's name means this stack."""
        parts = reference.split("/")
        if len(parts) == 3:
            organization = parts[0] in (self.organization, "organization") or not self.organization
            return organization and parts[1:] == [self.project, self.name]
        if len(parts) == 2:
            return parts == [self.project, self.name]
        return reference == self.name and not self.project


class Fleet:
    """The fleet, in one account of it. Answers are in an order that every run repeats.

    ``today`` is the day of the audit: rules about ends of support judge by it.
    """

    def __init__(self, tables: Tables, today: datetime.date) -> None:
        self._tables = tables
        self.today = today
        self._by_type: dict[str, list[Holding]] = {}
        self._by_identity: dict[str, dict[str, list[Holding]]] = {}

    def of_type(self, *types: str) -> list[Holding]:
        """Return the managed resources of these types."""
        found: list[Holding] = []
        for kind in dict.fromkeys(canonical(token) for token in types):
            if kind not in self._by_type:
                self._by_type[kind] = self.where("status = 'managed' AND kind = ?", [kind])
            found += self._by_type[kind]
        return found

    def where(self, condition: str, parameters: Sequence[Any] = ()) -> list[Holding]:
        """Return the resources that a condition of SQL on the table ``resources`` chooses."""
        query = f"SELECT {_COLUMNS} FROM resources WHERE {condition} ORDER BY stack, state, urn"
        return [Holding(**row) for row in self._tables.rows(query, parameters)]

    @cached_property
    def stacks(self) -> list[StackRow]:
        """Every stack that could be judged."""
        query = (
            "SELECT state, stack, organization, project, name, status, exports, imports FROM stacks "
            "WHERE status = 'judged' ORDER BY stack, state"
        )
        return [
            StackRow(**{**row, "exports": json.loads(row["exports"] or "{}"), "imports": tuple(row["imports"] or ())})
            for row in self._tables.rows(query)
        ]

    @cached_property
    def complete(self) -> bool:
        """Whether every state could be judged: what is not in the fleet then does not exist in it."""
        return not self._tables.rows("SELECT 1 FROM stacks WHERE status <> 'judged' LIMIT 1")

    def called(self, reference: str) -> list[StackRow]:
        """Return the stacks that a stack reference's name may mean."""
        last = reference.rpartition("/")[2]
        return [stack for stack in self._by_name.get(last, ()) if stack.is_called(reference)]

    @cached_property
    def _by_name(self) -> dict[str, list[StackRow]]:
        found: dict[str, list[StackRow]] = {}
        for stack in self.stacks:
            found.setdefault(stack.name, []).append(stack)
        return found

    def owned_twice(self, column: str, *types: str) -> Iterator[list[Holding]]:
        """Yield groups of managed resources of different states with the same non-empty value of a column (``arn``,
        ``physical``) and the same type, account and region; of these types, if any are given.
        """
        kinds = [canonical(token) for token in types]
        chosen = f"AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        where = f"status = 'managed' AND {column} <> '' AND kind LIKE 'aws:%' {chosen}"
        group = f"kind, {column}, account, region"
        query = (
            f"SELECT {_COLUMNS} FROM resources WHERE {where} AND ({group}) IN (SELECT ({group}) FROM resources "
            f"WHERE {where} GROUP BY {group} HAVING count(DISTINCT state) > 1) ORDER BY {group}, stack, state, urn"
        )
        groups: dict[tuple[str, ...], list[Holding]] = {}
        for row in self._tables.rows(query, [*kinds, *kinds]):
            found = Holding(**row)
            groups.setdefault((found.kind, getattr(found, column), found.account, found.region), []).append(found)
        yield from groups.values()

    def uses(self, *types: str, status: str = "managed") -> Iterator[tuple[Holding, str, Holding]]:
        """Yield who uses what of another stack: the user, the path of its input, and the resource of these types (all,
        when none are given) whose id or ARN stands there. What several stacks claim to own is left out: who uses whose
        can't be told, and ``fleet-resource-owned-once`` says so.
        """
        kinds = [canonical(token) for token in types]
        chosen = f"AND o.kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        user = ", ".join(f"u.{name} AS u_{name}" for name in _COLUMNS.split(", "))
        owner = ", ".join(f"o.{name} AS o_{name}" for name in _COLUMNS.split(", "))
        query = (
            f"WITH m AS (SELECT * EXCLUDE (mentions), unnest(mentions) AS mention FROM resources "
            "WHERE status = 'managed'), "
            "u AS (SELECT *, regexp_extract(mention, '^[^=]*') AS path, "
            "regexp_replace(mention, '^[^=]*=', '') AS value FROM m), "
            f"o AS (SELECT * FROM (SELECT *, unnest(list_distinct([id, arn])) AS identity FROM resources o "
            f"WHERE status = ? {chosen}) QUALIFY min(state) OVER (PARTITION BY identity) = "
            "max(state) OVER (PARTITION BY identity)) "
            f"SELECT DISTINCT {user}, u.path AS path, {owner} FROM u JOIN o ON u.value = o.identity "
            "AND u.state <> o.state AND o.identity <> '' AND ('' IN (u.account, o.account) OR u.account = o.account OR "
            "o.identity LIKE 'arn:%') ORDER BY u_stack, u_urn, path, o_stack, o_urn"
        )
        for row in self._tables.rows(query, [status, *kinds]):
            users = {key[2:]: value for key, value in row.items() if key.startswith("u_")}
            owners = {key[2:]: value for key, value in row.items() if key.startswith("o_")}
            yield Holding(**users), row["path"], Holding(**owners)

    def owner(self, kind: str, text: str) -> Holding | None:
        """Return the one resource of a type that an id, ARN or physical name means; None where several have it."""
        found = self.by_identity(kind).get(text, [])
        return found[0] if len({holding.state for holding in found}) == 1 else None

    def by_identity(self, kind: str) -> dict[str, list[Holding]]:
        """Return the managed resources of a type by each of their ids, ARNs and physical names."""
        found = self._by_identity.get(kind)
        if found is not None:
            return found
        found = self._by_identity[kind] = {}
        for holding in self.of_type(kind):
            for text in dict.fromkeys((holding.id, holding.arn, holding.physical)):
                if text:
                    found.setdefault(text, []).append(holding)
        return found
