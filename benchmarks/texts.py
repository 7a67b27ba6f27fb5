"""The helpers that read texts, on texts made to stall them: doubling the text may not quadruple the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from preflight.documents import arn, jsontext, names, network, pem, schedule, template, wildcard, window
from preflight.documents.iam import condition, document

MOST: Final = 128_000
ENOUGH_SECONDS: Final = 0.02
TEXTS: Final[dict[str, Callable[[int], str]]] = {
    "unterminated string": lambda n: '{"a": "' + '\\"' * n,
    "duplicate keys": lambda n: "{" + ",\n".join('"a":1' for _ in range(n // 6)) + "}",
    "colons before a brace": lambda n: "arn" + ":" * n + "}",
    "open variables": lambda n: "arn:" + "${" * (n // 2),
    "brackets": lambda n: "[" * n,
    "braces": lambda n: '{"a":' * (n // 5),
    "capitals": lambda n: "A" * n,
    "humps": lambda n: "aA" * (n // 2),
    "stars": lambda n: "*a" * (n // 2),
    "question marks": lambda n: "?*" * (n // 2),
    "a list of minutes": lambda n: "cron(" + "1," * (n // 2) + ")",
    "blanks": lambda n: "rate(" + " " * n + ")",
    "digits": lambda n: "1" * n,
}
HELPERS: Final[dict[str, Callable[[str], Any]]] = {
    "jsontext.parse": jsontext.parse,
    "arn.parse": arn.Arn.parse,
    "arn.problem": arn.problem,
    "arn.bucket_and_key": arn.bucket_and_key,
    "arn.matches": lambda text: arn.matches(text, text),
    "names.snake": names.snake,
    "names.words": names.words,
    "names.singular": names.singular,
    "names.nearest": lambda text: names.nearest(text, ["engine"]),
    "template.parse": template.parse,
    "wildcard.covers": lambda text: wildcard.covers(text, "a" * len(text)),
    "wildcard.overlaps": lambda text: wildcard.overlaps(text, "*a" * (len(text) // 2)),
    "window.weekly": window.weekly,
    "schedule.parse": schedule.parse,
    "network.problem": network.problem,
    "pem.certificate": pem.certificate,
    "iam.parse": document.parse,
    "iam.condition": lambda text: condition.read({"StringEquals": {text: text}}),
}


def main() -> dict[str, float]:
    """Print the helpers that grow fastest, and return the worst factor of a doubled text."""
    rows = sorted((_factor(read, make), name, what) for name, read in HELPERS.items() for what, make in TEXTS.items())
    print(f"texts: {len(HELPERS)} helpers on {len(TEXTS)} hostile texts, time of a doubled text to that of the text")
    for factor, name, what in rows[:-6:-1]:
        print(f"  {name} on {what}: {factor:.1f}")
    return {"texts: a doubled text to the text": rows[-1][0]}


def _factor(read: Callable[[str], Any], make: Callable[[int], str]) -> float:
    size, seconds = 2_000, 0.0
    while size < MOST and (seconds := _seconds(read, make(size))) < ENOUGH_SECONDS:
        size *= 2
    if seconds < ENOUGH_SECONDS:
        return 1.0  # too fast to tell, up to a text that no service accepts
    return min(_seconds(read, make(2 * size)) for _ in range(2)) / seconds


def _seconds(read: Callable[[str], Any], text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started
