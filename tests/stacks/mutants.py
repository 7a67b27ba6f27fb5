"""Mutants: a copy of a stack with one small change that puts a failure back, and what Preflight's pack says about it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from preflight.preview.run import Request, preview
from tests.stacks.recording import ROOT

STACKS = ROOT / "stacks"


@dataclass(frozen=True)
class Mutant:
    """One change of a text in a file (below `stacks/`), or of a config value, and the one rule that names it."""

    rule: str
    file: str = ""
    text: str = ""
    changed: str = ""
    config: Sequence[str] = ()


def rules_broken_by(mutant: Mutant, stack: str, scratch: Path) -> set[str]:
    """The deployment rules, and single-owner, that have findings in a copy of `stack` (dev) with this change."""
    for folder in (stack, "components"):
        shutil.copytree(STACKS / folder, scratch / folder, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    if mutant.file:
        path = scratch / mutant.file
        source = path.read_text(encoding="utf-8")
        assert source.count(mutant.text) == 1, f"{mutant.file} holds {mutant.text!r} {source.count(mutant.text)} times"
        path.write_text(source.replace(mutant.text, mutant.changed), encoding="utf-8")
    outcome = preview(Request(scratch / stack, stack="dev", config=mutant.config))
    assert outcome.errors == []
    assert outcome.failures == []
    return {
        finding["rule"]
        for finding in outcome.findings
        if finding["kind"] == "deployment" or finding["rule"] == "ec2-security-group-rules-single-owner"
    }
