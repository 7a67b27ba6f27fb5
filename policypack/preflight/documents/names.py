"""Names: near matches, spellings, and the rules that AWS has for them, with reasons."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def edit_distance(left: str, right: str, *, limit: int | None = None) -> int:
    """Count the insertions, deletions, replacements and swaps of neighbours that turn one word into the other.

    With ``limit``, counting stops there: any greater distance is returned as ``limit + 1``.
    """
    if limit is not None and abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row = row, [i] + [0] * len(right)
        for j, b in enumerate(right, 1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                row[j] = min(row[j], before[j - 2] + 1)
        before = above
        if limit is not None and min(row) > limit:
            return limit + 1
    return row[-1] if limit is None else min(row[-1], limit + 1)


def nearest(word: str, candidates: Iterable[str], *, limit: int = 3, edits: int | None = None) -> list[str]:
    """List up to ``limit`` candidates that a writer of ``word`` may have meant, nearest first.

    First those that differ only in case, separators or plural, then those within ``edits`` edits (default: a third of
    the word, at least one, at most three). The word itself is not listed; ties keep the order of the alphabet.
    """
    reach = edits if edits is not None else max(1, min(3, len(word) // 3))
    plain = _plain(word)
    found: list[tuple[int, str]] = []
    for candidate in sorted(set(candidates)):
        if candidate == word:
            continue
        other = _plain(candidate)
        if other == plain or singular(other) == singular(plain):
            found.append((0, candidate))
            continue
        distance = edit_distance(word.lower(), candidate.lower(), limit=reach)
        if distance <= reach:
            found.append((max(distance, 1), candidate))
    found.sort(key=lambda pair: pair[0])
    return [candidate for _, candidate in found[:limit]]


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def words(name: str) -> list[str]:
    """Split a name of any spelling into lower-case words: ``kmsKeyId`` and ``kms_key_id`` give ``kms``, ``key``,
    ``id``.
    """
    return [word.lower() for word in _WORD.findall(name)]


def camel(name: str) -> str:
    """``kms_key_id`` → ``kmsKeyId``. Letters and digits after a separator begin a word, as Pulumi's code generator has
    it.
    """
    head, *rest = [part for part in re.split(r"[_\-\s]+", name) if part] or [""]
    return head[:1].lower() + head[1:] + "".join(part[:1].upper() + part[1:] for part in rest)


def pascal(name: str) -> str:
    """``kms_key_id`` → ``KmsKeyId``."""
    word = camel(name)
    return word[:1].upper() + word[1:]


def snake(name: str) -> str:
    """``kmsKeyId`` → ``kms_key_id``; digits stay with the word before them (``cidrIpv4`` → ``cidr_ipv4``)."""
    spaced = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[\s\-]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced)).lower()


def kebab(name: str) -> str:
    """``kmsKeyId`` → ``kms-key-id``."""
    return snake(name).replace("_", "-")


def singular(word: str) -> str:
    """The singular of an English plural as property names have them; a word that is no plural is returned as it is."""
    if re.search(r"(?i)[^aeiou]ies$", word):
        return word[:-3] + "y"
    if re.search(r"(?i)(ss|sh|ch|x|z|[^aeo]us)es$", word):
        return word[:-2]
    if re.search(r"(?i)[^su]s$", word) or word.lower().endswith("ous"):
        return word[:-1]
    return word


def plural(word: str) -> str:
    """The English plural of a property name's last word; a word that is a plural already is returned as it is."""
    if singular(word) != word:
        return word
    if re.search(r"(?i)[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(?i)(s|sh|ch|x|z)$", word):
        return word + "es"
    return word + "s"


@dataclass(frozen=True)
class NameRule:
    """What a service asks of a name.

    ``characters`` is the inside of a regular expression's character class, ``described`` the same in words; ``first``
    and ``last`` are classes for the first and the last character (``None``: as any other); ``forbidden`` pairs a
    regular expression with the reason that it is refused.
    """

    least: int
    most: int
    characters: str
    described: str
    first: str | None = None
    last: str | None = None
    forbidden: tuple[tuple[str, str], ...] = ()


def problems(name: str, rule: NameRule) -> list[str]:
    """List what is wrong with a known name, one reason each; empty when the service would take it."""
    found = []
    if not rule.least <= len(name) <= rule.most:
        found.append(f"it has {len(name)} characters, {rule.least} to {rule.most} are allowed")
    strange = sorted(set(re.findall(f"[^{rule.characters}]", name)))
    if strange:
        found.append(f"it holds {' '.join(map(repr, strange[:5]))}; {rule.described} are allowed")
    if name and rule.first and not re.match(f"[{rule.first}]", name):
        found.append(f"it begins with {name[0]!r}")
    if name and rule.last and not re.search(f"[{rule.last}]\\Z", name):
        found.append(f"it ends with {name[-1]!r}")
    found.extend(reason for expression, reason in rule.forbidden if re.search(expression, name))
    return found


S3_BUCKET = NameRule(
    least=3,
    most=63,
    characters="a-z0-9.-",
    described="lower-case letters, digits, hyphens and dots",
    first="a-z0-9",
    last="a-z0-9",
    forbidden=(
        (r"\.\.", "it has two dots in a row"),
        (r"\Axn--", "it begins with the reserved prefix 'xn--'"),
        (r"\Asthree-", "it begins with the reserved prefix 'sthree-'"),
        (r"\Aamzn-s3-demo-", "it begins with the reserved prefix 'amzn-s3-demo-'"),
        (r"-s3alias\Z", "it ends with the reserved suffix '-s3alias'"),
        (r"--ol-s3\Z", "it ends with the reserved suffix '--ol-s3'"),
        (r"\.mrap\Z", "it ends with the reserved suffix '.mrap'"),
        (r"--x-s3\Z", "it ends with '--x-s3', the suffix of directory buckets"),
        (r"--table-s3\Z", "it ends with '--table-s3', the suffix of table buckets"),
    ),
)
"""Source: "General purpose bucket naming rules", Amazon S3 user guide."""

_DIRECTORY_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?--[a-z0-9]+-[a-z]+\d+(?:-[a-z0-9-]+)?--x-s3")


def bucket_problems(name: str, *, directory: bool = False) -> list[str]:
    """List why S3 would refuse a known bucket name; empty when it would take it.

    Source: "General purpose bucket naming rules" and "Directory bucket naming rules", Amazon S3 user guide.
    """
    if directory:
        found = problems(name, NameRule(3, 63, "a-z0-9-", "lower-case letters, digits and hyphens"))
        if not _DIRECTORY_BUCKET.fullmatch(name):
            found.append("it does not have the form NAME--ZONE-ID--x-s3, such as logs--usw2-az1--x-s3")
        return found
    found = problems(name, S3_BUCKET)
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return found
    return [*found, "it has the form of an IP address"]
