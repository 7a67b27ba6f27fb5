"""A failing and a passing program fragment for each rule, as ``preflight explain`` prints them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Final

FILE_NAME: Final = "examples.json"


@dataclass(frozen=True, slots=True)
class Example:
    """One rule's fragments, Python source each: one that fails, what the findings on it say, and one that passes."""

    fails: str
    says: tuple[str, ...]
    passes: str


@cache
def examples() -> Mapping[str, Example]:
    """Return the committed fragments by rule id."""
    table = json.loads(resources.files(__package__).joinpath(FILE_NAME).read_text(encoding="utf-8"))
    return {rule_id: Example(entry["fails"], tuple(entry["says"]), entry["passes"]) for rule_id, entry in table.items()}


def to_json(table: Mapping[str, Example]) -> str:
    """Render fragments as the committed file."""
    entries = {rule_id: asdict(table[rule_id]) for rule_id in sorted(table)}
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
