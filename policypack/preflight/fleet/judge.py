"""One state judged: the rules of the pack through its own session, and the rows that come of it."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from preflight import rules
from preflight.finding import Level
from preflight.fleet.errors import StateError
from preflight.fleet.facts import Placed, exports_of, facts_of, imports_of, mentions_of, physical_name, tags_of
from preflight.fleet.sources import StateRef, open_source
from preflight.fleet.state import Member, StackRequest, State, StateResource, decoded, parse, stream
from preflight.fleet.tables import Rows, no_rows
from preflight.judging.session import Session
from preflight.judging.tally import Tally
from preflight.reports.model import finding_key
from preflight.resource import canonical
from preflight.rule import Rule
from preflight.settings.model import Settings

AT_ONCE: Final = 2000
"""Of a large state, so many resources are judged and forgotten together."""
_TRIES: Final = 3


@dataclass
class Judge:
    """What a worker needs for any state: the settings, the day, and the rules, loaded once.

    ``today`` decides which exemptions are in force; it is the audit's, so that all workers agree.
    """

    settings: Settings
    today: datetime.date
    environment_region: str | None = None
    rules: Sequence[Rule] = field(default_factory=rules.load)
    _of_stack: dict[str, tuple[Settings, list[Rule]]] = field(default_factory=dict)

    def chunk(self, refs: Sequence[StateRef], digest: str, audit: str) -> Rows:
        """Judge states of one source, and return their rows; whatever one of them is, the others are judged."""
        rows = no_rows()
        source = open_source(refs[0].source)
        for ref, data in zip(refs, source.read(refs), strict=True):
            self.one(ref, data, rows, digest, audit)
        return rows

    def large(self, ref: StateRef, digest: str, audit: str) -> Rows:
        """Judge a state without having all of it in memory."""
        rows = no_rows()
        self.one(ref, None, rows, digest, audit)
        return rows

    def one(self, ref: StateRef, data: bytes | Exception | None, rows: Rows, digest: str, audit: str) -> None:
        """Add the rows of one state: what was read of it, why it can't be read, or None to read it piece by piece."""
        row: dict[str, Any] = {
            "state": ref.url, "source": ref.source, "stack": ref.name, "organization": ref.organization,
            "project": ref.project, "name": ref.stack, "version": ref.version, "rules_digest": digest,
            "judged_in": audit, "valid_until": "", "status": "failed", "size": ref.size, "modified": ref.modified,
        }  # fmt: skip
        mine = no_rows()
        try:
            self._judge(ref, data, mine, row)
        except StateError as error:
            mine = no_rows()
            row |= {"resources": 0, "findings": 0, "mandatory": 0, "undecided": 0, "exempted": 0, "failures": 1}
            _failure(mine, ref, row["stack"], error.stage, str(error))
        except Exception as error:  # one state never ends an audit
            mine = no_rows()
            row |= {"resources": 0, "findings": 0, "mandatory": 0, "undecided": 0, "exempted": 0, "failures": 1}
            _failure(mine, ref, row["stack"], "judge", f"judging it failed: {type(error).__name__}")
        mine["stacks"].append(row)
        for name, found in mine.items():
            rows[name].extend(found)

    def _judge(self, ref: StateRef, data: bytes | Exception | None, rows: Rows, row: dict[str, Any]) -> None:
        if isinstance(data, Exception):
            raise data
        if data is not None:
            text = decoded(data)
            if text is not None:
                self._whole(parse(text), rows, row)
                return
        self._large(ref, rows, row)
        _failure(
            rows, ref, row["stack"], "large",
            "the state is too large to be held in memory, so rules across its resources were not judged",
        )  # fmt: skip
        row["failures"] += 1

    def _large(self, ref: StateRef, rows: Rows, row: dict[str, Any]) -> None:
        """Judge a state piece by piece; one that changes meanwhile is read again from its beginning."""
        for attempt in range(_TRIES):
            mine = no_rows()
            try:
                with open_source(ref.source).open(ref) as opened:
                    self._pieces(stream(opened), mine, row)
                break
            except StateError as error:
                if error.stage != "read" or attempt + 1 == _TRIES:
                    raise
        for name, found in mine.items():
            rows[name].extend(found)

    def _whole(self, state: State, rows: Rows, row: dict[str, Any]) -> None:
        resources: list[StateResource] = state.resources
        _name(row, state, resources)
        session, tally = self._session(state, row)
        seen = [resource for resource in resources if resource.judged]
        for resource in seen:
            tally.of_resource(*session.analyze(resource))
        tally.of_stack(*session.analyze_stack(StackRequest([Member(resource) for resource in seen])))
        placed = Placed(resources)
        rows["resources"] += [_resource(resource, row, placed, state) for resource in resources]
        self._finish(row, state, rows, [tally], resources)

    def _pieces(self, state: State, rows: Rows, row: dict[str, Any]) -> None:
        tallies: list[Tally] = []
        for resources in _batches(state.resources):
            if not tallies:
                _name(row, state, resources)
            session, tally = self._session(state, row)
            for resource in resources:
                if resource.judged:
                    tally.of_resource(*session.analyze(resource))
            tallies.append(tally)
            placed = Placed(resources)
            rows["resources"] += [_resource(resource, row, placed, state) for resource in resources]
        self._finish(row, state, rows, tallies, [])

    def _session(self, state: State, row: Mapping[str, Any]) -> tuple[Session, Tally]:
        settings, enabled = self._for_stack(row["name"])
        session = Session(
            enabled, settings.parameters_of, self.environment_region, settings.budget_seconds, decode=dict
        )
        session.secrets = state.secrets
        session.prerequisites = settings.prerequisites
        session.stack_name, session.project = row["name"], row["project"]
        return session, Tally(settings, enabled, state.secrets, self.today)

    def _for_stack(self, name: str) -> tuple[Settings, list[Rule]]:
        found = self._of_stack.get(name)
        if found is None:
            own = self.settings.for_stack(name)
            found = own, [rule for rule in self.rules if own.level_of(rule) is not Level.DISABLED]
            if len(self._of_stack) < 1000:
                self._of_stack[name] = found
        return found

    def _finish(
        self, row: dict[str, Any], state: State, rows: Rows, tallies: Iterable[Tally], resources: list[StateResource]
    ) -> None:
        held: Counter[str] = Counter()
        where = {"state": row["state"], "stack": row["stack"]}
        for tally in tallies:
            said = tally.take()
            held.update({rule: len(urns) for rule, urns in said["held"].items()})
            for table in ("findings", "exempted"):
                rows[table] += [finding_row(entry, where) for entry in said[table]]
            rows["undecided"] += [{**where, **entry, "across": False} for entry in said["undecided"]]
            rows["failures"] += [{**where, "stage": "rule", **entry} for entry in said["failures"]]
        for table in ("findings", "exempted", "undecided", "failures"):
            rows[table].sort(key=_order)
        managed = [found for found in rows["resources"] if found["type"].startswith("aws:")]
        tags: dict[str, Counter[str]] = {}
        for found in managed:
            for key, value in found["tags"].items():
                tags.setdefault(key, Counter())[value] += 1
        row |= {
            "status": "judged",
            "deployed": state.time,
            "deployment_version": state.version,
            "cli": state.cli,
            "encrypted_by": state.encrypted_by,
            "pending_operations": state.pending,
            "resources": sum(not found["type"].startswith("pulumi:") for found in rows["resources"]),
            "findings": len(rows["findings"]),
            "mandatory": sum(found["level"] in ("mandatory", "remediate") for found in rows["findings"]),
            "undecided": len(rows["undecided"]),
            "exempted": len(rows["exempted"]),
            "failures": len(rows["failures"]),
            "accounts": sorted({found["account"] for found in managed} - {""}),
            "regions": sorted({found["region"] for found in managed} - {""}),
            "tags": {key: found.most_common(1)[0][0] for key, found in sorted(tags.items())},
            "exports": json.dumps(dict(exports_of(resources, state.secrets)), ensure_ascii=False),
            "imports": sorted(imports_of(resources)),
            "held": dict(sorted(held.items())),
            "valid_until": _valid_until(rows["exempted"]),
        }


def _batches(resources: Iterator[StateResource]) -> Iterator[list[StateResource]]:
    batch: list[StateResource] = []
    for resource in resources:
        batch.append(resource)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch


def _name(row: dict[str, Any], state: State, resources: Sequence[StateResource]) -> None:
    """Give the stack the name that its state says: the URNs have stack and project, a checkpoint the organization."""
    organization, _, rest = state.name.partition("/")
    if rest and organization != "organization":
        row["organization"] = row["organization"] or organization
    parts = resources[0].urn.split("::") if resources else []
    if len(parts) >= 4 and parts[0].startswith("urn:pulumi:"):
        row["name"], row["project"] = parts[0].removeprefix("urn:pulumi:"), parts[1]
    row["stack"] = "/".join(filter(None, (row["organization"], row["project"], row["name"])))


def _resource(resource: StateResource, row: Mapping[str, Any], placed: Placed, state: State) -> dict[str, Any]:
    secrets = state.secrets
    facts = facts_of(resource, secrets)
    arn = resource.outputs.get("arn")
    return {
        "state": row["state"],
        "stack": row["stack"],
        "urn": resource.urn,
        "type": resource.type,
        "kind": canonical(resource.type),
        "name": resource.name,
        "id": secrets.redact(resource.id, words=True),
        "arn": arn if isinstance(arn, str) and arn.startswith("arn:") else "",
        "physical": secrets.redact(physical_name(resource), words=True),
        "account": placed.account(resource),
        "region": placed.region(resource),
        "status": resource.status,
        "parent": resource.parent,
        "protect": resource.protect,
        "created": resource.created,
        "modified": resource.modified,
        "tags": {key: secrets.redact(value, words=True) for key, value in tags_of(resource).items()},
        "facts": json.dumps(facts, ensure_ascii=False) if facts else "",
        "mentions": [secrets.redact(found, words=True) for found in mentions_of(resource)],
    }


def finding_row(entry: Mapping[str, Any], where: Mapping[str, Any], across: bool = False) -> dict[str, Any]:
    """Return the row of one finding, or of an exempted one with its excuse."""
    kept = {key: value for key, value in entry.items() if key not in ("title", "why", "fix", "controls")}
    controls = [f"{framework} {number}" for framework, numbers in entry["controls"].items() for number in numbers]
    key = finding_key(entry["rule"], entry["urn"], entry["path"])
    return {**where, **kept, "controls": controls, "key": key, "across": across}


def _order(found: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(found.get(key) or "") for key in ("state", "urn", "rule", "path", "message", "error", "reason"))


def _failure(rows: Rows, ref: StateRef, stack: str, stage: str, error: str) -> None:
    rows["failures"].append(
        {"state": ref.url, "stack": stack, "stage": stage, "rule": "", "urn": "", "error": error, "location": ""}
    )


def _valid_until(exempted: Iterable[Mapping[str, Any]]) -> str:
    """The last day on which the exemptions by tags all hold; those of the settings are part of the rules' digest."""
    dates = {str(found.get("expires") or "") for found in exempted if found.get("where") == "tags"}
    return min(dates - {""}, default="")
