"""The finished audits of a folder: one small JSON file each, below ``audits/``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

MARK: Final = "audits"


def audits(out: Path) -> list[str]:
    """Return the finished audits of a folder, the oldest first."""
    return sorted(path.stem for path in (out / MARK).glob("*.json"))


def read_audit(out: Path, name: str) -> dict[str, Any]:
    """Return what is known of an audit as a whole."""
    found: dict[str, Any] = json.loads((out / MARK / f"{name}.json").read_text(encoding="utf-8"))
    return found


def finish(out: Path, name: str, content: Mapping[str, Any]) -> None:
    """Mark an audit as finished."""
    path = out / MARK / f"{name}.json"
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, path)
