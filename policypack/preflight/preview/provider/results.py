"""What the offline provider answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Failure:
    """One reason why the provider refuses inputs: the property's path ("" for the whole resource) and the provider's
    words.
    """

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """Checked inputs (names and defaults filled in, values in the schema's types) and the provider's objections."""

    inputs: dict[str, Any]
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Prerequisite:
    """Something outside the program that has to exist before a deployment: a sentence, the look-up, its arguments."""

    what: str
    token: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InvokeResult:
    """The answer to an invoke.

    `unknown` says that the answer can't be known offline. `value` then holds placeholders of the right types (see
    `preflight.preview.provider.placeholders`) for callers that need a value, or None when the arguments are unknown.
    """

    value: dict[str, Any] | None
    unknown: bool = False
    prerequisite: Prerequisite | None = None
    failures: tuple[Failure, ...] = ()
