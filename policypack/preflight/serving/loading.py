"""Reading a policy pack's rules without serving it."""

from __future__ import annotations

import runpy
import sys
import traceback
from pathlib import Path

from preflight.rule import Rule, RuleError
from preflight.serving import pack


class PackLoadError(Exception):
    """A policy pack whose rules can't be read; the text says why and what to do."""


def rules_of(folder: Path) -> list[Rule]:
    """Run a pack's ``__main__.py`` in this process, where it only makes its pack, and return its rules, by id.

    Raises:
        PackLoadError: the folder is no Python policy pack, its program fails, or it makes no ``preflight.PolicyPack``.
    """
    program = folder / "__main__.py"
    if not folder.is_dir():
        raise PackLoadError(f"{folder}: there is no such folder")
    if not program.is_file():
        raise PackLoadError(f"{folder}: has no __main__.py, so it is not a Python policy pack")
    before = len(pack.made)
    path = list(sys.path)
    sys.path.insert(0, str(folder.resolve()))
    try:
        runpy.run_path(str(program), run_name="__main__")
        found = [rule for made in pack.made[before:] for rule in made.rules]
    except RuleError as error:
        raise PackLoadError(str(error)) from error
    except (Exception, SystemExit) as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise PackLoadError(f"{program}: {type(error).__name__}: {error} ({frame.filename}:{frame.lineno})") from error
    finally:
        sys.path[:] = path
    if len(pack.made) == before:
        raise PackLoadError(
            f"{program}: makes no preflight.PolicyPack, the only kind of pack whose rules can be listed"
        )
    return sorted({rule.id: rule for rule in found}.values(), key=lambda rule: rule.id)
