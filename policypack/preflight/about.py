"""The version, in the one place where it is written; pyproject.toml reads it from here."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
