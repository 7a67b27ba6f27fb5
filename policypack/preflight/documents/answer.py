"""Three-valued answers and explained failures: what every helper of this package returns.

``None`` means "can't be told", because a value is unknown at preview. The connectives are those of Kleene's logic: an
unknown part decides nothing by itself, and is ignored where the known parts decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Answer = bool | None
"""``True``, ``False``, or ``None``: can't be told."""


@dataclass(frozen=True)
class Invalid:
    """A text that AWS would refuse; ``reason`` says what is wrong with it, as a sentence part without a final stop."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def either(answers: Iterable[Answer]) -> Answer:
    """Tell whether any answer is true: ``True`` as soon as one is, ``False`` when all are false, else ``None``."""
    result: Answer = False
    for answer in answers:
        if answer is True:
            return True
        if answer is None:
            result = None
    return result


def every(answers: Iterable[Answer]) -> Answer:
    """Tell whether all answers are true: ``False`` as soon as one is false, ``True`` when all are true, else
    ``None``.
    """
    result: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def negate(answer: Answer) -> Answer:
    """Turn an answer round; ``None`` stays ``None``."""
    return None if answer is None else not answer
