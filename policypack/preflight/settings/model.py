"""Levels, frameworks, parameters, prerequisites and exemptions, and what they mean for one stack."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from preflight.finding import Certainty, Finding, Kind, Level, Severity
from preflight.rule import Rule


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule that need not hold somewhere. ``expires`` is ISO 8601; empty texts stand for what was left out.

    ``where`` is the place that gives it, ``FILE:LINE`` for a settings file.
    """

    rule: str
    resource: str = "*"
    stack: str = "*"
    reason: str = ""
    owner: str = ""
    expires: str = ""
    where: str = ""

    def covers(self, finding: Finding) -> bool:
        """Tell whether this exemption is meant for a finding's resource."""
        return fnmatch.fnmatchcase(finding.urn, self.resource) or fnmatch.fnmatchcase(finding.name, self.resource)


@dataclass(frozen=True)
class Settings:
    """The settings of one stack. ``level_of`` and ``parameters_of`` answer for a rule."""

    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    frameworks: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    prerequisites: frozenset[str] = frozenset()
    exemptions: tuple[Exemption, ...] = ()
    budget_seconds: float | None = None
    stacks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policy_levels: Mapping[str, Level] = field(default_factory=dict)
    policy_parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def for_stack(self, name: str) -> Settings:
        """Return the settings with those of every pattern that matches a stack's name laid over them, in file order."""
        levels = {group: dict(values) for group, values in self.levels.items()}
        frameworks, parameters = self.frameworks, {rule: dict(values) for rule, values in self.parameters.items()}
        for pattern, own in self.stacks.items():
            if not fnmatch.fnmatchcase(name, pattern):
                continue
            for group, values in own.get("levels", {}).items():
                levels.setdefault(group, {}).update(values)
            frameworks = tuple(own.get("frameworks", frameworks))
            for rule, values in own.get("parameters", {}).items():
                parameters.setdefault(rule, {}).update(values)
        kept = tuple(exemption for exemption in self.exemptions if fnmatch.fnmatchcase(name, exemption.stack))
        return replace(self, levels=levels, frameworks=frameworks, parameters=parameters, exemptions=kept, stacks={})

    @cached_property
    def _enforced(self) -> frozenset[str]:
        return frozenset(self.frameworks)

    def level_of(self, rule: Rule) -> Level:
        """Return a rule's level: from Pulumi's policy config, else its own, its framework's, severity's or kind's."""
        if rule.id in self.policy_levels:
            return self.policy_levels[rule.id]
        own = self.levels.get("rules", {})
        for name in (rule.id, *rule.formerly):
            if name in own:
                return Level(own[name])
        by_framework = self.levels.get("frameworks", {})
        asked = [by_framework[name] for name in rule.controls if name in by_framework]
        if asked:
            return max((Level(level) for level in asked), key=_STRICTNESS.index)
        if self._enforced and not self._enforced.isdisjoint(rule.controls):
            return Level.MANDATORY
        return self._general(rule.kind, rule.severity, rule.certainty)

    def _general(self, kind: Kind, severity: Severity, certainty: Certainty) -> Level:
        by_certainty = self.levels.get("certainties", {}) if kind is Kind.DEPLOYMENT else {}
        by_severity, by_kind = self.levels.get("severities", {}), self.levels.get("kinds", {})
        for values, key in ((by_certainty, certainty.value), (by_severity, severity.value), (by_kind, kind.value)):
            if key in values:
                return Level(values[key])
        return default_level(kind, severity, certainty)

    def level_of_finding(self, rule: Rule, finding: Finding) -> Level:
        """Return a finding's level: its rule's, lowered where the finding itself weighs less than the rule."""
        level = self.level_of(rule)
        severity, certainty = finding.severity or rule.severity, finding.certainty or rule.certainty
        if severity is rule.severity and certainty is rule.certainty:
            return level
        return min(level, self._general(Kind.DEPLOYMENT, severity, certainty), key=_STRICTNESS.index)

    def parameters_of(self, rule: Rule) -> Mapping[str, Any]:
        """Return a rule's parameters: defaults, under the file's, under Pulumi's policy config's."""
        values = {name: parameter.default for name, parameter in rule.parameters.items()}
        for name in (*rule.formerly, rule.id):
            values.update(self.parameters.get(name, {}))
        values.update(self.policy_parameters.get(rule.id, {}))
        return values


_STRICTNESS: Final = [Level.DISABLED, Level.ADVISORY, Level.MANDATORY, Level.REMEDIATE]


def default_level(kind: Kind, severity: Severity, certainty: Certainty) -> Level:
    """Return the level without settings: certain deployment rules block from HIGH on, all else advises."""
    blocks = (
        kind is Kind.DEPLOYMENT and severity in (Severity.CRITICAL, Severity.HIGH) and certainty is Certainty.CERTAIN
    )
    return Level.MANDATORY if blocks else Level.ADVISORY
