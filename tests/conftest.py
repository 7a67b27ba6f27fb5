"""Sample rules for tests, registered under module names of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from preflight import rule as rule_module
from preflight.finding import Finding, Kind, Severity
from preflight.rule import Rule, rule

MakeRule = Callable[..., Rule]


@pytest.fixture
def make_rule(monkeypatch: pytest.MonkeyPatch) -> MakeRule:
    """Makes a rule of a function without a docstring, in a registry of its own."""
    monkeypatch.setattr(rule_module, "_RULES", {})

    def make(
        function: Callable[..., Iterable[Finding] | None],
        types: str | tuple[str, ...] = "aws:*",
        kind: Kind = Kind.DEPLOYMENT,
        severity: Severity = Severity.CRITICAL,
        **options: Any,
    ) -> Rule:
        function.__doc__ = "Things hold.\n\nWhy: They must.\nFix: Make them."
        return rule(types, kind=kind, severity=severity, **options)(function)

    return make
