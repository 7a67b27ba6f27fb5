"""``--select`` and ``--ignore``: which findings a report shows."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from preflight.finding import Certainty, Kind, Severity
from preflight.frameworks import FRAMEWORKS
from preflight.nearest import did_you_mean
from preflight.reports.model import Finding, Report, Run
from preflight.rule import Rule

_CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "kind": [kind.value for kind in Kind],
    "severity": [severity.value for severity in Severity],
    "certainty": [certainty.value for certainty in Certainty],
    "framework": list(FRAMEWORKS),
}


class SelectorError(ValueError):
    """A selector that names nothing; the text says what to write instead."""


@dataclass(frozen=True)
class Selector:
    """One ``RULE``, ``SERVICE`` or ``GROUP:VALUE``."""

    group: str
    value: str

    @staticmethod
    def parse(text: str, rules: Iterable[Rule] | None) -> Selector:
        """Read a selector.

        Args:
            text: as it was written.
            rules: those that may be named; None when they can't be known.

        Raises:
            SelectorError: it names nothing.
        """
        group, colon, value = text.partition(":")
        if colon:
            if group not in _CHOICES:
                raise SelectorError(f"{text!r}: there is no {group!r}{_hint(group, _CHOICES)}")
            if value not in _CHOICES[group]:
                raise SelectorError(f"{text!r}: there is no {group} {value!r}{_hint(value, _CHOICES[group])}")
            return Selector(group, value)
        if rules is not None:
            known = {name for rule in rules for name in (rule.id, rule.service, *rule.formerly)}
            if not fnmatch.filter(known, text):
                hint = did_you_mean(text, known) or "; `preflight rules` lists them"
                raise SelectorError(f"{text!r} is neither a rule nor a service{hint}")
            text = next((rule.id for rule in rules if text in rule.formerly), text)
        return Selector("", text)

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is selected."""
        if not self.group:
            return self.covers_rule(finding.rule)
        if self.group == "framework":
            return self.value in finding.controls
        return bool(getattr(finding, self.group) == self.value)

    def covers_rule(self, rule: str) -> bool:
        """Tell whether everything that a rule says is selected."""
        return not self.group and (rule.partition("-")[0] == self.value or fnmatch.fnmatchcase(rule, self.value))


def _hint(word: str, known: Iterable[str]) -> str:
    choices = list(known)
    return did_you_mean(word, choices) or f"; known: {', '.join(choices)}"


@dataclass(frozen=True)
class Selection:
    """What to keep of a report. Errors and failures always stay."""

    select: tuple[Selector, ...] = ()
    ignore: tuple[Selector, ...] = ()

    def apply(self, report: Report) -> Report:
        """Return the report with the chosen findings only."""
        return replace(report, runs=tuple(self._run(run) for run in report.runs))

    def _run(self, run: Run) -> Run:
        return replace(
            run,
            findings=tuple(item for item in run.findings if self._keeps(item)),
            exempted=tuple(item for item in run.exempted if self._keeps(item)),
            undecided=tuple(item for item in run.undecided if self._keeps_rule(item.rule)),
            held={rule: urns for rule, urns in run.held.items() if self._keeps_rule(rule)},
        )

    def _keeps(self, finding: Finding) -> bool:
        chosen = not self.select or any(selector.covers(finding) for selector in self.select)
        return chosen and not any(selector.covers(finding) for selector in self.ignore)

    def _keeps_rule(self, rule: str) -> bool:
        """Undecided rules and evidence are chosen by rule and service; other selectors keep them."""
        named = [selector for selector in self.select if not selector.group]
        chosen = len(named) < len(self.select) or not named or any(selector.covers_rule(rule) for selector in named)
        return chosen and not any(selector.covers_rule(rule) for selector in self.ignore)
