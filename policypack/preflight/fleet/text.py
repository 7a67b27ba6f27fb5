"""The answers as text: a few lines and tables, plain enough for a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def table(rows: Sequence[Row], columns: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a table; numbers are set to the right."""
    if not rows:
        return
    shown = [[_cell(row.get(key)) for key in columns] for row in rows]
    titles = list(columns.values())
    widths = [max(len(line[index]) for line in (titles, *shown)) for index in range(len(titles))]
    numeric = [isinstance(rows[0].get(key), (int, float)) for key in columns]
    for line in (titles, *shown):
        cells = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        )
        yield f"  {'  '.join(cells).rstrip()}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


_SEVERITIES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}


def summary(answer: Row) -> Iterator[str]:
    """Yield the summary's lines."""
    stacks, findings, audit = answer["stacks"], answer["findings"], answer["audit"]
    yield (
        f"audit {audit['id']} of {', '.join(audit['sources'])}: {stacks['stacks']} stacks, {stacks['resources']} "
        f"resources, {audit['rules']} rules"
    )
    yield (
        f"{findings['findings']} findings ({findings['mandatory']} mandatory) in {findings['stacks']} stacks, "
        f"{findings['across_stacks']} of them across stacks; {answer['undecided']} undecided, "
        f"{answer['exempted']} exempted"
    )
    yield ", ".join(f"{findings[name]} {name}" for name in _SEVERITIES)
    if stacks["with_pending_operations"]:
        yield f"{stacks['with_pending_operations']} stacks have pending operations: an update of each was broken off"
    if answer["rules"]:
        yield "\nrules, the gravest first"
        yield from table(
            answer["rules"], {"rule": "rule", "severity": "severity", "findings": "findings", "stacks": "stacks"}
        )
    if "by_tag" in answer:
        tag = answer["by_tag"]["tag"]
        yield f"\nby the tag {tag}"
        columns = {"value": tag, "stacks": "stacks", "mandatory": "mandatory", "findings": "findings"}
        yield from table(answer["by_tag"]["rows"], columns)
    if answer["expiring"]:
        yield "\nexemptions that have expired or expire soon"
        yield from table(
            answer["expiring"],
            {"expires": "expires", "rule": "rule", "stack": "stack", "name": "resource", "owner": "owner"},
        )
    if answer["failed"]:
        yield f"\n{answer['failed']} failures: not everything was judged"
        for row in answer["failures"]:
            what = row["stack"] or row["state"] or row["rule"]
            yield f"  {what}: {row['rule'] + ': ' if row['rule'] and row['rule'] != what else ''}{row['error']}"
        if answer["failed"] > len(answer["failures"]):
            yield f"  and {answer['failed'] - len(answer['failures'])} more, in the table failures"


def top(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the worst stacks."""
    if not rows:
        yield "no stack has a finding"
    yield from table(rows, {"stack": "stack", "mandatory": "mandatory", **_SEVERITIES, "findings": "findings"})


def stack(answer: Row) -> Iterator[str]:
    """Yield one stack."""
    found = answer["stack"]
    yield f"{found['stack']} ({found['state']})"
    yield (
        f"{found['resources']} resources in {', '.join(found['accounts'] or ()) or 'no known account'}, "
        f"{', '.join(found['regions'] or ()) or 'no known region'}; deployed {found['deployed'] or '(not known)'}"
    )
    for row in answer["findings"]:
        where = f"{row['path']}: " if row["path"] else ""
        yield f"\n{row['level']} {row['severity']} {row['rule']}{' (across stacks)' if row['across'] else ''}"
        yield f"  {row['name']} ({row['type']})"
        yield f"  {where}{row['message'].replace('`', '')}"
    for row in answer["failures"]:
        yield f"\nfailed: {row['rule'] + ': ' if row['rule'] else ''}{row['error']}"
    yield (
        f"\n{len(answer['findings'])} findings, {len(answer['undecided'])} undecided, "
        f"{len(answer['exempted'])} exempted"
    )


def rule(answer: Row) -> Iterator[str]:
    """Yield the stacks in which a rule is not met."""
    total = sum(row["findings"] for row in answer["stacks"])
    yield (
        f"{answer['rule']}: {total} findings in {len(answer['stacks'])} stacks; {answer['held']} resources meet it, "
        f"{answer['undecided']} undecided, {answer['exempted']} exempted"
    )
    yield from table(answer["stacks"], {"findings": "findings", "stack": "stack", "names": "resources"})


def framework(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a framework's posture by control."""
    judged = [row for row in rows if row["percent"] is not None]
    met, not_met = (sum(row[key] for row in judged) for key in ("met", "not_met"))
    percent = f"{100 * met / (met + not_met):.1f} %" if met + not_met else "nothing"
    name = rows[0]["framework"] if rows else ""
    yield f"{name}: {percent} of what its rules look at is met, in {len(judged)} controls"
    yield from table(
        sorted(judged, key=lambda row: (row["percent"], row["control"])),
        {"control": "control", "percent": "met %", "met": "met", "not_met": "not met", "undecided": "undecided"},
    )


def trend(answer: Row) -> Iterator[str]:
    """Yield what has changed between two audits."""
    stacks = answer["stacks"]
    yield (
        f"{answer['before']} → {answer['audit']}: {len(answer['new'])} new, {len(answer['fixed'])} fixed, "
        f"{answer['open']} open in both; {stacks['both']} stacks in both, {stacks['new']} new, {stacks['gone']} gone"
    )
    for word in ("new", "fixed"):
        for row in answer[word][:50]:
            yield f"  {word}: {row['severity']} {row['rule']} {row['stack']} {row['name']}"
        if len(answer[word]) > 50:
            yield f"  and {len(answer[word]) - 50} more {word}; --format json has them all"
    yield "\nopen findings, by the audit since which they are known"
    yield from table(answer["since"], {"audit": "audit", "findings": "findings"})
