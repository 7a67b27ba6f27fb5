"""Keeping secrets out of texts: what a resource holds as secret, and what the whole run does.

A text is taken out wherever it stands when it can hardly be anything else: at least six characters, and no plain
word. A shorter or commoner one ("short", "postgres") is taken out of messages about its own resource only, and only
where it stands as a value, in quotation marks: elsewhere the same letters are no secret, and blanking them would both
garble the text and give the secret away.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from . import wire

MASK: Final = "[secret]"

_HEAD: Final = 6
"""Characters by which distinctive texts are looked up, and the least that they have."""
_CUT: Final = 16
"""So many characters of a longer secret betray it: messages cut long values short."""
_LINE: Final = 12
"""Lines of a secret of several lines (a private key) stand alone in a program's output from this length on."""
_NUMBER: Final = 4
"""Digits of a number that can be a secret."""
_WORD: Final = 3
_NO_SECRETS: Final = frozenset({"true", "false", "null", "none"})
"""Words that are left where they stand without quotation marks, though some secret has them."""
_MOST: Final = 200_000
"""Texts remembered in one run; a document of more values is masked as a whole only."""

_COMMON: Final = re.compile(
    r"[a-z]{1,12}(?:[-_.][a-z]{1,12})*(?:-\d)?|[A-Z][a-z]{1,11}|[\d.:/]{1,9}|\d{1,7}|https?://\W*"
)
_BARE: Final = re.compile(r"\d+(?:\.\d+)?")


def is_distinctive(text: str) -> bool:
    """Tell whether a secret text can be recognized anywhere: long enough, and no word that others use as well."""
    return len(text) >= _HEAD and (len(text) >= _CUT or not _COMMON.fullmatch(text))


class Secrets:
    """The secret texts of one resource, or of a run; takes them out of messages. Safe under concurrent calls.

    Args:
        run: the secrets of the whole run, which learn from this one and mask its texts as well; None for a run's own.
    """

    def __init__(self, run: Secrets | None = None) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._own: set[str] = set()
        self._heads: dict[str, tuple[str, ...]] = {}
        self._count = 0

    def add(self, value: Any) -> None:
        """Remember every text and number inside a secret value, those inside JSON text too."""
        for text in _texts(value):
            if is_distinctive(text):
                (self._run or self)._learn(text)
            else:
                with self._lock:
                    self._own.update(_forms(text))

    def _learn(self, text: str) -> None:
        with self._lock:
            for form in _forms(text):
                known = self._heads.get(form[:_HEAD], ())
                if form not in known and len(form) >= _HEAD and self._count < _MOST:
                    # A new tuple, longest first: whoever reads the old one meanwhile goes on undisturbed.
                    self._heads[form[:_HEAD]] = tuple(sorted((*known, form), key=len, reverse=True))
                    self._count += 1

    def redact(self, text: str, *, words: bool = False) -> str:
        """Return the text with every secret in it replaced by ``[secret]``.

        Args:
            text: what is shown.
            words: True where values stand without quotation marks, as in the text of an exception: there a common
                word is taken out wherever it is a whole word.
        """
        with self._lock:
            own = [form for form in self._own if form in text]
        for form in sorted(own, key=len, reverse=True):
            text = _as_value(text, form)
            if words and len(form) >= _WORD and form.lower() not in _NO_SECRETS:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", MASK, text)
        return self.mask(text)

    def learn(self, values: Any) -> None:
        """Remember the secrets inside wire values, whose wrappers tell them from all else."""
        for inner in _wrapped(values):
            self.add(inner)

    def masked(self, value: Any) -> Any:
        """Return a JSON-like value with every text in it masked, and what is wrapped as secret replaced."""
        return _map(wire.redacted(value), self.mask)

    def mask(self, text: str) -> str:
        """Return the text without what can be recognized as secret anywhere: for the outer edges of a run."""
        heads = (self._run or self)._heads
        if not heads or len(text) < _HEAD:
            return text
        kept: list[str] = []
        start = position = 0
        last = len(text) - _HEAD
        while position <= last:
            found = heads.get(text[position : position + _HEAD])
            length = _match(text, position, found) if found is not None else 0
            if length:
                kept += (text[start:position], MASK)
                start = position = position + length
            else:
                position += 1
        return "".join((*kept, text[start:])) if kept else text


def _wrapped(value: Any) -> Iterator[Any]:
    """The values inside a wire value's secret wrappers."""
    if isinstance(value, dict):
        if value.get(wire.SIGNATURE_KEY) == wire.SECRET:
            yield _unwrapped(value.get("value"))
        else:
            for item in value.values():
                yield from _wrapped(item)
    elif isinstance(value, list):
        for item in value:
            yield from _wrapped(item)


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(wire.SIGNATURE_KEY) is not None:
            return _unwrapped(value.get("value"))
        return {key: _unwrapped(item) for key, item in value.items()}
    return [_unwrapped(item) for item in value] if isinstance(value, list) else value


def _map(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(str(key)): _map(item, change) for key, item in value.items()}
    return [_map(item, change) for item in value] if isinstance(value, (list, tuple)) else value


def _match(text: str, position: int, candidates: Sequence[str]) -> int:
    """How many characters from a position on are a secret, or the beginning of one that was cut short."""
    for candidate in candidates:
        if text.startswith(candidate, position):
            return len(candidate)
    for candidate in candidates:
        if len(candidate) >= 2 * _CUT and text.startswith(candidate[:_CUT], position):
            length = _CUT
            while length < len(candidate) and text[position + length : position + length + 1] == candidate[length]:
                length += 1
            return length
    return 0


def _as_value(text: str, form: str) -> str:
    """The text without a common word where it stands as a value; numbers need no quotation marks."""
    escaped = re.escape(form)
    text = re.sub(rf"(['\"`]){escaped}(['\"`])", rf"\1{MASK}\2", text)
    if _BARE.fullmatch(form) and len(form) >= _NUMBER:
        text = re.sub(rf"(?<![\w.]){escaped}(?![\w.]*\w)", MASK, text)
    return text


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text inside a secret value; keys of objects too, when they could not be the name of anything."""
    if depth > 32 or value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if not value or wire.is_unknown(value):
            return
        yield value
        if value[:1] in "{[" and len(value) < 1_000_000:
            try:
                inner = json.loads(value)
            except (ValueError, RecursionError):
                return
            yield from _texts(inner, depth + 1)
    elif isinstance(value, (int, float)):
        yield str(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str) and is_distinctive(key):
                yield key
            yield from _texts(item, depth + 1)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item, depth + 1)


def _forms(text: str) -> set[str]:
    """A text as it stands in messages: as it is, escaped as by ``repr`` and JSON, and its longer lines."""
    forms = {text}
    if not text.isalnum():
        forms |= {repr(text)[1:-1], text.replace("\\", "\\\\")}
        forms |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        # Control characters are dropped from what a program prints.
        forms.add("".join(character for character in text if character.isprintable()))
        forms |= {line.strip() for line in text.splitlines() if len(line.strip()) >= _LINE}
    elif not text.isascii():
        forms.add(json.dumps(text)[1:-1])
    return forms - {""}
