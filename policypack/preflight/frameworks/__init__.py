"""Control catalogues: what each control number of a framework asks for, in our own words, as of a date.

No rule id stands in here: rules name controls, and :mod:`preflight.docs` turns that around. Each catalogue has every
control that a rule names, in one spelling (``AC-5b``, never ``AC-5(b)``), and the framework's other
controls, so that the matrix can say which ones no rule covers, and why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Final


class UncoveredReason(Enum):
    """Why no rule over a Pulumi program can judge a control."""

    PROCESS = "process"
    LIVE_ACCOUNT = "live-account"
    NOT_AWS = "not-aws"
    PHYSICAL = "physical"

    @property
    def text(self) -> str:
        """A phrase for the matrix."""
        return _REASON_TEXTS[self]


_REASON_TEXTS: Final = {
    UncoveredReason.PROCESS: "a duty of people: policies, reviews, training, contracts",
    UncoveredReason.LIVE_ACCOUNT: "seen only in the running account: who exists, what was used, what was tested",
    UncoveredReason.NOT_AWS: "inside the workload or the workplace, not in AWS resources",
    UncoveredReason.PHYSICAL: "physical, or telecommunication: the provider's or the office's part",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One control: its number, what it asks for, and, where no rule can judge it, the reason."""

    number: str
    title: str
    uncovered_reason: UncoveredReason | None = None


class UnknownControl(ValueError):
    """A control number that its framework does not have."""


@dataclass(frozen=True)
class Framework:
    """One framework at one version.

    Attributes:
        id: what rules and settings call it (``pci-dss-4.0``).
        dated: when that version was published (``2022-03``).
        source: the document that the numbers are of.
        controls: by number, in natural order.
    """

    id: str
    title: str
    version: str
    dated: str
    source: str
    controls: Mapping[str, Control]

    def validate(self, number: str) -> Control:
        """Return the control with that number.

        Raises:
            UnknownControl: there is none; the message names the nearest number.
        """
        control = self.controls.get(number)
        if control is None:
            nearest = self._by_letters.get(_letters(number))
            hint = f"; did you mean {nearest}?" if nearest else ""
            raise UnknownControl(f"{self.id} has no control {number!r}{hint}")
        return control

    def parts(self, number: str) -> Iterator[Control]:
        """Yield the controls below that number: ``AC-2(4)`` and ``AC-2d.1`` for ``AC-2``, ``10.3.1`` for ``10.3``."""
        for other, control in self.controls.items():
            rest = other[len(number) :]
            if rest and other.startswith(number) and not rest[0].isdigit():
                yield control

    @cached_property
    def _by_letters(self) -> Mapping[str, str]:
        return {_letters(number): number for number in self.controls}


def natural(number: str) -> tuple[tuple[bool, int, str], ...]:
    """Give the sort key of a control number: ``AC-2`` before ``AC-10``, digits before letters."""
    return tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.findall(r"\d+|[A-Za-z]+", number)
    )


def _letters(number: str) -> str:
    return re.sub(r"\W", "", number).lower()


class _Frameworks(Mapping[str, Framework]):
    """The catalogues by id, each read when it is first asked for."""

    IDS: Final = ("fedramp-moderate", "hipaa", "nist-800-53-r5", "pci-dss-3.2.1", "pci-dss-4.0")

    def __init__(self) -> None:
        self._loaded: dict[str, Framework] = {}

    def __getitem__(self, framework_id: str) -> Framework:
        if framework_id not in self.IDS:
            raise KeyError(framework_id)
        if framework_id not in self._loaded:
            self._loaded[framework_id] = _load(framework_id)
        return self._loaded[framework_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.IDS)

    def __len__(self) -> int:
        return len(self.IDS)


def _load(framework_id: str) -> Framework:
    text = resources.files(__name__).joinpath("data").joinpath(f"{framework_id}.json").read_text(encoding="utf-8")
    table = json.loads(text)
    controls = {
        number: Control(number, entry[0], UncoveredReason(entry[1]) if len(entry) > 1 else None)
        for number, entry in table.pop("controls").items()
    }
    return Framework(id=framework_id, controls=MappingProxyType(controls), **table)


FRAMEWORKS: Final[Mapping[str, Framework]] = _Frameworks()


@cache
def rule_controls() -> Mapping[str, Mapping[str, str]]:
    """Return rule id → framework id → control numbers separated by spaces, for every rule that serves a control.

    The table is normalized: one spelling of each number, the framework's own, in natural order. It names its source
    and date.
    """
    text = resources.files(__package__).joinpath("rule_controls.json").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, str]] = json.loads(text)["rules"]
    return table
