"""The known words nearest to one that is not known: the "did you mean" of every message."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from typing import Final

_COMPARED: Final = 40
"""A full comparison with thousands of names takes seconds; these many, which share the most pairs of letters, are."""


def nearest(word: str, known: Iterable[str], count: int = 3, cutoff: float = 0.6) -> list[str]:
    """Return up to ``count`` known words, best first; case, hyphens and underscores make no difference.

    Args:
        word: the word as it was given.
        known: the words there are.
        count: how many to return.
        cutoff: the least similarity, from 0 (anything) to 1 (the same).
    """
    plain: dict[str, str] = {}
    for candidate in known:
        plain.setdefault(_plain(candidate), candidate)
    text = _plain(word)
    likely: Iterable[str] = plain
    if len(plain) > _COMPARED:
        own = _pairs(text)
        shared = {
            name: 2 * len(own & pairs) / (len(own) + len(pairs) or 1) for name in plain if (pairs := _pairs(name))
        }
        likely = sorted(shared, key=lambda name: (-shared[name], name))[:_COMPARED]
    return [plain[name] for name in difflib.get_close_matches(text, likely, n=count, cutoff=cutoff)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean X or Y?`` for the words nearest to one, or an empty string."""
    found = nearest(word, known, count=2)
    return f"; did you mean {' or '.join(found)}?" if found else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


@cache
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
