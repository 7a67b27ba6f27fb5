"""How a rule across stacks is tested: a table of small fleets, whose states are read and judged as in an audit.

::

    test_bucket_policy_set_once = fleet_table(
        "fleet-bucket-policy-set-once",
        passes("one stack", S("data", BUCKET, POLICY)),
        fails("two stacks", S("data", BUCKET, POLICY), S("app", OTHER), on=("data: policy", "app: policy"), says="app"),
    )
"""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from preflight import wire
from preflight.finding import Severity
from preflight.testing.program import R, mentioned, resolve
from preflight.testing.tables import message_checks

TODAY: Final = datetime.date(2026, 11, 27)


@dataclass(frozen=True)
class S:
    """One stack of a situation: project ``name``, stack ``dev``. ``deleted`` names resources to be deleted."""

    name: str
    resources: tuple[R, ...]
    exports: Mapping[str, Any] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()

    def __init__(self, name: str, *resources: R, exports: Mapping[str, Any] | None = None, deleted: Sequence[str] = ()):
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "resources", resources)
        object.__setattr__(self, "exports", dict(exports or {}))
        object.__setattr__(self, "deleted", tuple(deleted))

    def state(self) -> str:
        """The state as ``pulumi stack export`` writes it."""
        root = {
            "urn": "urn:pulumi:dev::program::pulumi:pulumi:Stack::program-dev",
            "custom": False,
            "type": "pulumi:pulumi:Stack",
            "outputs": resolve(self.exports, "up"),
        }
        providers = {resource.provider_.urn: resource.provider_ for resource in self.resources}
        made = [
            {"urn": urn, "custom": True, "type": "pulumi:providers:aws", "id": "5eed", "inputs": _provider(provider)}
            for urn, provider in providers.items()
        ]
        listed = [root, *made, *(self._resource(resource) for resource in self.resources)]
        text = json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": listed}})
        return text.replace("urn:pulumi:dev::program::", f"urn:pulumi:dev::{self.name}::")

    def _resource(self, resource: R) -> dict[str, Any]:
        inputs = _stored(resolve(resource.properties_, "up"))
        outputs = {"id": resource.attribute("id", "up"), **inputs, **_stored(resource.outputs_)}
        if resource.type_.startswith("aws:"):
            outputs.setdefault("arn", resource.attribute("arn", "up"))
        by_property = {key: [found.urn for found in mentioned(value)] for key, value in resource.properties_.items()}
        waits = [
            *(urn for urns in by_property.values() for urn in urns),
            *(found.urn for found in resource.depends_on_),
        ]
        return {
            "urn": resource.urn,
            "custom": True,
            "parent": resource.parent_.urn if resource.parent_ else "",
            "dependencies": list(dict.fromkeys(waits)),
            "type": resource.type_,
            "id": outputs["id"],
            "inputs": inputs,
            "outputs": outputs,
            "provider": f"{resource.provider_.urn}::5eed" if resource.type_.startswith("aws:") else "",
            "external": resource.type_ == "pulumi:pulumi:StackReference",
            "delete": resource.name_ in self.deleted,
            "protect": bool(resource.options_.get("protect")),
            "propertyDependencies": {key: urns for key, urns in by_property.items() if urns},
        }


def _stored(value: Any) -> Any:
    """A wire value as a state with plain-text secrets has it (``pulumi stack export --show-secrets``)."""
    if isinstance(value, dict):
        if value.get(wire.SIGNATURE_KEY) == wire.SECRET:
            return {wire.SIGNATURE_KEY: wire.SECRET, "plaintext": json.dumps(value["value"])}
        return {key: _stored(item) for key, item in value.items()}
    return [_stored(item) for item in value] if isinstance(value, list) else value


def _provider(provider: Any) -> dict[str, Any]:
    return {"version": provider.version, "region": provider.region, **provider.config}


@dataclass(frozen=True)
class FleetCase:
    """One situation, and the resources that must have a finding, or be undecided: each as ``stack: resource``."""

    title: str
    stacks: tuple[S, ...]
    on: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    at: str | None = None
    says: str = ""
    severity: Severity | None = None
    also_broken: bool = False


def passes(title: str, *stacks: S, **options: Any) -> FleetCase:
    """A fleet with no finding and nothing undecided."""
    return FleetCase(title, stacks, **options)


def fails(title: str, *stacks: S, on: Sequence[str], **options: Any) -> FleetCase:
    """A fleet with exactly one finding on each of these resources."""
    return FleetCase(title, stacks, on=tuple(on), **options)


def undecided(title: str, *stacks: S, on: Sequence[str], **options: Any) -> FleetCase:
    """A fleet with no finding, in which the rule can't be judged on these resources."""
    return FleetCase(title, stacks, open=tuple(on), **options)


FLEET_TABLES: Final[dict[str, tuple[FleetCase, ...]]] = {}


def fleet_table(rule_id: str, *cases: FleetCase) -> Callable[..., None]:
    """Make the test of a rule across stacks."""
    assert any(case.on for case in cases), f"{rule_id}: a table needs a failing situation"
    assert any(not case.on and not case.open for case in cases), f"{rule_id}: a table needs a passing situation"
    FLEET_TABLES[rule_id] = cases

    @pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in cases])
    def run(case: FleetCase) -> None:
        check(rule_id, case)

    return run


def check(rule_id: str, case: FleetCase) -> None:
    """Judge one situation by one rule and compare."""
    rows = rows_of(rule_id, case)
    assert not rows["failures"], rows["failures"]
    found = [f"{row['stack'].partition('/')[0]}: {row['name']}" for row in rows["findings"]]
    shown = [f"{row['name']} at {row['path']!r}: {row['message']}" for row in rows["findings"]]
    told = [f"{row['stack'].partition('/')[0]}: {row['urn'].rpartition('::')[2]}" for row in rows["undecided"]]
    assert sorted(found) == sorted(case.on), (shown, rows["undecided"])
    assert sorted(told) == sorted(case.open), rows["undecided"]
    for row in rows["findings"]:
        wrong = [problem for check_message in message_checks for problem in check_message(row["message"])]
        assert not wrong, f"{row['message']!r}: {'; '.join(wrong)}"
        assert case.at is None or row["path"] == case.at, shown
        assert case.says in row["message"], shown
        assert case.severity is None or row["severity"] == case.severity.value, row["severity"]


def rows_of(rule_id: str, case: FleetCase) -> dict[str, list[dict[str, Any]]]:
    """What a rule says of a situation."""
    from preflight.fleet import across
    from preflight.fleet.across.model import Fleet
    from preflight.fleet.across.run import judge_across
    from preflight.fleet.judge import Judge
    from preflight.fleet.query import Tables
    from preflight.fleet.sources import StateRef
    from preflight.fleet.tables import no_rows, write_part
    from preflight.settings.model import Settings

    rule = next(found for found in across.load() if found.id == rule_id)
    judge = Judge(Settings(), TODAY, rules=[])
    rows = no_rows()
    for stack in case.stacks:
        ref = StateRef("test", stack.name, f"test/{stack.name}", stack.name, "dev", version="1")
        judge.one(ref, stack.state().encode(), rows, "", "test")
    if case.also_broken:
        judge.one(StateRef("test", "broken", "test/broken", "broken", "dev"), b"{", rows, "", "test")
    with tempfile.TemporaryDirectory() as scratch:
        write_part(Path(scratch), "test", "part", rows)
        tables = Tables(Path(scratch), "test", finished=False)
        try:
            return judge_across(Fleet(tables, TODAY), [rule], Settings(), TODAY)
        finally:
            tables.close()
