"""What every report shows: one ``Report`` of one or several runs, typed, redacted, and the same for all formats."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from preflight.finding import Severity
from preflight.preview.state.calls import Span

SEVERITIES: Final = tuple(severity.value for severity in Severity)
"""The gravest first."""
HELP: Final = "https://github.com/pulumi-preflight/pulumi-preflight/blob/main/docs/rules"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the program; the file is relative to the working folder where it lies below it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a finding does not count: who says so, until when, and where it is written."""

    reason: str
    owner: str
    expires: str
    where: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is not met on one resource; ``exemption`` when it is excused, ``known`` when the baseline has it."""

    rule: str
    title: str
    kind: str
    severity: str
    certainty: str
    level: str
    urn: str
    type: str
    name: str
    path: str
    message: str
    why: str
    fix: str
    controls: Mapping[str, tuple[str, ...]]
    place: Place | None = None
    span: Span | None = None
    """Where the property is written in that file, when it can be told."""
    exemption: Exemption | None = None
    known: bool = False

    @property
    def service(self) -> str:
        """The service of the rule, ``rds`` for ``rds-storage-encrypted``."""
        return self.rule.partition("-")[0]

    @property
    def blocks(self) -> bool:
        """Whether this finding fails the run by itself."""
        return self.level == "mandatory" and not self.known and self.exemption is None

    @property
    def at(self) -> Place | None:
        """The line to point at: the property's, else the resource's."""
        return Place(self.place.file, self.span.line) if self.place and self.span else self.place

    @property
    def subject(self) -> str:
        """The resource for a reader."""
        return self.name or self.urn or "the stack"

    @property
    def statement(self) -> str:
        """The message, behind the property that it is about."""
        return f"{self.path}: {self.message}" if self.path else self.message

    @property
    def help(self) -> str:
        """The address of the rule's page; empty for the rules of other packs."""
        return f"{HELP}/{self.service}.md#{self.rule}" if self.kind != "policy" else ""

    @property
    def key(self) -> str:
        """What stays the same when lines move or the stack is another one: rule, project, type, name and property."""
        return finding_key(self.rule, self.urn, self.path)


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule that could not be judged, because of an unknown value."""

    rule: str
    urn: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that failed internally; ``rule`` is empty for an error of the program."""

    rule: str
    urn: str
    error: str
    place: Place | None

    @property
    def key(self) -> str:
        """What stays the same when lines move or the stack is another one."""
        return _digest(self.rule, without_stack(self.urn), self.error)


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """Something that must exist outside the program."""

    what: str
    token: str
    arguments: Mapping[str, Any]
    place: Place | None

    @property
    def text(self) -> str:
        """One line for a reader: what, and the arguments that it does not name."""
        rest = ", ".join(f"{key}={value!r}" for key, value in self.arguments.items() if str(value) not in self.what)
        return f"{self.what}{f' ({rest})' if rest else ''}"


@dataclass(frozen=True, slots=True)
class Remediation:
    """A change that a rule made to a resource."""

    rule: str
    urn: str
    message: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A resource of the stack's graph: its component, what it waits for, and what it refers to, by property."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    place: Place | None
    waits_for: tuple[str, ...]
    refers_to: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The settings that judged a run, and a digest of their content."""

    file: str
    digest: str


@dataclass(frozen=True)
class Run:
    """One stack, previewed and judged."""

    program: str
    stack: str
    resources: int = 0
    rules: int = 0
    seconds: float = 0.0
    settings: SettingsFile | None = None
    findings: tuple[Finding, ...] = ()
    exempted: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    failures: tuple[Failure, ...] = ()
    errors: tuple[Failure, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    remediations: tuple[Remediation, ...] = ()
    notes: tuple[str, ...] = ()
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    usage_error: bool = False

    @property
    def blocking(self) -> int:
        """How many findings fail the run."""
        return sum(finding.blocks for finding in self.findings)

    @property
    def known(self) -> int:
        """How many findings the baseline has."""
        return sum(finding.known for finding in self.findings)

    @property
    def advisory(self) -> int:
        """How many findings are shown and fail nothing."""
        return len(self.findings) - self.blocking - self.known

    @property
    def verdict(self) -> str:
        """The run in one word: ``failed`` when the program or a rule did, ``blocked``, or ``passed``."""
        if self.errors or self.failures:
            return "failed"
        return "blocked" if self.blocking else "passed"


@dataclass(frozen=True)
class Report:
    """One or several runs, and where they come from."""

    runs: tuple[Run, ...]
    tool_version: str = ""
    time: str = ""
    commit: str = ""
    baseline: str = ""
    """The file with the known findings, empty without one."""

    @property
    def verdict(self) -> str:
        """The worst verdict of the runs."""
        verdicts = {run.verdict for run in self.runs}
        return next((word for word in ("failed", "blocked") if word in verdicts), "passed")

    def findings(self) -> Iterator[tuple[Run, Finding]]:
        """Yield every finding with its run."""
        for run in self.runs:
            for finding in run.findings:
                yield run, finding


def number(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 finding``, ``2 findings``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def headline(run: Run) -> str:
    """Return a run in one line."""
    found = number(run.blocking, "finding") if run.blocking or not run.advisory else "no mandatory finding"
    parts = [
        number(run.resources, "resource"),
        number(run.rules, "rule"),
        found + (f", {run.advisory} advisory" if run.advisory else ""),
        f"{len(run.undecided)} undecided",
        number(len(run.prerequisites), "prerequisite"),
    ]
    if run.known:
        parts.append(f"{run.known} in the baseline")
    if run.exempted:
        parts.append(f"{len(run.exempted)} exempted")
    if run.errors:
        parts.insert(0, "the program failed")
    return f"{run.program} ({run.stack}): {' · '.join(parts)} · {run.seconds:.1f} s"


def without_stack(urn: str) -> str:
    """Return the part of a URN that all stacks of a program share: project, types and name."""
    return urn.partition("::")[2] or urn


def finding_key(rule: str, urn: str, path: str) -> str:
    """Return what tells one finding from another across runs, stacks and moved lines."""
    return _digest(rule, without_stack(urn), path)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
