"""What a run has come to: verdicts sorted into findings, excused ones, undecided ones and failures."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from preflight.finding import Finding, Level
from preflight.judging.exemptions import HOLDS, Ledger
from preflight.judging.judge import Failure, Status, Verdict
from preflight.judging.spelling import Language
from preflight.judging.wording import entry_of
from preflight.redaction import Secrets
from preflight.resource import Resource
from preflight.rule import Rule
from preflight.settings.model import Exemption, Settings
from preflight.stack import Stack


@dataclass
class Outcome:
    """The part of a tally that one response carries."""

    findings: list[tuple[Rule, Finding, Level]] = field(default_factory=list)
    failures: list[tuple[Rule, Failure]] = field(default_factory=list)
    not_applicable: list[tuple[Rule, str]] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    entries: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"findings": [], "undecided": [], "exempted": [], "failures": []}
    )


class Tally:
    """Sorts verdicts by settings and exemptions, and keeps them for the report; safe under concurrent calls.

    A resource that is judged again replaces what was said of it before.
    """

    def __init__(
        self,
        settings: Settings,
        rules: Sequence[Rule],
        secrets: Secrets,
        today: datetime.date,
        language: Language = Language.UNKNOWN,
        policies: Sequence[Rule] = (),
    ) -> None:
        """``rules`` are those that are asked, ``policies`` the stock policies that are asked beside them."""
        self._settings = settings
        self._rules = [*rules, *policies, HOLDS]
        self._known = {name for rule in self._rules for name in (rule.id, *rule.formerly)}
        self._secrets = secrets
        self._language = language
        self._ledger = Ledger(settings.exemptions, today)
        self._lock = threading.Lock()
        self._outcomes: dict[str, Outcome] = {}

    def redact(self, text: str, resource: Resource | None = None) -> str:
        """Return a text without the secrets met so far, and without those of the resource that it is about."""
        return (resource.secrets if resource is not None else self._secrets).redact(text)

    def of_resource(self, resource: Resource, verdicts: Iterable[Verdict]) -> Outcome:
        """Sort the verdicts on one resource's inputs."""
        outcome = self._sort(verdicts)
        for finding in self._ledger.tag_findings(resource, self._known):
            self._add(outcome, HOLDS, finding, resource)
        with self._lock:
            self._outcomes[resource.urn] = outcome
        return outcome

    def of_stack(self, stack: Stack, verdicts: Iterable[Verdict]) -> Outcome:
        """Sort the verdicts of cross-resource rules, then judge the exemptions themselves."""
        outcome = self._sort(verdicts)
        root = stack.root
        if root is not None:
            ran = [name for rule in self._rules for name in (rule.id, *rule.formerly)]
            for finding, exemption in self._ledger.findings(root, ran):
                self._add(outcome, HOLDS, finding, root, where=exemption.where)
        with self._lock:
            self._outcomes[""] = outcome
        return outcome

    def of_policy(self, rule: Rule, finding: Finding, level: Level, resource: Resource) -> str | None:
        """Keep what a stock policy found; return the reason of the exemption that excuses it, None when none does."""
        with self._lock:
            outcome = self._outcomes.setdefault(f"policies {resource.urn}", Outcome())
            excuse = self._add(outcome, rule, finding, resource, level)
        return excuse.reason if excuse is not None else None

    def add_undecided(self, rule: Rule, resource: Resource, reason: str) -> None:
        """Keep that a stock policy met an unknown."""
        with self._lock:
            outcome = self._outcomes.setdefault(f"policies {resource.urn}", Outcome())
            self._ledger.note_undecided(rule, resource)
            outcome.entries["undecided"].append(
                {"rule": rule.id, "urn": resource.urn, "path": "", "reason": self.redact(reason, resource)}
            )

    def add_failure(self, failure: Failure) -> None:
        """Keep a failure that has no verdict, such as a remediation's."""
        with self._lock:
            outcome = self._outcomes.setdefault(f"remediation {failure.urn}", Outcome())
            outcome.entries["failures"].append(self._failure(self._without_secrets(failure)))

    def _sort(self, verdicts: Iterable[Verdict]) -> Outcome:
        outcome = Outcome()
        for verdict in verdicts:
            if verdict.status is Status.PASS and not verdict.failure:
                outcome.held.append((verdict.rule.id, verdict.resource.urn))
                continue
            if verdict.failure:
                failure = self._without_secrets(verdict.failure, verdict.resource)
                outcome.failures.append((verdict.rule, failure))
                outcome.entries["failures"].append(self._failure(failure))
            if verdict.status is Status.NOT_APPLICABLE:
                outcome.not_applicable.append((verdict.rule, self.redact(verdict.reason, verdict.resource)))
            for finding in verdict.findings:
                self._add(outcome, verdict.rule, finding, verdict.resource)
            if verdict.undecided:
                self._ledger.note_undecided(verdict.rule, verdict.resource)
                for unknown in verdict.undecided:
                    outcome.entries["undecided"].append(
                        {
                            "rule": verdict.rule.id,
                            "urn": unknown.urn or verdict.resource.urn,
                            "path": unknown.path,
                            "reason": self.redact(unknown.reason, verdict.resource),
                        }
                    )
        return outcome

    def _add(
        self,
        outcome: Outcome,
        rule: Rule,
        finding: Finding,
        resource: Resource,
        level: Level | None = None,
        where: str = "",
    ) -> Exemption | None:
        """Keep a finding; return the exemption that excuses it."""
        if level is None:
            level = self._settings.level_of_finding(rule, finding)
        if level is Level.DISABLED:
            return None
        finding = replace(finding, message=self.redact(finding.message, resource))
        entry = entry_of(rule, finding, level, self._language) | ({"where": where} if where else {})
        excuse = self._ledger.excuse(rule, finding, resource)
        if excuse is None:
            outcome.findings.append((rule, finding, level))
            outcome.entries["findings"].append(entry)
            return None
        entry |= {"reason": excuse.reason, "owner": excuse.owner, "expires": excuse.expires, "where": excuse.where}
        outcome.not_applicable.append((rule, f"exempted: {excuse.reason}"))
        outcome.entries["exempted"].append(entry)
        return excuse

    def _without_secrets(self, failure: Failure, resource: Resource | None = None) -> Failure:
        secrets = resource.secrets if resource is not None else self._secrets
        return replace(failure, error=secrets.redact(failure.error, words=True))

    def _failure(self, failure: Failure) -> dict[str, Any]:
        return {
            "rule": failure.rule,
            "urn": failure.urn,
            "error": failure.error,
            "location": failure.location,
        }

    def take(self) -> dict[str, Any]:
        """Return everything since the last call as the JSON report's parts, and forget it."""
        with self._lock:
            outcomes, self._outcomes = self._outcomes, {}
        result: dict[str, Any] = {
            "rules": len(self._rules) - 1,
            "analyzed": sorted(urn for urn in outcomes if urn.startswith("urn:")),
            "stack": "" in outcomes,
        }
        for part in ("findings", "undecided", "exempted", "failures"):
            result[part] = [entry for outcome in outcomes.values() for entry in outcome.entries[part]]
        held: dict[str, list[str]] = {}
        for outcome in outcomes.values():
            for rule_id, urn in outcome.held:
                held.setdefault(rule_id, []).append(urn)
        result["held"] = held
        return result
