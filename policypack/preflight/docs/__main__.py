"""Writes the generated pages, in a checkout; ``--check`` writes nothing, and fails when one is not fresh."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from .. import rules
from ..fleet import across
from . import catalogue, compliance
from .examples import FILE_NAME, Example, to_json

REPOSITORY = Path(__file__).parents[3]


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a page is not what would be written.")
def main(check: bool) -> None:
    """Write docs/rules.md, docs/rules/, docs/compliance.md, the examples of `explain` and the index of rules."""
    wanted = render()
    docs = REPOSITORY / "docs"
    leftover = [path for path in sorted((docs / "rules").glob("*.md")) if path not in wanted]
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if check:
        for path in (*stale, *leftover):
            click.echo(f"{path.relative_to(REPOSITORY)} is not what the rules say: run make docs", err=True)
        sys.exit(bool(stale or leftover))
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in leftover:
        path.unlink()
    click.echo(f"{len(stale)} of {len(wanted)} files written, {len(leftover)} removed")


def render() -> dict[Path, str]:
    """Return every generated file's text.

    Raises:
        click.UsageError: this is no checkout: the tests, whose situations become the examples, are missing.
    """
    if not (REPOSITORY / "tests" / "rules").is_dir():
        raise click.UsageError("the pages are made in a checkout of the repository, from its rules and their tests")
    examples = _examples()
    every = rules.load(complete=False)
    docs = REPOSITORY / "docs"
    listed = sorted([*every, *across.load()], key=lambda rule: rule.id)
    texts = {docs / path: text for path, text in catalogue.pages(listed, examples).items()}
    texts[docs / "compliance.md"] = compliance.page(every)
    texts[Path(__file__).with_name(FILE_NAME)] = to_json(examples)
    texts[rules.INDEX] = "".join(f"{rule.id}\n" for rule in every)
    return texts


def _examples() -> Mapping[str, Example]:
    if str(REPOSITORY) not in sys.path:
        sys.path.insert(0, str(REPOSITORY))
    made: Mapping[str, Example] = importlib.import_module("tests.rules.fragments").examples()
    return made


if __name__ == "__main__":
    main()
