"""The environment of policy packs: what a Python process needs, and no credentials or tokens of anybody."""

from __future__ import annotations

from typing import Final

_FOR_PACKS: Final = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "COLUMNS"),
    *(
        "TERM",
        "NO_COLOR",
        "FORCE_COLOR",
        "VIRTUAL_ENV",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "NO_PROXY",
        "NO_GRPC_PROXY",
    ),
    *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "LD_LIBRARY_PATH"),
    *("PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_ORGANIZATION"),
)
_FAMILIES_FOR_PACKS: Final = ("LC_", "PYTHON", "PREFLIGHT_", "GRPC_", "COVERAGE_", "XDG_")


def is_for_packs(variable: str) -> bool:
    """Tell whether packs get a variable of the environment."""
    return variable.upper() in _FOR_PACKS or variable.upper().startswith(_FAMILIES_FOR_PACKS)
