"""What one asks of an audit: each answer is plain data, which the command prints as text or JSON."""

from __future__ import annotations

import datetime
from typing import Any, Final

from preflight.fleet.audits import audits, read_audit
from preflight.fleet.errors import FleetError
from preflight.fleet.query import Tables

SOON: Final = 30
"""Exemptions that expire within so many days are told."""
_WEIGHT: Final = "CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END"
_BY_SEVERITY: Final = (
    "count(*) FILTER (severity = 'critical') AS critical, count(*) FILTER (severity = 'high') AS high, "
    "count(*) FILTER (severity = 'medium') AS medium, count(*) FILTER (severity = 'low') AS low"
)

Answer = dict[str, Any]


def summary(tables: Tables, today: datetime.date, tag: str = "") -> Answer:
    """Return the fleet as a whole: sizes, findings by severity, what failed, exemptions that expire soon."""
    soon = (today + datetime.timedelta(days=SOON)).isoformat()
    answer: Answer = {
        "audit": read_audit(tables.out, tables.audit),
        "stacks": tables.rows(
            "SELECT count(*) AS stacks, count(*) FILTER (status = 'judged') AS judged, "
            "coalesce(sum(resources), 0)::BIGINT AS resources, "
            "count(*) FILTER (pending_operations > 0) AS with_pending_operations FROM stacks"
        )[0],
        "findings": tables.rows(
            f"SELECT count(*) AS findings, count(*) FILTER (level = 'mandatory') AS mandatory, {_BY_SEVERITY}, "
            "count(*) FILTER (across) AS across_stacks, count(DISTINCT state) AS stacks FROM findings"
        )[0],
        "undecided": tables.rows("SELECT count(*) AS n FROM undecided")[0]["n"],
        "exempted": tables.rows("SELECT count(*) AS n FROM exempted")[0]["n"],
        "rules": tables.rows(
            "SELECT rule, any_value(severity) AS severity, count(*) AS findings, count(DISTINCT state) AS stacks "
            f"FROM findings GROUP BY rule ORDER BY min({_WEIGHT}), stacks DESC, rule LIMIT 10"
        ),
        "expiring": tables.rows(
            "SELECT rule, stack, name, expires, owner, reason FROM exempted WHERE expires <> '' AND expires <= ? "
            "ORDER BY expires, stack, rule, name LIMIT 20",
            [soon],
        ),
        "failures": tables.rows(
            "SELECT stack, state, stage, rule, error FROM failures ORDER BY stage, stack, rule, error LIMIT 20"
        ),
        "failed": tables.rows("SELECT count(*) AS n FROM failures")[0]["n"],
    }
    if tag:
        answer["by_tag"] = {"tag": tag, "rows": _by_tag(tables, tag)}
    return answer


def _by_tag(tables: Tables, tag: str) -> list[Answer]:
    return tables.rows(
        "SELECT coalesce(t.value, '(none)') AS value, count(DISTINCT t.state) AS stacks, count(f.rule) AS findings, "
        "count(f.rule) FILTER (f.level = 'mandatory') AS mandatory FROM "
        "(SELECT state, tags[?] AS value FROM stacks) t LEFT JOIN findings f USING (state) "
        "GROUP BY ALL ORDER BY mandatory DESC, findings DESC, value",
        [tag],
    )


def top(tables: Tables, count: int) -> list[Answer]:
    """Return the stacks with the gravest findings."""
    return tables.rows(
        f"SELECT stack, any_value(state) AS state, {_BY_SEVERITY}, count(*) AS findings, "
        "count(*) FILTER (level = 'mandatory') AS mandatory FROM findings GROUP BY stack, state "
        "ORDER BY mandatory DESC, critical DESC, high DESC, findings DESC, stack LIMIT ?",
        [count],
    )


def stack(tables: Tables, name: str) -> Answer:
    """Return one stack: what it holds, its findings, and what could not be judged.

    Raises:
        FleetError: no stack, or more than one, has this name.
    """
    query = "SELECT * EXCLUDE (held, audit) FROM stacks WHERE stack = ? OR name = ? OR state = ? ORDER BY stack"
    found = tables.rows(query, [name] * 3)
    if not found:
        near = tables.rows("SELECT stack FROM stacks WHERE contains(stack, ?) ORDER BY stack LIMIT 5", [name])
        names = ", ".join(row["stack"] for row in near)
        raise FleetError(f"there is no stack {name!r} in the audit{f'; similar: {names}' if names else ''}")
    exact = [row for row in found if name in (row["stack"], row["state"])] or found
    if len(exact) > 1:
        names = ", ".join(row["state"] if row["stack"] == name else row["stack"] for row in exact[:5])
        raise FleetError(f"{len(exact)} stacks are called {name!r}; name one: {names}")
    state = [exact[0]["state"]]
    return {
        "stack": exact[0],
        "types": tables.rows(
            "SELECT type, count(*) AS resources FROM resources WHERE state = ? AND type NOT LIKE 'pulumi:%' "
            "GROUP BY type ORDER BY resources DESC, type",
            state,
        ),
        "findings": tables.rows(
            "SELECT rule, severity, certainty, level, type, name, path, message, across, urn FROM findings "
            f"WHERE state = ? ORDER BY level DESC, {_WEIGHT}, rule, urn, path",
            state,
        ),
        "undecided": tables.rows("SELECT rule, urn, path, reason FROM undecided WHERE state = ? ORDER BY ALL", state),
        "exempted": tables.rows(
            "SELECT rule, name, reason, owner, expires FROM exempted WHERE state = ? ORDER BY ALL", state
        ),
        "failures": tables.rows("SELECT stage, rule, urn, error FROM failures WHERE state = ? ORDER BY ALL", state),
    }


def rule(tables: Tables, rule_id: str) -> Answer:
    """Return where one rule is not met, by stack, and how many resources meet it."""
    held = tables.rows("SELECT coalesce(sum(held[?]), 0)::BIGINT AS n FROM stacks", [rule_id])[0]["n"]
    return {
        "rule": rule_id,
        "held": held,
        "stacks": tables.rows(
            "SELECT stack, state, count(*) AS findings, min(message) AS message, list(name ORDER BY name)[:5] AS names "
            "FROM findings WHERE rule = ? GROUP BY stack, state ORDER BY findings DESC, stack",
            [rule_id],
        ),
        "exempted": tables.rows("SELECT count(*) AS n FROM exempted WHERE rule = ?", [rule_id])[0]["n"],
        "undecided": tables.rows("SELECT count(*) AS n FROM undecided WHERE rule = ?", [rule_id])[0]["n"],
    }


def framework(tables: Tables, name: str, controls_of: dict[str, list[str]]) -> list[Answer]:
    """Return the posture of a framework: for each control, resources that meet its rules and those that do not.

    ``controls_of`` gives the rules of each control.
    """
    found = {row["rule"]: row for row in tables.rows(
        "SELECT rule, count(*) AS findings, count(DISTINCT state) AS stacks FROM findings GROUP BY rule"
    )}  # fmt: skip
    held = {row["rule"]: row["n"] for row in tables.rows(
        "SELECT entry.key AS rule, sum(entry.value)::BIGINT AS n FROM "
        "(SELECT unnest(map_entries(held)) AS entry FROM stacks) GROUP BY ALL"
    )}  # fmt: skip
    open_ = {row["rule"]: row["n"] for row in tables.rows("SELECT rule, count(*) AS n FROM undecided GROUP BY rule")}
    rows = []
    for control, rules in controls_of.items():
        failing = sum(found[one]["findings"] for one in rules if one in found)
        passing = sum(held.get(one, 0) for one in rules)
        rows.append(
            {
                "framework": name, "control": control, "met": passing, "not_met": failing,
                "undecided": sum(open_.get(one, 0) for one in rules),
                "percent": round(100 * passing / (passing + failing), 1) if passing + failing else None,
                "rules": [one for one in rules if one in found],
            }
        )  # fmt: skip
    return rows


def trend(tables: Tables, before: str = "") -> Answer:
    """Return what has changed since an earlier audit (the one before, when none is named), and since when the open
    findings are known. Only stacks of both audits are compared; the others are counted.

    Raises:
        FleetError: there is no earlier audit.
    """
    every = audits(tables.out)
    earlier = [name for name in every if name < tables.audit]
    if before and before not in every:
        raise FleetError(f"{tables.out}: has no audit {before!r}; audits: {', '.join(every)}")
    if not before and not earlier:
        raise FleetError(f"{tables.out}: holds one audit; a trend needs two, so audit again later into the same folder")
    chosen = before or earlier[-1]
    past = Tables(tables.out, chosen)
    try:
        keys = "SELECT DISTINCT state, stack, rule, severity, key, urn, name, path, message FROM findings ORDER BY ALL"
        then = {(row["state"], row["key"]): row for row in past.rows(keys)}
        states_then = {row["state"] for row in past.rows("SELECT state FROM stacks WHERE status = 'judged'")}
    finally:
        past.close()
    now = {(row["state"], row["key"]): row for row in tables.rows(keys)}
    states_now = {row["state"] for row in tables.rows("SELECT state FROM stacks WHERE status = 'judged'")}
    both = states_then & states_now
    return {
        "before": chosen,
        "audit": tables.audit,
        "stacks": {"both": len(both), "new": len(states_now - both), "gone": len(states_then - both)},
        "new": [row for at, row in now.items() if at not in then and at[0] in both],
        "fixed": [row for at, row in then.items() if at not in now and at[0] in both],
        "open": sum(at in then for at in now),
        "since": _since(tables, [name for name in every if name <= tables.audit]),
    }


def _since(tables: Tables, every: list[str]) -> list[Answer]:
    """The number of open findings by the first audit that has them without a break."""
    first: dict[tuple[str, str], str] = {}
    for name in every:
        past = tables if name == tables.audit else Tables(tables.out, name)
        found = {(row["state"], row["key"]) for row in past.rows("SELECT DISTINCT state, key FROM findings")}
        first = {at: first.get(at, name) for at in found}
        if past is not tables:
            past.close()
    counted: dict[str, int] = {}
    for name in first.values():
        counted[name] = counted.get(name, 0) + 1
    return [{"audit": name, "findings": counted[name]} for name in every if name in counted]
