"""Exemptions applied: which findings are excused, and which excuses don't hold.

In the program, a tag exempts one resource: ``preflight:exempt/RULE`` = the reason, ending with ``until 2027-01-31`` and
holding ``@owner`` where wanted (all characters that AWS allows in tags).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from preflight import wire
from preflight.finding import Finding, Kind, Severity
from preflight.resource import Resource
from preflight.rule import Rule
from preflight.settings.model import Exemption

TAG_PREFIX: Final = "preflight:exempt/"
_UNTIL: Final = re.compile(r"\buntil\b")
_OWNER: Final = re.compile(r"(?:^|\s)@(\S+)")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

HOLDS: Final = Rule(
    id="preflight-exemption-holds",
    function=lambda resource: None,
    types=(),
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    controls={},
    title="Exemptions have a reason, are in force, and are used.",
    why="An excuse that nobody can explain, that has run out, or that excuses nothing hides the next real finding.",
    fix="Give the reason, renew the date after a review, or delete the exemption.",
    source="",
)
"""The rule behind findings about exemptions themselves."""


@dataclass
class Ledger:
    """The exemptions of one run, and what has become of each.

    Args:
        entries: those of the settings that are for this stack.
        today: the date that expiry is judged by.
    """

    entries: tuple[Exemption, ...]
    today: datetime.date
    _used: set[int] = field(default_factory=set)
    _open: set[int] = field(default_factory=set)

    def excuse(self, rule: Rule, finding: Finding, resource: Resource) -> Exemption | None:
        """Return the exemption in force that covers a finding, None when there is none."""
        for index, exemption in enumerate(self.entries):
            if exemption.rule in (rule.id, *rule.formerly) and exemption.covers(finding):
                self._used.add(index)
                if not self.fault(exemption):
                    return exemption
        tagged = tag_exemption(rule, resource)
        return tagged if tagged is not None and not self.fault(tagged) else None

    def fault(self, exemption: Exemption) -> str:
        """Return why an exemption does not hold, an empty text when it does."""
        return fault(exemption.reason, exemption.expires, self.today)

    def note_undecided(self, rule: Rule, resource: Resource) -> None:
        """Keep in mind that a rule could not be judged yet, so that its exemption is not called unused."""
        about = Finding(resource.urn, resource.type, resource.name, "")
        for index, exemption in enumerate(self.entries):
            if exemption.rule in (rule.id, *rule.formerly) and exemption.covers(about):
                self._open.add(index)

    def findings(self, root: Resource, ran: Iterable[str]) -> list[tuple[Finding, Exemption]]:
        """Return the findings about the settings' exemptions, on the stack's root; to be asked when all is judged."""
        judged = set(ran)
        found = []
        for index, exemption in enumerate(self.entries):
            fault = self.fault(exemption)
            if not fault and index not in self._used | self._open and exemption.rule in judged:
                fault = "excuses nothing in this stack"
            if fault:
                said = f"{exemption.where}: the exemption from {exemption.rule} {fault}"
                found.append((root.finding(said), exemption))
        return found

    def tag_findings(self, resource: Resource, known: Iterable[str]) -> list[Finding]:
        """Return the findings about exemptions in a resource's tags."""
        names = set(known)
        found = []
        for rule_id, exemption in _tagged(resource).items():
            fault = self.fault(exemption) if rule_id in names else "names no rule"
            if fault:
                where = f"tags.{TAG_PREFIX}{rule_id}"
                found.append(resource.finding(f"the exemption from {rule_id} in the tags {fault}", at=where))
        return found


def fault(reason: str, expires: str, today: datetime.date) -> str:
    """Return why an exemption does not hold, wherever it is written; an empty text when it does.

    Args:
        reason: what it gives as its reason.
        expires: its last day as YYYY-MM-DD, or empty.
        today: the day that expiry is judged by.
    """
    if not reason.strip():
        return "gives no reason"
    if not expires:
        return ""
    if not _is_date(expires):
        return f"has the date {expires!r}, which must be YYYY-MM-DD"
    return f"expired on {expires}" if datetime.date.fromisoformat(expires) < today else ""


def tag_exemption(rule: Rule, resource: Resource) -> Exemption | None:
    """Return the exemption from a rule that a resource's tags give, None when they give none."""
    tagged = _tagged(resource)
    return next((tagged[name] for name in (rule.id, *rule.formerly) if name in tagged), None)


def _tagged(resource: Resource) -> dict[str, Exemption]:
    tags = resource.raw("tags")
    if not isinstance(tags, dict):
        return {}
    result = {}
    for key, value in tags.items():
        if not key.startswith(TAG_PREFIX) or not isinstance(value, str) or wire.is_unknown(value):
            continue
        rule_id = key.removeprefix(TAG_PREFIX)
        owner = _OWNER.search(value)
        reason, expires = _terms(_OWNER.sub("", value).strip())
        result[rule_id] = Exemption(
            rule_id, resource.urn, reason=reason, owner=owner[1] if owner else "", expires=expires, where="tags"
        )
    return result


def _terms(text: str) -> tuple[str, str]:
    """The reason in a tag, and what it gives as its last day: whatever stands behind the last ``until``, or nothing."""
    found = list(_UNTIL.finditer(text))
    if not found:
        return text, ""
    return text[: found[-1].start()].strip(), text[found[-1].end() :].strip() or "until"


def _is_date(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False  # later Pythons read more forms of ISO 8601 than earlier ones
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
