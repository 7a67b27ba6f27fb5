"""Finds out, attribute by attribute, what the AWS provider's plugin accepts, and checks each answer by asking again."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from preflight.facts import constraints
from preflight.facts.generate._plugin import Plugin

Path = tuple[tuple[str, int], ...]
"""Names from the outside in, each with a block's nesting (0: an attribute)."""

GARBAGE: Final = "¬zz-garbage¬"
LONG: Final = "x" * 3000

_OTHERS: Final = re.compile(
    r"Missing|Insufficient|Too few|Too many|Not enough|[Aa]t least \d+ block|[Cc]onflict|[Cc]ombination|Invalid Block"
    r"|unknown key|one of .* must be specified|only one of"
)
"""Refusals that are not about the value itself."""

_BASES: Final = (
    "a", "A", "1", "abcdef", "Abcdef1", "abc-def", "abcdefghijkl", "a.b", "a/b", "/a/b", "/", "/a", "a_b",
    "a:b", "123456",
    "a@b.co", "https://a.co/b", "s3://a/b", "10.0.0.0/16", "10.0.0.1", "2001:db8::/32", "2001:db8::1", "*",
    "a-1.b_c", "1.0",
    "arn:aws:iam::123456789012:role/a", "arn:aws:s3:::a", "rate(1 day)", "cron(0 12 * * ? *)", "12:00", "00:00-01:00",
    "2030-01-02T03:04:05Z", "+14155550100", "us-east-1", "us-east-1a", "sg-0123abcd", "vpc-0123abcd", "subnet-0123abcd",
    "{}", "YWJj", "a b", "a,b", "a=b", "$a", "#ffffff", "ABCDEF", "aws:a", "alias/a", "AWS/a",
    "a.example.com", "60", "0",
    "x" * 20, "x" * 36, "12345678-1234-1234-1234-123456789012", "mon:00:00-mon:03:00", "P1D", "PT1H", "-", "i-0123abcd",
)  # fmt: skip
_CHARACTERS: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ aZ0é\t"

OTHER_VALUES: Final = (
    "arn:aws:iam::123456789012:role/a", "arn:aws:kms:us-east-1:123456789012:key/a", "a", "abc-def",
    "A1", "1", "0", "60",
    "10.0.0.0/16", "10.0.0.1", "https://a.co/b", "2030-01-02T03:04:05Z", "rate(1 day)", "us-east-1", "alias/a",
)  # fmt: skip
_MOST_LEAVES: Final = 250
_FEW_LEAVES: Final = 40

_FORMATS: Final = (
    (re.compile(r"invalid ARN|parsed as an ARN|valid ARN"), ("arn", "arn-like")),
    (re.compile(r"invalid JSON|not valid JSON|valid JSON|JSON String"), ("json",)),
    (re.compile(r"CIDR|IPv[46]|IP [Aa]ddress|valid IP"), ("cidr4", "cidr6", "cidr", "ip4", "ip6", "ip")),
    (re.compile(r"RFC ?3339"), ("time",)),
    (re.compile(r"AWS Account ID"), ("account",)),
    (re.compile(r"base64"), ("base64",)),
    (re.compile(r"duration|Duration"), ("duration",)),
    (re.compile(r"ddd:hh24:mi"), ("weekly",)),
    (re.compile(r"hh24:mi"), ("daily",)),
)
SAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "arn": ("arn:aws:iam::123456789012:role/a", "arn:aws:lambda:us-east-1:123456789012:function:a", "arn:aws:s3:::a",
            "arn:aws:sns:us-east-1:123456789012:a", "arn:aws:kms:us-east-1:123456789012:key/a"),
    "arn-like": ("arn:aws:iam::123456789012:role/a",),
    "json": ("{}", '{"a":1}', "[]"),
    "cidr4": ("10.0.0.0/16",), "cidr6": ("2001:db8::/32",), "cidr": ("10.0.0.0/16", "2001:db8::/32"),
    "ip4": ("10.0.0.1",), "ip6": ("2001:db8::1",), "ip": ("10.0.0.1", "2001:db8::1"),
    "time": ("2030-01-02T03:04:05Z", "2030-01-02T03:04:05+01:00"), "account": ("123456789012",), "base64": ("YWJj",),
    "duration": ("1h", "60s"), "weekly": ("mon:00:00-mon:03:00",), "daily": ("00:00-01:00",),
}  # fmt: skip
SAMPLES_ALL: Final = tuple(dict.fromkeys([*_BASES, *(text for texts in SAMPLES.values() for text in texts)]))
_NEAR_FORMATS: Final = (
    "arn:aws:iam::1234:role/a", "arn:aws:iam:somewhere::a", "arn:x:iam::123456789012:a", "arn:aws:iam",
    "arn:::::", "{", "NaN",
    "10.0.0.0/33", "10.0.0.0", "10.0.0.1/16", "10.0.0.256", "2001:db8::/129", "2030-13-02T03:04:05Z",
    "2030-01-02", "12345678901",
    "2030-01-02T3:04:05Z", "2030-01-02T03:04:05,5Z", "1234567890123", "YW", "YW=", "60", "0", "1d",
    "MON:00:00-mon:03:00",
    "24:00-01:00", "mon:0:00-mon:03:00", "arn:aws-x:iam::123456789012:a", "arn:aws:iam::aws:a", "*", "arn:aws:iam::*:a",
)  # fmt: skip


def wrap(path: Path, leaf: Any) -> dict[str, Any]:
    """The configuration in which one attribute is set."""
    value = leaf
    for name, nesting in reversed(path):
        value = {name: [value] if nesting in (2, 3) else value}
    assert isinstance(value, dict)
    return value


def leaves(block: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every attribute of a type that can be set, with its type."""
    for name, attribute in block["attributes"].items():
        if attribute["input"] and not (name == "id" and not path):
            yield (*path, (name, 0)), attribute["type"]
    if len(path) < 5:
        for name, nested in block["blocks"].items():
            if name != "timeouts" and nested["nesting"] != 4:
                yield from leaves(nested["block"], (*path, (name, nested["nesting"])))


class Attribute:
    """One attribute of one type, to be asked about."""

    def __init__(self, plugin: Plugin, kind: str, path: Path, shape: Any, base: frozenset[str]) -> None:
        self._ask, self._kind, self._path, self._base = plugin.errors, kind, path, base
        self._in_list = isinstance(shape, list)
        self.scalar = shape[1] if isinstance(shape, list) and shape[0] in ("list", "set") else shape

    def refused(self, value: Any) -> list[str]:
        """The provider's words about this value; none when it is accepted."""
        texts = self._ask(self._kind, wrap(self._path, [value] if self._in_list else value))
        return [text for text in texts if text not in self._base and not _OTHERS.search(text)]

    def row(self) -> dict[str, Any]:
        """What constrains it; empty when nothing does, or nothing that can be told for certain."""
        if self.scalar == "number":
            return self._numbers()
        return self._texts() if self.scalar == "string" else {}

    def _numbers(self) -> dict[str, Any]:
        texts = self.refused(-987654321) + self.refused(987654321)
        if not texts:
            return {}
        values = _values(texts)
        if values and all(re.fullmatch(r"-?\d+", value) for value in values):
            others = [n for n in (*range(-2, 130), 155, 180, 186, 300, 3600) if str(n) not in values]
            return {"e": values} if all(self.refused(number) for number in others) else {}
        accepted = next(
            (number for number in (*_numbers_in(texts), 1, 0, 5, 30, 100, 1000, 10_000) if not self.refused(number)),
            None,
        )
        if accepted is None:
            return {}
        return {"n": [self._bound(accepted, -987654321), self._bound(accepted, 987654321)]}

    def _bound(self, good: int, bad: int) -> int | None:
        """The last accepted number between one that is accepted and one that is refused; None when none is refused."""
        if not self.refused(bad):
            return None
        while abs(bad - good) > 1:
            middle = (good + bad) // 2
            if self.refused(middle):
                bad = middle
            else:
                good = middle
        return good

    def _texts(self) -> dict[str, Any]:
        garbage = self.refused(GARBAGE)
        texts = garbage + self.refused(LONG)
        empty = {"z": 1} if self.refused("") else {}
        if not texts:
            return {}
        values = _values(texts)
        if values:
            accepted = [value for value in values if value and not self.refused(value)]
            if not accepted or len(accepted) < len([value for value in values if value]):
                return {}
            if not all(self.refused(text) for text in OTHER_VALUES if text not in accepted):
                return {}  # one of these, or something else
            swapped = next((v.swapcase() for v in accepted if v.swapcase() not in accepted), None)
            any_case = swapped is not None and not self.refused(swapped)
            return {"e": accepted, **empty, **({"i": 1} if any_case else {})}
        row: dict[str, Any] = {}
        if not garbage:  # only its length is limited
            good = [text for text in ("a", "x" * 20) if not self.refused(text)]
            row = self._lengths(texts, good)
            return {**row, **empty} if row else {}
        patterns = list(_patterns(garbage))
        for words, formats in () if patterns else _FORMATS:
            if any(words.search(text) for text in garbage):
                good = [text for name in formats for text in SAMPLES[name] if not self.refused(text)]
                if not good:
                    continue
                for name in formats:
                    if not row and any(text in good for text in SAMPLES[name]):
                        self._try(row, {"f": name}, good)
                return {**row, **empty} if row else {}
        good = [text for text in SAMPLES_ALL if not self.refused(text)]
        self._try(row, self._lengths(texts, good), good)
        for pattern in patterns:
            self._try(row, {"p": [pattern]}, good)
        if "p" not in row and good and not all(text[0] in "[{" for text in good):
            self._try(row, self._refused_characters(good), good)
        return {**row, **empty} if row else {}

    def _try(self, row: dict[str, Any], more: dict[str, Any], good: list[str]) -> None:
        """Take a constraint over when it refuses nothing that the provider accepts."""
        near = [text for text in _NEAR_FORMATS if constraints.refusal(more, text) is not None]
        if all(constraints.refusal(more, text) is None for text in good) and all(self.refused(text) for text in near):
            row.update(more)

    def _lengths(self, texts: list[str], good: list[str]) -> dict[str, Any]:
        low: int | None = None
        high: int | None = None
        for text in texts:
            text = text.replace(LONG, "…")
            between = re.search(
                r"(?:length of .*?|length must be) (?:to be in the range|between) \(?(\d+)(?: - | and )(\d+)", text
            )
            most = re.search(
                r"(?:longer than|greater than|at most|more than|exceed|up to|maximum)[^\d…]{0,30}?(\d+)", text
            )
            if between:
                low, high = int(between[1]), int(between[2])
            elif most and "length" in text + "length" and high is None and 0 < int(most[1]) < 3000:
                high = int(most[1])
        seeds = [text for text in good if len(set(text)) == 1 and text.isalnum()] or [
            text for text in good if text.isalnum()
        ]
        if high is not None and seeds and high < 20000:
            seed = seeds[0]
            fitting = (seed + seed[-1] * high)[:high]
            if self.refused(fitting) or not self.refused(fitting + seed[-1]):
                high = None
        elif high is not None and not seeds:
            high = high if any("length" in text for text in texts) else None
        return {"l": [low, high]} if low is not None or high is not None else {}

    def _refused_characters(self, good: list[str]) -> dict[str, Any]:
        # Inside a text that must begin with a word (`alias/`), a character is refused that is allowed behind it.
        bases = sorted((text for text in good if len(text) < 40 and text.isalnum()), key=len)
        if not bases:
            words = (character * length for character in "aA1" for length in range(1, 41))
            return {} if any(not self.refused(word) for word in words) else {"w": 1}
        chosen = list(dict.fromkeys((bases[0], bases[-1])))
        used = set("".join(good))

        def refused(taken: set[str], change: Callable[[str, str], str]) -> str:
            return "".join(c for c in _CHARACTERS if c not in taken and all(self.refused(change(t, c)) for t in chosen))

        anywhere = refused(used, lambda text, c: text[: len(text) // 2] + c + text[len(text) // 2 :])
        anywhere = "".join(c for c in anywhere if self.refused(bases[-1][:1] + c + bases[-1][2:]))
        first = refused({*anywhere, *(text[0] for text in good)}, lambda text, c: c + text)
        first = "".join(c for c in first if self.refused(c + bases[-1][1:]))
        last = refused({*anywhere, *(text[-1] for text in good)}, lambda text, c: text + c)
        last = "".join(c for c in last if self.refused(bases[-1][:-1] + c))
        if "é" in anywhere and self.refused(chosen[0] + "¬"):
            anywhere += "¬"
        anywhere = _whole_classes(anywhere, used)
        first = _whole_classes(first, {text[0] for text in good})
        last = _whole_classes(last, {text[-1] for text in good})
        return {"c": [anywhere, first, last]} if anywhere + first + last else {}


def _whole_classes(refused: str, accepted: set[str]) -> str:
    """Refused characters, with all digits or letters of a case where one is refused and none is known as accepted."""
    for member, whole in (("0", string.digits), ("Z", string.ascii_uppercase), ("a", string.ascii_lowercase)):
        if member in refused and not accepted & {*whole}:
            refused = refused.replace(member, whole)
    return refused


def _numbers_in(texts: list[str]) -> Iterator[int]:
    for text in texts:
        for number in re.findall(r"-?\d+", text):
            if abs(int(number)) != 987654321 and len(number) < 12:
                yield int(number)


def _values(texts: list[str]) -> list[str]:
    for text in texts:
        found = re.search(
            r"(?:one of|Valid Values): ?\[(.*?)\](?:, got|\s*$|\n)|to be one of \[(.*?)\], got", text, re.DOTALL
        )
        if found:
            inner = found[1] if found[1] is not None else found[2]
            quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', inner)
            return list(dict.fromkeys(quoted or inner.split()))
    return []


def _patterns(texts: list[str]) -> Iterator[str]:
    for text in texts:
        quoted = re.search(r'to match regular expression ("(?:[^"\\]|\\.)*")', text)
        plain = re.search(r"must match regular expression '(.*)', got", text)
        try:
            pattern = str(json.loads(quoted[1])) if quoted else plain[1] if plain else ""
            re.compile(pattern)
        except (ValueError, re.error):
            continue
        # What Go and Python read differently is left out.
        if pattern and not re.search(r"\[\[:|\\[pPxQC]", pattern):
            yield pattern.replace("\\z", "\\Z")


def ask_type(plugin: Plugin, kind: str) -> dict[str, Any]:
    """What the provider says of a type, in Terraform's names: `rows` by path, and `combinations`."""
    block = plugin.resources[kind]
    base = frozenset(plugin.errors(kind, {}))
    rows = {}
    # Some schemas nest the same blocks without end: what stands nearest to the top is asked about.
    found = sorted(leaves(block), key=lambda leaf: len(leaf[0]))
    for path, shape in found[: _MOST_LEAVES if len(found) < 10 * _MOST_LEAVES else _FEW_LEAVES]:
        row = Attribute(plugin, kind, path, shape, base).row()
        if row:
            rows[".".join(name for name, _ in path)] = row
    return {"rows": rows, "combinations": _combinations(plugin, kind, base)}


_AT_MOST: Final = re.compile(r"only one of `([^`]*)` can be specified")
_AT_LEAST: Final = re.compile(r": one of `([^`]*)` must be specified")
_TOGETHER: Final = re.compile(r'"([^"]*)": all of `([^`]*)` must be specified')
_EXACTLY: Final = re.compile(
    r"(?:Exactly one of these attributes must be configured: |one \(and only one\) of )\[([^\]]*)\]"
)
_CONFLICT: Final = re.compile(r'"([^"]*)": conflicts with (\S+)')


def _combinations(plugin: Plugin, kind: str, base: frozenset[str]) -> dict[str, list[list[str]]]:
    """The groups of a type's own properties of which ``most`` one, ``least`` one, or ``all`` may be given.

    The first of ``all`` is the one that asks for the others.
    """
    block = plugin.resources[kind]
    values = {
        name: _plausible(attribute["type"])
        for name, attribute in block["attributes"].items()
        if attribute["input"] and name not in ("id", "tags", "tags_all")
    }
    for name, nested in block["blocks"].items():
        if name != "timeouts":
            values[name] = [{}] if nested["nesting"] in (2, 3) else {}
    texts = [*base, *plugin.errors(kind, {name: value for name, value in values.items() if value is not None})]
    for name, value in values.items():
        texts += plugin.errors(kind, {name: value})
    found: dict[str, set[tuple[str, ...]]] = {"most": set(), "least": set(), "all": set()}
    for text in texts:
        for pattern, groups in ((_AT_MOST, ("most",)), (_AT_LEAST, ("least",)), (_EXACTLY, ("most", "least"))):
            for names in pattern.findall(text):
                for group in groups:
                    found[group].add(tuple(sorted(re.split(r", ?", names))))
        for asking, names in _TOGETHER.findall(text):
            found["all"].add((asking, *sorted({*names.split(",")} - {asking})))
        for pair in _CONFLICT.findall(text):
            found["most"].add(tuple(sorted(pair)))
    own = {*block["attributes"], *block["blocks"]}
    return {
        group: sorted(list(names) for names in rows if own.issuperset(names) and len(names) > 1)
        for group, rows in found.items()
        if rows
    }


def _plausible(kind: Any) -> Any:
    if isinstance(kind, list):
        if kind[0] == "map":
            return {"k": _plausible(kind[1])}
        return [_plausible(kind[1])] if kind[0] in ("list", "set") and not isinstance(kind[1], list) else None
    return {"string": "x", "number": 1, "bool": True}.get(kind)
