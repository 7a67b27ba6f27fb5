"""Mutants: a copy of a stack with one small change that puts a failure back, and what Preflight's pack says about it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from preflight.preview.run import Request, preview
from tests.stacks.recording import ROOT

STACKS = ROOT / "stacks"
Edit = tuple[str, str, str]
"""A file below `stacks/`, a text that stands in it once, and what takes its place."""


@dataclass(frozen=True)
class Mutant:
    """One change of a text in a file (below `stacks/`), or of a config value, and the rules that name it.

    `known` makes the stack's later-known values known as well, so that an update is judged.
    """

    rules: set[str]
    file: str = ""
    text: str = ""
    changed: str = ""
    config: Sequence[str] = ()
    known: bool = False


@dataclass(frozen=True)
class Breeder:
    """Breaks a reference stack in `dev`, one mutant at a time.

    `known` gives values that AWS chooses as they are after the first deployment; `advised` are the rules that then give
    advice which nothing in the stack can follow.
    """

    stack: str
    known: Sequence[Edit] = ()
    advised: frozenset[str] = frozenset()

    def named_by_known_values(self, scratch: Path) -> set[str]:
        """The rules that find something once those values are known, and nothing before."""
        return _rules(_findings(self._copied(scratch, self.known)) - self._before()) - self.advised

    def named_by(self, mutant: Mutant, scratch: Path) -> set[str]:
        """The rules, of any kind and level, that find something in a mutant and not in the stack itself."""
        edits = list(self.known) if mutant.known else []
        if mutant.file:
            edits.append((mutant.file, mutant.text, mutant.changed))
        found = _findings(self._copied(scratch, edits), mutant.config) - self._before()
        return _rules(found) - (self.advised if mutant.known else set())

    def _before(self) -> frozenset[tuple[str, str]]:
        return _unchanged(self.stack)

    def _copied(self, scratch: Path, edits: Sequence[Edit]) -> Path:
        for folder in (self.stack, "components"):
            shutil.copytree(STACKS / folder, scratch / folder, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        for file, text, changed in edits:
            source = (scratch / file).read_text(encoding="utf-8")
            assert source.count(text) == 1, f"{file} holds {text!r} {source.count(text)} times"
            (scratch / file).write_text(source.replace(text, changed), encoding="utf-8")
        return scratch / self.stack


@cache
def _unchanged(stack: str) -> frozenset[tuple[str, str]]:
    return frozenset(_findings(STACKS / stack))


def _findings(folder: Path, config: Sequence[str] = ()) -> set[tuple[str, str]]:
    """Rule and URN of all that is found in `dev`, of any kind and level."""
    outcome = preview(Request(folder, stack="dev", config=config))
    assert outcome.errors == []
    assert outcome.failures == []
    return {(finding["rule"], finding["urn"]) for finding in outcome.findings}


def _rules(found: set[tuple[str, str]]) -> set[str]:
    return {rule for rule, _ in found}
