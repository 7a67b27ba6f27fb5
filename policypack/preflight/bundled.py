"""Where the files that come with the package are: its policy pack, and the reference stacks.

A wheel carries them inside the package, under ``_bundled``. In the repository, and in an editable installation of it,
the pack is the folder around the package, and the stacks are beside that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
_IN_WHEEL: Final = _PACKAGE / "_bundled"


def pack_folder() -> Path | None:
    """Return the folder of Preflight's own policy pack, the one with PulumiPolicy.yaml; None where there is none."""
    return _first("PulumiPolicy.yaml", _IN_WHEEL / "policypack", _PACKAGE.parent)


def stacks_folder() -> Path | None:
    """Return the folder that holds the reference stacks and ``components/``; None where there is none."""
    return _first("components/__init__.py", _IN_WHEEL / "stacks", _PACKAGE.parents[1] / "stacks")


def _first(file: str, *folders: Path) -> Path | None:
    return next((folder for folder in folders if (folder / file).is_file()), None)
