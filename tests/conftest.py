"""Sample rules for tests, registered under module names of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from preflight import rule as rule_module
from preflight.finding import Finding, Kind, Severity
from preflight.rule import Rule, rule
from preflight.testing import message_checks
from tests.texts import house

# No test asserts a time: a busy machine is no fault of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

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


SLOW = ("preview", "stacks", "examples", "provider")
"""The folders whose tests run whole programs; a test elsewhere may be marked slow by itself."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `make test` leaves to `make test-all`."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and item.path.relative_to(here).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)


message_checks.append(house.message)
