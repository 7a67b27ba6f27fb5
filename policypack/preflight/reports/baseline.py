"""The baseline: findings that are known, which are shown as such and fail nothing. It is meant to shrink.

An entry is a rule, a resource without its stack, and a property; lines and messages don't matter. ``stacks`` says
where it was seen, so that a run of another stack does not call it stale.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import jsonschema

from preflight.preview.state.graph import ROOT_TYPE, make_urn
from preflight.reports.model import Finding, Report, Run, without_stack

VERSION: Final = 1
STALE: Final = "preflight-baseline-current"
"""The rule behind findings about stale entries."""

_SCHEMA: Final = {
    "type": "object",
    "required": ["version", "findings"],
    "properties": {
        "version": {"const": VERSION},
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["rule", "resource", "path", "count", "stacks"],
                "properties": {
                    "rule": {"type": "string"},
                    "resource": {"type": "string"},
                    "path": {"type": "string"},
                    "count": {"type": "integer", "minimum": 1},
                    "stacks": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}


class BaselineError(Exception):
    """A baseline that can't be used; the text says why."""


@dataclass(frozen=True, order=True)
class Key:
    """What a known finding is found by."""

    resource: str
    rule: str
    path: str

    @staticmethod
    def of(finding: Finding) -> Key:
        """Return the key of a finding."""
        return Key(without_stack(finding.urn), finding.rule, finding.path)

    @property
    def project(self) -> str:
        """The project whose resource it is."""
        return self.resource.partition("::")[0]

    def __str__(self) -> str:
        return f"{self.rule} on {self.resource}{f' at {self.path}' if self.path else ''}"


@dataclass(frozen=True)
class Entry:
    """How often a finding is known in one stack, and in which stacks."""

    count: int
    stacks: frozenset[str]


@dataclass(frozen=True)
class Baseline:
    """The known findings."""

    entries: Mapping[Key, Entry] = field(default_factory=dict)

    @staticmethod
    def read(file: Path) -> Baseline:
        """Read a baseline.

        Raises:
            BaselineError: the file can't be read, or is not a baseline.
        """
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            jsonschema.validate(content, _SCHEMA)
        except OSError as error:
            raise BaselineError(f"{file}: cannot be read: {error.strerror}") from error
        except (ValueError, jsonschema.ValidationError) as error:
            reason = error.message if isinstance(error, jsonschema.ValidationError) else str(error)
            raise BaselineError(f"{file}: is not a baseline: {reason}; `preflight baseline` makes one") from error
        return Baseline(
            {
                Key(item["resource"], item["rule"], item["path"]): Entry(item["count"], frozenset(item["stacks"]))
                for item in content["findings"]
            }
        )

    @staticmethod
    def of(report: Report) -> Baseline:
        """Return the baseline that knows every finding of a report."""
        known = Baseline()
        for run in report.runs:
            counted = Counter(Key.of(finding) for finding in run.findings)
            known = known.joined(
                Baseline({key: Entry(count, frozenset({run.stack})) for key, count in counted.items()})
            )
        return known

    def text(self) -> str:
        """Return the file's content: one entry a line, sorted, so that changes read well."""
        lines = [json.dumps(_entry(key, self.entries[key]), ensure_ascii=False) for key in sorted(self.entries)]
        body = ",\n    ".join(lines)
        return (
            f'{{\n  "version": {VERSION},\n  "findings": [{f"{chr(10)}    {body}{chr(10)}  " if lines else ""}]\n}}\n'
        )

    def apply(self, report: Report, file: str) -> Report:
        """Return the report with what is known marked, and a finding for each entry that is no longer needed."""
        return replace(report, runs=tuple(self._run(run, file) for run in report.runs), baseline=file)

    def _run(self, run: Run, file: str) -> Run:
        left = Counter({key: entry.count for key, entry in self.entries.items()})
        findings = []
        for finding in run.findings:
            key = Key.of(finding)
            known = left[key] > 0
            left[key] -= known
            findings.append(replace(finding, known=True) if known else finding)
        if not run.errors and not run.failures:
            unknown = {(without_stack(item.urn), item.rule) for item in run.undecided}
            for key in sorted(self.entries):
                entry = self.entries[key]
                mine = key.project == run.program and run.stack in entry.stacks
                if mine and left[key] == entry.count and (key.resource, key.rule) not in unknown:
                    findings.append(_stale(run, file, key))
        return replace(run, findings=tuple(findings))

    def updated(self, report: Report) -> Baseline:
        """Return this baseline without what the report no longer finds; nothing is added, other stacks' stay."""
        now = Baseline.of(report).entries
        seen = {(run.program, run.stack) for run in report.runs}
        entries: dict[Key, Entry] = {}
        for key, entry in self.entries.items():
            elsewhere = frozenset(stack for stack in entry.stacks if (key.project, stack) not in seen)
            found = now.get(key, Entry(0, frozenset()))
            stacks = elsewhere | found.stacks
            if stacks:
                count = entry.count if elsewhere else min(entry.count, found.count)
                entries[key] = Entry(count, stacks)
        return Baseline(entries)

    def joined(self, other: Baseline) -> Baseline:
        """Return a baseline that knows what either knows."""
        entries = dict(self.entries)
        for key, entry in other.entries.items():
            old = entries.get(key, Entry(0, frozenset()))
            entries[key] = Entry(max(old.count, entry.count), old.stacks | entry.stacks)
        return Baseline(entries)

    def missing(self, report: Report) -> list[Key]:
        """Return the findings of a report that this baseline does not know."""
        now = Baseline.of(report).entries
        return sorted(
            key for key, entry in now.items() if key not in self.entries or entry.count > self.entries[key].count
        )

    def differences(self, other: Baseline) -> Iterator[str]:
        """Yield a line for each entry that the other lacks (``-``) or has besides (``+``)."""
        for key in sorted(self.entries.keys() | other.entries.keys()):
            before = self.entries[key].count if key in self.entries else 0
            after = other.entries[key].count if key in other.entries else 0
            if before != after:
                times = f" ({abs(after - before)} times)" if abs(after - before) > 1 else ""
                yield f"{'+' if after > before else '-'} {key}{times}"


def _entry(key: Key, entry: Entry) -> dict[str, Any]:
    return {
        "rule": key.rule,
        "resource": key.resource,
        "path": key.path,
        "count": entry.count,
        "stacks": sorted(entry.stacks),
    }


def _stale(run: Run, file: str, key: Key) -> Finding:
    name = f"{run.program}-{run.stack}"
    return Finding(
        rule=STALE,
        title="The baseline holds only what is still found.",
        kind="deployment",
        severity="low",
        certainty="certain",
        level="advisory",
        urn=make_urn(run.stack, run.program, "", ROOT_TYPE, name),
        type=ROOT_TYPE,
        name=name,
        path="",
        message=f"{file}: {key} is not found any more; remove the entry",
        why="An entry that nothing needs hides the next finding of the same rule on the same resource.",
        fix="Run `preflight baseline --update`, which removes such entries.",
        controls={},
    )
