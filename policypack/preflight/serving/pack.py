"""``PolicyPack``: a drop-in for ``pulumi_policy.PolicyPack`` that serves Preflight's rules beside stock policies."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from preflight.rule import Rule, RuleError
from preflight.serving.lazy import Lazy

_NAME: Final = re.compile(r"^[a-zA-Z0-9-_.]{1,100}$")


made: Final[list[PolicyPack]] = []
"""Every pack of this process, for commands that read a pack's rules without serving it."""


class PolicyPack:
    """A policy pack; where Pulumi runs this process as a policy pack, making one serves it until the engine is done.

    Anywhere else (a test, a program that imports the pack, a second pack in one process) it is only made: nothing is
    started, nothing is printed.

    Args:
        name: letters, digits, hyphens, underscores and periods, at most 100.
        policies: Preflight's rules, stock policies, or both; or a function that gives Preflight's rules, called while
            the engine connects.
        enforcement_level: of stock policies that name none; advisory when None.
        initial_config: by policy name, an enforcement level or a mapping of properties.
        description, display_name, readme, provider, tags, repository: shown by Pulumi's consoles.

    Raises:
        TypeError: an argument is not what ``pulumi_policy.PolicyPack`` takes; with its words.
        RuleError: a rule or policy is given twice.
    """

    def __init__(
        self,
        name: str,
        policies: Sequence[Any] | Callable[[], Sequence[Rule]],
        enforcement_level: Any = None,
        initial_config: Mapping[str, Any] | None = None,
        description: str | None = None,
        display_name: str | None = None,
        readme: str | None = None,
        provider: str | None = None,
        tags: Sequence[str] | None = None,
        repository: str | None = None,
    ) -> None:
        given = [] if callable(policies) else policies or ()
        self.policies: list[Any] = [policy for policy in given if not isinstance(policy, Rule)]
        self._rules: Lazy[Sequence[Rule]] = Lazy(
            lambda: _once(
                policies() if callable(policies) else [policy for policy in given if isinstance(policy, Rule)],
                self.policies,
            )
        )
        _check(name, policies, self.policies, enforcement_level, initial_config)
        if not callable(policies):
            try:
                self._rules.get()
            except RuleError as error:
                if is_host():
                    _refuse(f"preflight: {error}")
                raise
        self.name = name
        self._arguments: dict[str, Any] = {
            "enforcement_level": enforcement_level.value if enforcement_level is not None else "advisory",
            "initial_config": dict(initial_config or {}),
            "description": description,
            "display_name": display_name,
            "readme": readme,
            "provider": provider,
            "tags": tags,
            "repository": repository,
        }
        made.append(self)
        if is_host():
            self.serve()

    @property
    def rules(self) -> Sequence[Rule]:
        """Preflight's rules among the policies."""
        return self._rules.get()

    def servicer(self, pack_folder: Path | None = None) -> Any:
        """Return the gRPC servicer of this pack, its settings read from ``preflight.yaml`` in the pack's folder.

        Raises:
            SettingsError: the settings can't be used.
        """
        from preflight.serving.info import PackInfo
        from preflight.serving.server import Servicer
        from preflight.settings.file import load, locate
        from preflight.settings.model import Settings

        file = locate(pack_folder or Path.cwd())
        settings = load(file, [*self.rules, *self._stock_rules()]) if file is not None else Settings()
        return Servicer(PackInfo(self.name, **self._arguments), self._rules, self.policies, settings)

    def _stock_rules(self) -> list[Rule]:
        if not self.policies:
            return []
        from preflight.serving.stock.server import as_rule

        return [as_rule(policy) for policy in self.policies]

    def serve(self) -> None:
        """Serve until the engine ends this process; a settings error ends it at once, with one message."""
        from preflight.serving.server import serve
        from preflight.settings.errors import SettingsError

        try:
            servicer = self.servicer()
        except (RuleError, SettingsError) as error:
            _refuse(f"preflight: {error}")
        serve(servicer)


def _once(rules: Sequence[Rule], stock: Sequence[Any]) -> Sequence[Rule]:
    """Return the rules once it is certain that each name among rules and stock policies is there only once."""
    counted = Counter([*(rule.id for rule in rules), *(policy.name for policy in stock)])
    twice = sorted(name for name, count in counted.items() if count > 1)
    if twice:
        raise RuleError(
            f"policies: {', '.join(twice)} given more than once, which would report each finding again; keep one"
        )
    return rules


def is_host() -> bool:
    """Tell whether Pulumi started this process to run a policy pack (``python -m pulumi.policy ADDRESS FOLDER``)."""
    return "pulumi.policy" in sys.orig_argv


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    raise SystemExit(2)


def _check(name: Any, policies: Any, stock: Sequence[Any], level: Any, initial_config: Any) -> None:
    if not name:
        raise TypeError("Missing name argument")
    if not isinstance(name, str):
        raise TypeError("Expected name to be a string")
    if _NAME.match(name) is None:
        raise TypeError(
            f"Invalid policy pack name {name}. Policy pack names may only contain "
            "alphanumerics, hyphens, underscores, or periods."
        )
    if not policies:
        raise TypeError("Missing policies argument")
    if not isinstance(policies, list) and not callable(policies):
        raise TypeError("Expected policies to be a list of policies")
    if stock:
        from pulumi_policy import Policy

        if not all(isinstance(policy, Policy) for policy in stock):
            raise TypeError("Expected each policy in policies to be a Policy")
    if level is not None and type(level).__name__ != "EnforcementLevel":
        raise TypeError("Expected enforcement_level to be an EnforcementLevel")
    if initial_config is None:
        return
    if not isinstance(initial_config, dict):
        raise TypeError("Expected initial_config to be a dict")
    for key, value in initial_config.items():
        if not isinstance(key, str):
            raise TypeError("Expected initial_config key to be a string")
        if type(value).__name__ != "EnforcementLevel" and not isinstance(value, dict):
            raise TypeError(f"Expected initial_config['{key}'] to be an EnforcementLevel or dict")
        if isinstance(value, dict) and not all(isinstance(inner, str) for inner in value):
            raise TypeError(f"Expected initial_config['{key}'] key to be a string")
