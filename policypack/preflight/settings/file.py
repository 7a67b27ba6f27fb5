"""Finding and reading ``preflight.yaml``, or ``[tool.preflight]`` of a pyproject.toml.

The file is checked against ``settings.schema.json``; an error names file, line and key, and the nearest right word.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from preflight.rule import Rule
from preflight.settings.errors import SettingsError
from preflight.settings.model import Exemption, Settings

FILE_NAME: Final = "preflight.yaml"
PYPROJECT: Final = "pyproject.toml"
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


def own(folder: Path) -> Path | None:
    """Return the settings file of a program's folder: preflight.yaml, or a pyproject.toml with settings in it."""
    if (folder / FILE_NAME).is_file():
        return folder / FILE_NAME
    project = folder / PYPROJECT
    if project.is_file():
        from preflight.settings.toml import has_table

        return project if has_table(project.read_text("utf-8", "replace")) else None
    return None


def baseline_of(path: Path) -> Path | None:
    """Return the baseline that a settings file names, None when it names none.

    The pack checks the file as a whole, and says what is wrong with it; here nothing is said.
    """
    try:
        content = _raw(path.read_text(encoding="utf-8"), path.name)
    except (OSError, ValueError, SettingsError):
        return None
    named = content.get("baseline") if isinstance(content, dict) else None
    return path.parent / named if isinstance(named, str) else None


def _raw(text: str, name: str) -> Any:
    if name == PYPROJECT:
        from preflight.settings.toml import read

        return read(text, name)[0]
    from preflight.settings.check import read as read_yaml

    return read_yaml(text)[0]


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
    from preflight.settings.check import checked, validated

    if path.name == PYPROJECT:
        from preflight.settings.toml import read

        content, lines = read(text, path.name)
        content = validated(content, lines, path.name, list(rules))
    else:
        content, lines = checked(text, path.name, list(rules))
    return Settings(
        levels=content.get("levels", {}),
        frameworks=tuple(content.get("frameworks", ())),
        parameters=content.get("parameters", {}),
        prerequisites=frozenset(content.get("prerequisites", ())),
        exemptions=tuple(
            Exemption(**entry, where=f"{path.name}:{lines.get(('exemptions', index), 1)}")
            for index, entry in enumerate(content.get("exemptions", ()))
        ),
        budget_seconds=content.get("budget"),
        stacks=content.get("stacks", {}),
    )
