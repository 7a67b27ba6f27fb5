"""Reading Pulumi's YAML files: scalars as Go's YAML library reads them, and errors with file and line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from preflight.documents import yaml_text
from preflight.preview.state.errors import UsageError


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core scalars: ``yes`` and dates stay text, as in the files that the Pulumi CLI reads and writes."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^(?:<<)$"), ["<"])


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML (or JSON) file whose document is a mapping; an empty file is an empty mapping.

    Raises:
        UsageError: when the file cannot be read or is no mapping; the message names file, line and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    try:
        document, _ = yaml_text.load(text, _Loader)
    except yaml_text.YamlError as error:
        raise UsageError(_syntax_message(path, text, error)) from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UsageError(f"{path}:1: must hold a mapping (`name: …`, `runtime: …`), but holds {_kind(document)}")
    return {str(key): value for key, value in document.items()}


def _syntax_message(path: Path, text: str, error: yaml_text.YamlError) -> str:
    if not error.line:
        return f"{path}: is not valid YAML: {error}"
    lines = text.splitlines()
    line = lines[error.line - 1] if error.line <= len(lines) else ""
    hint = ""
    if "\t" in line[: error.column]:
        hint = "; indent with spaces, YAML allows no tabs"
    elif "mapping values are not allowed" in error.problem:
        hint = "; put quotes around a value that holds a colon"
    shown = f"\n    {line.rstrip()}\n    {' ' * (error.column - 1)}^" if line.strip() else ""
    return f"{path}:{error.line}:{error.column}: is not valid YAML: {error}{hint}{shown}"


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    return f"only the {type(value).__name__} {value!r}"
