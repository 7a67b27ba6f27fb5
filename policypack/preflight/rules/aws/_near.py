"""Which known name was meant by one that is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...documents.names import edit_distance

_STEP = re.compile(r"[_-]+([A-Za-z0-9])")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is another spelling of: snake_case, CloudFormation's capitals, singular or plural, one
    typo.
    """
    names = list(known)
    folded = {_folded(candidate): candidate for candidate in names}
    own = _folded(name)
    for form in (own, *_numbers(own)):
        if form in folded:
            return folded[form]
    allowed = 1 if len(own) < 8 else 2
    if len(own) < 4:
        return None
    best: tuple[int, str] | None = None
    for key, candidate in folded.items():
        if (distance := edit_distance(own, key, limit=allowed)) <= allowed:
            best = min(best or (distance, candidate), (distance, candidate))
    return best[1] if best is not None else None


def other_spelling(name: str, meant: str, block: bool) -> bool:
    """Whether `name` is Terraform's own spelling of the property `meant`, which the provider's older half takes as
    well.

    Terraform writes snake_case, and the singular for a repeated block (`block`).
    """
    camel = _STEP.sub(lambda match: match.group(1).upper(), name)
    return camel == meant or (block and meant in (f"{camel}s", f"{camel}es", f"{camel[:-1]}ies"))


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _numbers(name: str) -> tuple[str, ...]:
    """The singular and plural forms of a folded name."""
    singular = []
    if name.endswith("ies"):
        singular.append(f"{name[:-3]}y")
    if name.endswith("es"):
        singular.append(name[:-2])
    if name.endswith("s"):
        singular.append(name[:-1])
    return (*singular, f"{name}s", f"{name}es", *([f"{name[:-1]}ies"] if name.endswith("y") else []))
