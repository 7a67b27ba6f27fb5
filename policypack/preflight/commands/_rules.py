"""Which rules a command shows: Preflight's own, or those of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from preflight.rule import Rule, RuleError

POLICY_PACK = click.option(
    "--policy-pack",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A policy pack whose rules to show (default: Preflight's own rules).",
)


def rules_to_show(policy_pack: Path | None) -> Sequence[Rule]:
    """Return the rules of a pack, or Preflight's own when None; a mistake in them is one click error."""
    from preflight.rules import load
    from preflight.serving.loading import PackLoadError, rules_of

    try:
        return load() if policy_pack is None else rules_of(policy_pack)
    except (RuleError, PackLoadError) as error:
        raise click.UsageError(str(error)) from error
