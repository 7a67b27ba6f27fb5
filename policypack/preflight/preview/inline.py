"""Exemptions in the program: ``# preflight: ignore[rule] reason (owner, until 2027-01-31)`` at a resource's call.

Only the embedded engine knows the lines of resources, so these hold in ``preflight preview``; under the Pulumi CLI,
tags and ``preflight.yaml`` do.
"""

from __future__ import annotations

import datetime
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from preflight.finding import Finding, Level
from preflight.judging.exemptions import HOLDS, fault
from preflight.judging.wording import entry_of
from preflight.nearest import did_you_mean
from preflight.preview.state.calls import Calls
from preflight.preview.state.graph import ROOT_TYPE, Registration
from preflight.preview.state.outcome import Outcome
from preflight.preview.verdicts import shown_path

_MARK: Final = re.compile(r"(?:#|//)\s*preflight:\s*ignore\b(?:\[(?P<rules>[^\]]*)\])?(?P<rest>[^\n]*)")
_ASIDE: Final = re.compile(r"\((?P<aside>[^()]*)\)\s*$")
_UNTIL: Final = re.compile(r"until\s+(?P<day>\S+)$")


@dataclass
class _Comment:
    """One comment: what it exempts from, why, and the lines that it stands for."""

    file: str
    line: int
    alone: bool
    """Whether nothing else is on its line: then it is for the call below it as well."""
    rules: tuple[str, ...]
    reason: str
    owner: str
    expires: str
    fault: str
    used: set[str] = field(default_factory=set)


def apply(outcome: Outcome, levels: Mapping[str, str], base: Path, today: datetime.date) -> None:
    """Move the findings that comments excuse to the exempted ones, and add findings about comments that don't hold.

    Args:
        outcome: the preview, with its graph.
        levels: every rule that was asked, and its level.
        base: the folder that shown file names start from.
        today: the day that expiry is judged by.
    """
    located = [item for item in outcome.graph if item.location is not None]
    files = {item.location.file for item in located if item.location is not None}
    comments = {file: found for file in sorted(files) if (found := _comments(file, today))}
    if not comments:
        return
    calls = {file: Calls(file) for file in comments}
    mine: dict[str, list[_Comment]] = {}
    for item in located:
        if item.location is not None and item.location.file in comments:
            lines = calls[item.location.file].lines(item.location.line)
            mine[item.urn] = [comment for comment in comments[item.location.file] if _is_for(comment, lines)]
    kept = []
    for entry in outcome.findings:
        comment = _excuse(mine.get(entry["urn"], ()), entry["rule"])
        if comment is None:
            kept.append(entry)
            continue
        where = f"{shown_path(comment.file, base)}:{comment.line}"
        terms = {"reason": comment.reason, "owner": comment.owner, "expires": comment.expires, "where": where}
        outcome.exempted.append(entry | terms)
    outcome.findings[:] = kept
    open_rules = {(item["urn"], item["rule"]) for item in outcome.undecided}
    for urn, found in mine.items():
        for comment in found:
            comment.used |= {rule for rule in comment.rules if (urn, rule) in open_rules}
    root = next((item for item in outcome.graph if item.type == ROOT_TYPE), None)
    for comment in (comment for found in comments.values() for comment in found):
        for said in _faults(comment, levels, complete=not outcome.errors):
            outcome.findings.append(_finding(comment, said, root, levels, base))


def _excuse(comments: list[_Comment] | tuple[()], rule: str) -> _Comment | None:
    for comment in comments:
        if rule in comment.rules:
            comment.used.add(rule)
            if not comment.fault:
                return comment
    return None


def _faults(comment: _Comment, levels: Mapping[str, str], *, complete: bool) -> Iterator[str]:
    """What is wrong with a comment; whether it is used can be told of a complete run only."""
    if not comment.rules:
        yield "the exemption names no rule; write `ignore[RULE]`"
        return
    for rule in comment.rules:
        if rule not in levels:
            yield f"the exemption from {rule} names no rule{did_you_mean(rule, levels)}"
        elif comment.fault:
            yield f"the exemption from {rule} {comment.fault}"
        elif complete and rule not in comment.used and levels[rule] != "disabled":
            yield f"the exemption from {rule} excuses nothing"


def _finding(
    comment: _Comment, message: str, root: Registration | None, levels: Mapping[str, str], base: Path
) -> dict[str, Any]:
    about = Finding(root.urn, root.type, root.name, message) if root is not None else Finding("", "", "", message)
    entry = entry_of(HOLDS, about, Level(levels.get(HOLDS.id, Level.ADVISORY.value)))
    entry["location"] = {"file": shown_path(comment.file, base), "line": comment.line}
    return entry


def _is_for(comment: _Comment, lines: range) -> bool:
    return comment.line in lines or (comment.alone and comment.line == lines.start - 1)


def _comments(file: str, today: datetime.date) -> list[_Comment]:
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    if "preflight:" not in text:
        return []
    found = _python_comments(text) if file.endswith(".py") else enumerate(text.splitlines(), start=1)
    lines = text.splitlines()
    made = []
    for line, said in found:
        mark = _MARK.search(said)
        if mark:
            alone = lines[line - 1].lstrip().startswith(("#", "//"))
            made.append(_comment(file, line, alone, mark["rules"] or "", mark["rest"], today))
    return made


def _python_comments(text: str) -> list[tuple[int, str]]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []  # the program could not run either, and says why
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def _comment(file: str, line: int, alone: bool, rules: str, rest: str, today: datetime.date) -> _Comment:
    reason, owner, expires = rest.strip(), "", ""
    aside = _ASIDE.search(reason)
    if aside:
        reason = reason[: aside.start()].strip()
        for part in map(str.strip, aside["aside"].split(",")):
            until = _UNTIL.match(part)
            if until:
                expires = until["day"]
            else:
                owner = ", ".join(filter(None, (owner, part)))
    names = tuple(filter(None, (name.strip() for name in rules.split(","))))
    return _Comment(file, line, alone, names, reason, owner, expires, fault(reason, expires, today))
