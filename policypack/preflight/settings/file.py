"""Finding and reading ``preflight.yaml``.

The file is checked against ``settings.schema.json``; an error names file, line and key, and the nearest right word.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from preflight.rule import Rule
from preflight.settings.errors import SettingsError
from preflight.settings.model import Exemption, Settings

FILE_NAME: Final = "preflight.yaml"
VARIABLE: Final = "PREFLIGHT_SETTINGS"


def locate(pack_folder: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the settings file to use: ``PREFLIGHT_SETTINGS``, else the one beside the pack, else None.

    Raises:
        SettingsError: ``PREFLIGHT_SETTINGS`` names a file that is not there.
    """
    named = environment.get(VARIABLE)
    if named:
        path = Path(named)
        if not path.is_file():
            raise SettingsError(f"{VARIABLE} names {named}, and there is no such file; correct the path or unset it")
        return path
    path = pack_folder / FILE_NAME
    return path if path.is_file() else None


def load(path: Path | None, rules: Iterable[Rule]) -> Settings:
    """Read a settings file; None gives the defaults.

    Raises:
        SettingsError: it can't be read, or says something that Preflight does not know.
    """
    if path is None:
        return Settings()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: can't be read: {error}") from error
    from preflight.settings.check import checked

    return _settings(checked(text, path.name, list(rules)), path.name)


def _settings(content: Mapping[str, Any], name: str) -> Settings:
    return Settings(
        levels=content.get("levels", {}),
        frameworks=tuple(content.get("frameworks", ())),
        parameters=content.get("parameters", {}),
        prerequisites=frozenset(content.get("prerequisites", ())),
        exemptions=exemptions(content.get("exemptions", ()), name),
        budget_seconds=content.get("budget"),
        stacks=content.get("stacks", {}),
    )


def exemptions(entries: Sequence[Mapping[str, str]], file: str) -> tuple[Exemption, ...]:
    """Make exemptions of the file's entries; ``where`` names file and entry."""
    return tuple(Exemption(**entry, where=f"{file}: exemptions[{index}]") for index, entry in enumerate(entries))
