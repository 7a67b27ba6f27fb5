"""Writing the inventory, and judging a previewed program against it: what other stacks own already."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from preflight import wire
from preflight.facts import names, scopes
from preflight.finding import Certainty, Finding, Level
from preflight.fleet.across.rules.singletons import name_owned_once, singleton_owned_once
from preflight.fleet.query import Tables
from preflight.inventory import SCHEMA_VERSION, Inventory, Owned
from preflight.judging.exemptions import Ledger
from preflight.judging.wording import entry_of
from preflight.preview.state.graph import Registration
from preflight.preview.state.outcome import Outcome
from preflight.preview.verdicts import location_entry
from preflight.resource import Resource, canonical
from preflight.rule import Rule
from preflight.settings.model import Settings

FILE: Final = "inventory.parquet"
_COLUMNS: Final = ("what", "stack", "kind", "name", "id", "arn", "physical", "account", "region", "value")


def write(out: Path, tables: Tables, time: str) -> None:
    """Write the inventory of the audit that ``tables`` show, whole or not at all."""
    complete = not tables.rows("SELECT 1 FROM stacks WHERE status <> 'judged' LIMIT 1")
    rows: list[dict[str, Any]] = []
    for stack in tables.rows("SELECT stack, exports FROM stacks WHERE status = 'judged' ORDER BY stack, state"):
        rows.append({"what": "stack", "stack": stack["stack"]})
        for name, value in json.loads(stack["exports"] or "{}").items():
            kept = json.dumps(value) if value is not None else None
            rows.append({"what": "export", "stack": stack["stack"], "name": name, "value": kept})
    metadata = {
        "preflight.inventory": str(SCHEMA_VERSION), "preflight.time": time, "preflight.complete": str(complete).lower()
    }  # fmt: skip
    schema = pa.schema([pa.field(name, pa.string()) for name in _COLUMNS], metadata=metadata)
    path = out / FILE
    unfinished = path.with_name(f".{FILE}.{os.getpid()}")
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema=schema))
        for batch in tables.batches(
            "SELECT stack, kind, name, id, arn, physical, account, region, facts FROM resources "
            "WHERE status = 'managed' AND kind LIKE 'aws:%' ORDER BY stack, state, urn"
        ):
            made = [
                {"what": "resource", "value": _key(row["kind"], json.loads(row.pop("facts") or "{}")), **row}
                for row in batch
            ]
            writer.write_table(pa.Table.from_pylist(made, schema=schema))
    os.replace(unfinished, path)


def _key(kind: str, values: dict[str, Any]) -> str:
    scope = scopes.of(kind)
    return json.dumps([values.get(key) for key in scope.key]) if scope is not None and scope.shared else ""


def apply(
    outcome: Outcome, inventory: Inventory, settings: Settings, account: str | None, today: datetime.date
) -> None:
    """Add to a preview's outcome what the inventory knows: names and singletons that other stacks own, prerequisites
    that exist, and those that no stack makes.
    """
    own = {outcome.stack, f"{outcome.program}/{outcome.stack}"}
    told = inventory.described(today)
    mine = settings.for_stack(outcome.stack)
    ledger = Ledger(mine.exemptions, today)
    for item in outcome.graph:
        if not item.type.startswith("aws:"):
            continue
        for rule, owned, message, path in _taken(item, inventory, account):
            if owned.stack in own or "/".join(owned.stack.split("/")[-2:]) in own:
                continue
            certainty = Certainty.CERTAIN if account and owned.account == account else Certainty.OUTSIDE
            found = Finding(item.urn, item.type, item.name, f"in {told}, {message}", path, None, certainty)
            level = mine.level_of_finding(rule, found)
            if level is Level.DISABLED:
                continue
            entry = {**entry_of(rule, found, level), "location": location_entry(item.location, Path.cwd())}
            excuse = ledger.excuse(rule, found, Resource(urn=item.urn, type_token=item.type, name=item.name))
            if excuse is None:
                outcome.findings.append(entry)
            else:
                more = {"reason": excuse.reason, "owner": excuse.owner, "expires": excuse.expires}
                outcome.exempted.append({**entry, **more, "where": excuse.where})
    _answer(outcome, inventory, told)


def _taken(item: Registration, inventory: Inventory, account: str | None) -> Iterator[tuple[Rule, Owned, str, str]]:
    """What a resource of the program would take from another stack: the rule, the owner, a message, the property."""
    kind = canonical(item.type)
    region = _region(item)

    def near(owned: Owned, level: str) -> bool:
        if account and owned.account and owned.account != account and level != "global":
            return False
        return level in ("account", "global") or not (region and owned.region) or owned.region == region

    naming = names.of(kind)
    name = item.inputs.get(naming.property) if naming is not None else None
    if naming is not None and isinstance(name, str) and not wire.is_unknown(name) and _chosen(item, naming.property):
        parents = [item.inputs.get(parent) for parent in naming.parents]
        if all(isinstance(parent, str) and not wire.is_unknown(parent) for parent in parents):
            text = "/".join([*map(str, parents), naming.key(name)])
            owned = next((one for one in inventory.called(text) if one.kind == kind and near(one, naming.scope)), None)
            if owned is not None:
                message = f"the name '{name}' is that of '{owned.name}' in stack '{owned.stack}'; choose another"
                yield name_owned_once, owned, message, naming.property
    scope = scopes.of(kind)
    if scope is not None and scope.level in ("account", "region"):
        key = json.dumps([item.inputs.get(name) for name in scope.key])
        for owned in inventory.of_kind(kind):
            if owned.key == key and near(owned, scope.level):
                what = "account" if scope.level == "account" else "account and Region"
                yield (
                    singleton_owned_once, owned,
                    f"stack '{owned.stack}' manages it as '{owned.name}'; it exists once per {what}, so leave it there",
                    "",
                )  # fmt: skip
                return


def _chosen(item: Registration, name: str) -> bool:
    """Whether the program chose the name: a made-up one has a random end, and another one each time."""
    defaults = item.inputs.get("__defaults")
    return not (isinstance(defaults, list) and name in defaults)


def _region(item: Registration) -> str:
    found = item.inputs.get("region")
    return found if isinstance(found, str) and not wire.is_unknown(found) else ""


def _answer(outcome: Outcome, inventory: Inventory, told: str) -> None:
    """Take away the prerequisites that exist, and say of the others that no stack makes them."""
    left = []
    for asked in outcome.prerequisites:
        texts = list(_texts(asked.arguments))
        owners = [owned for text in texts for owned in inventory.called(text)]
        if owners:
            outcome.notes.append(f"{asked.what}: in stack '{owners[0].stack}', by {told}")
        elif asked.token.startswith("pulumi:") and any(inventory.outputs_of(text) is not None for text in texts):
            outcome.notes.append(f"{asked.what}: by {told}")
        else:
            left.append(replace(asked, what=f"{asked.what}; no stack in {told} makes it"))
    outcome.prerequisites = left


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value and not wire.is_unknown(value):
        yield value
    elif isinstance(value, dict) and wire.signature(value) is None:
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
