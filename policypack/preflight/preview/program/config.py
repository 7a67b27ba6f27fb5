"""Stack configuration: ``Pulumi.<stack>.yaml``, the defaults of ``Pulumi.yaml``, and ``--config`` on top.

The rules are those of the Pulumi CLI (``pkg/workspace/config.go``): keys without a namespace belong to the project,
values reach the program as text, objects as JSON. Encrypted values cannot be read without their passphrase or key:
they become unknown secrets (see :mod:`preflight.preview.state.values`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from preflight.preview.program.project import Project, stack_file
from preflight.preview.program.yaml_files import read_mapping
from preflight.preview.state.errors import UsageError
from preflight.preview.state.values import NUMBER_PLACEHOLDER, SECRET_PLACEHOLDER

_KEY: Final = re.compile(r"[^:\s]+:[^:\s]+")


@dataclass
class StackConfig:
    """The configuration of one stack: ``namespace:name`` to text, which keys are secret, and notes for the reader."""

    values: dict[str, str] = field(default_factory=dict)
    secret_keys: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def of_package(self, package: str) -> dict[str, str]:
        """Return the values of one namespace, keyed by their bare names."""
        prefix = f"{package}:"
        return {key[len(prefix) :]: value for key, value in self.values.items() if key.startswith(prefix)}


def load_config(project: Project, stack: str, overrides: Sequence[str]) -> StackConfig:
    """Read the stack's configuration, apply the project's defaults and the ``KEY=VALUE`` overrides, and check it.

    Raises:
        UsageError: for a malformed file or override, a missing value, or a value of the wrong type.
    """
    file = stack_file(project, stack)
    config = StackConfig()
    raw: dict[str, Any] = {}
    encrypted: list[str] = []
    if file.is_file():
        document = read_mapping(file)
        block = document.get("config") or {}
        if not isinstance(block, dict):
            raise UsageError(f"{file}: `config:` must be a mapping of keys, but is {type(block).__name__}")
        if document.get("environment"):
            config.notes.append(
                f"{file.name} imports Pulumi ESC environments, which are not read offline; set values with --config"
            )
        for key, value in block.items():
            raw[_qualified(project, str(key))] = value
    declared = {_qualified(project, key): value for key, value in project.config.items()}
    for key, value in raw.items():
        if value is None:
            continue
        if _holds_secure(value):
            encrypted.append(key)
            config.secret_keys.add(key)
            value = _stand_in(value, declared.get(key))
        config.values[key] = as_text(value)
    plain = _apply_overrides(project, config, overrides)
    hidden = [key for key in encrypted if key not in plain]
    _apply_defaults(project, stack, config, declared)
    _check_types(file.name, config, declared, plain, hidden)
    if hidden:
        config.notes.append(
            f"encrypted configuration is unknown here: {', '.join(sorted(hidden))} "
            "(override with --config KEY=VALUE to judge a value)"
        )
    return config


def as_text(value: Any) -> str:
    """Return a YAML value as the text that a program's ``Config`` gets."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return json.dumps(value, separators=(",", ":"), sort_keys=True, default=str)


def _qualified(project: Project, key: str) -> str:
    parts = key.split(":")
    if len(parts) == 1:
        return f"{project.name}:{key}"
    if len(parts) == 3 and parts[1] == "config":  # the former spelling, aws:config:region
        return f"{parts[0]}:{parts[2]}"
    return key


def _given(key: str, value: str) -> str:
    """The value itself, or the content of the file behind ``@``, which keeps a secret out of the process list."""
    if not value.startswith("@"):
        return value
    if value.startswith("@@"):
        return value[1:]
    if value == "@-":
        return sys.stdin.read().rstrip("\r\n")
    try:
        return Path(value[1:]).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(
            f"--config {key}={value}: can't be read: {why} (a value that begins with @ is `@@…`)"
        ) from error


def _apply_overrides(project: Project, config: StackConfig, overrides: Sequence[str]) -> set[str]:
    keys: set[str] = set()
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--config {override}: must be KEY=VALUE, for example --config aws:region=eu-west-1")
        qualified = _qualified(project, key.strip())
        if not _KEY.fullmatch(qualified):
            raise UsageError(f"--config {key}: is no configuration key; write NAME, or NAMESPACE:NAME as in aws:region")
        config.values[qualified] = _given(key, value)
        keys.add(qualified)
    return keys


def _apply_defaults(project: Project, stack: str, config: StackConfig, declared: Mapping[str, Any]) -> None:
    missing: list[str] = []
    for key, declaration in sorted(declared.items()):
        if key in config.values:
            continue
        value = declaration.get("default", declaration.get("value")) if isinstance(declaration, dict) else declaration
        if value is not None:
            config.values[key] = as_text(value)
        elif key.startswith(f"{project.name}:"):
            missing.append(key)
    if missing:
        file = stack_file(project, stack)
        noun = "value" if len(missing) == 1 else "values"
        names = (
            " and ".join((", ".join(f"'{key}'" for key in missing[:-1]), f"'{missing[-1]}'"))
            if len(missing) > 1
            else f"'{missing[0]}'"
        )
        raise UsageError(
            f"Stack '{stack}' is missing configuration {noun} {names}: {project.file.name} requires it. "
            f"Set it in {file}{'' if file.is_file() else ' (there is no such file yet)'}, "
            f"or with --config {missing[0]}=VALUE"
        )


_TYPE_NAMES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def _check_types(
    file: str, config: StackConfig, declared: Mapping[str, Any], plain: set[str], hidden: list[str]
) -> None:
    for key, declaration in declared.items():
        if not isinstance(declaration, dict):
            continue
        wanted = declaration.get("type")
        if declaration.get("secret") and key in plain:
            config.secret_keys.add(key)
        elif declaration.get("secret") and key not in config.secret_keys:
            raise UsageError(
                f"{file}: the configuration value '{key}' must be encrypted, as the project declares it secret; "
                f"run pulumi config set --secret {key}, or give it with --config for this preview"
            )
        if wanted is None or key in hidden or key not in config.values:
            continue
        if wanted not in _TYPE_NAMES:
            raise UsageError(
                f"the project declares '{key}' with the type '{wanted}'; types are {', '.join(sorted(_TYPE_NAMES))}"
            )
        if not _matches(wanted, config.values[key]):
            where = "--config" if key in plain else file
            shown = "[secret]" if key in config.secret_keys else repr(config.values[key])
            raise UsageError(f"{where}: the configuration value '{key}' is {shown}, but must be of type '{wanted}'")


def _matches(wanted: str, text: str) -> bool:
    if wanted == "string":
        return True
    if wanted == "boolean":
        return text in ("true", "false")
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return isinstance(value, _TYPE_NAMES[wanted]) and not isinstance(value, bool)


def _holds_secure(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(_holds_secure(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_secure(item) for item in value)
    return False


def _stand_in(value: Any, declaration: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            wanted = declaration.get("type") if isinstance(declaration, dict) else None
            return NUMBER_PLACEHOLDER if wanted in ("integer", "number") else SECRET_PLACEHOLDER
        return {key: _stand_in(item, None) for key, item in value.items()}
    if isinstance(value, list):
        return [_stand_in(item, None) for item in value]
    return value
