"""Calling the rules across stacks, and what they come to: rows of the audit's tables."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from preflight.finding import Level
from preflight.fleet.across.model import Across, Fleet, Holding
from preflight.fleet.judge import finding_row
from preflight.fleet.tables import Rows, no_rows
from preflight.judging.exemptions import Ledger
from preflight.judging.judge import failure_of
from preflight.judging.wording import entry_of
from preflight.redaction import Secrets
from preflight.resource import Resource
from preflight.rule import Rule
from preflight.settings.model import Settings


def judge_across(fleet: Fleet, rules: Iterable[Rule], settings: Settings, today: datetime.date) -> Rows:
    """Call each rule once; the settings' levels and exemptions are those of the stack that a finding is on."""
    rows = no_rows()
    ledgers: dict[str, tuple[Settings, Ledger]] = {}

    def of_stack(holding: Holding) -> tuple[Settings, Ledger]:
        name = holding.urn.split("::")[0].removeprefix("urn:pulumi:")
        if name not in ledgers:
            own = settings.for_stack(name)
            ledgers[name] = own, Ledger(own.exemptions, today)
        return ledgers[name]

    for rule in rules:
        arguments: list[Any] = [fleet, settings.parameters_of(rule)] if rule.takes_parameters else [fleet]
        try:
            said: Iterable[Any] = rule.function(*arguments) or ()  # Across or Open
            for found in said:
                if isinstance(found, Across):
                    _add(rows, rule, found, *of_stack(found.holding))
                else:
                    where = {"state": found.holding.state, "stack": found.holding.stack, "across": True}
                    entry = {"rule": rule.id, "urn": found.holding.urn, "path": found.path, "reason": found.reason}
                    rows["undecided"].append({**where, **entry})
        except Exception as error:
            failure = failure_of(rule, _resource(None), error)
            rows["failures"].append(
                {
                    "state": "", "stack": "", "stage": "rule across stacks", "rule": rule.id, "urn": "",
                    "error": failure.error, "location": failure.location,
                }
            )  # fmt: skip
    return rows


def _add(rows: Rows, rule: Rule, found: Across, settings: Settings, ledger: Ledger) -> None:
    level = settings.level_of_finding(rule, found.finding)
    if level is Level.DISABLED:
        return
    where = {"state": found.holding.state, "stack": found.holding.stack}
    row = finding_row(entry_of(rule, found.finding, level), where, across=True)
    excuse = ledger.excuse(rule, found.finding, _resource(found.holding))
    if excuse is None:
        rows["findings"].append(row)
        return
    more = {"reason": excuse.reason, "owner": excuse.owner, "expires": excuse.expires, "where": excuse.where}
    rows["exempted"].append({**row, **more})


def _resource(holding: Holding | None) -> Resource:
    """A holding as exemptions see a resource; the tables do not keep the tags that exempt."""
    if holding is None:
        return Resource(urn="", type_token="", name="", secrets=Secrets())
    return Resource(urn=holding.urn, type_token=holding.type, name=holding.name, secrets=Secrets())
