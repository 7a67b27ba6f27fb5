"""``python -m benchmarks [NAME…]``: run all benchmarks, or those named; each prints its figures and returns ratios.

Ratios of one run compare where seconds don't. ``--compare`` holds them against ``ratios.json``, ``--store`` writes it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

NAMES: Final = ("analyze", "stack", "boot", "preview", "fleet", "texts")
LONG: Final = ("growth",)
"""Benchmarks that take many minutes: run where they are named."""
STORED: Final = Path(__file__).with_name("ratios.json")
TOLERANCE: Final = 1.5
"""How much worse than the stored ratio is still noise on a busy machine."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice((*NAMES, *LONG)))
@click.option("--compare", is_flag=True, help="Exit with 1 when a ratio is over 1.5 times the stored one.")
@click.option("--store", is_flag=True, help="Write the ratios to benchmarks/ratios.json.")
def main(names: Sequence[str], compare: bool, store: bool) -> None:
    """Run benchmarks: ratios within one run, smaller is better."""
    stored: dict[str, float] = json.loads(STORED.read_text(encoding="utf-8")) if STORED.is_file() else {}
    ratios: dict[str, float] = {}
    for name in names or NAMES:
        ratios |= importlib.import_module(f"benchmarks.{name}").main()
    worse = []
    click.echo("ratios (stored)")
    for what, ratio in ratios.items():
        known = stored.get(what)
        click.echo(f"  {what}: {ratio:.3g}" + (f" ({known:.3g})" if known is not None else " (not stored)"))
        if known is not None and ratio > known * TOLERANCE:
            worse.append(what)
    if store:
        STORED.write_text(json.dumps(stored | ratios, indent=1) + "\n", encoding="utf-8")
    if compare and worse:
        raise click.ClickException(f"over {TOLERANCE} times the stored ratio: {'; '.join(worse)}")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
