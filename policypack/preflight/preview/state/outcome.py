"""What a preview found: the data behind every report."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from preflight.preview.state.graph import Location, Registration
from preflight.redaction import Secrets


@dataclass(frozen=True)
class ProgramError:
    """An error that stops the program or one of its resources: a message for people, and where it belongs."""

    message: str
    urn: str = ""
    location: Location | None = None


@dataclass(frozen=True)
class PrerequisiteFound:
    """Something that must exist outside the program, with the lookup that asks for it."""

    what: str
    token: str
    arguments: dict[str, Any]
    location: Location | None


@dataclass
class Outcome:
    """Everything that a report shows; findings and the like are dictionaries in the shape of the JSON contract."""

    program: str
    stack: str
    resources: int = 0
    rules: int = 0
    seconds: float = 0.0
    findings: list[dict[str, Any]] = field(default_factory=list)
    undecided: list[dict[str, Any]] = field(default_factory=list)
    exempted: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    prerequisites: list[PrerequisiteFound] = field(default_factory=list)
    remediations: list[dict[str, Any]] = field(default_factory=list)
    errors: list[ProgramError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    held: dict[str, list[str]] = field(default_factory=dict)
    """Rule → the URNs of the resources that it judged and found well."""
    graph: list[Registration] = field(default_factory=list)
    """Every resource of the program, by URN."""
    settings: Path | None = None
    """The settings file that judged it."""
    secrets: Secrets = field(default_factory=Secrets)
    """What must not stand in any report."""
    usage_error: bool = False
    """True when the program stopped because of its configuration, which is the caller's to fix."""
