"""What happens to values between program, provider and pack.

Values are wire dictionaries, as :mod:`preflight.wire` gives them. *Placeholder* is this engine's own notion: text that
stands for an unknown where the protocol has room for known values only (an encrypted configuration value, the answer
of a lookup that the program wants at once). It turns into the unknown sentinel as soon as it comes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from preflight.wire import (
    ARCHIVE,
    ASSET,
    OUTPUT_VALUE,
    RESOURCE_REFERENCE,
    SECRET,
    SIGNATURE_KEY,
    UNKNOWN_OBJECT,
    UNKNOWN_STRING,
    is_unknown,
    secret,
)

PLACEHOLDER: Final = "preflight-unknown"
SECRET_PLACEHOLDER: Final = "preflight-unknown-secret"
NUMBER_PLACEHOLDER: Final = 730261948
"""The whole number that stands for an encrypted value which the project declares an integer."""


class AssetError(Exception):
    """An asset or archive whose file or folder does not exist; ``str()`` is the message."""


def absorb(value: Any, folder: Path) -> Any:
    """Return an incoming value with placeholders turned into unknowns, and assets checked and hashed.

    ``folder`` is the program's working folder, against which asset paths are resolved.

    Raises:
        AssetError: for an asset or archive that is not there.
    """
    if isinstance(value, str):
        if PLACEHOLDER in value:
            return secret(UNKNOWN_STRING) if SECRET_PLACEHOLDER in value else UNKNOWN_STRING
        return value
    if isinstance(value, list):
        return [absorb(item, folder) for item in value]
    if isinstance(value, dict):
        kind = value.get(SIGNATURE_KEY)
        if kind == ASSET:
            return _asset(value, folder)
        if kind == ARCHIVE:
            return _archive(value, folder)
        if any(PLACEHOLDER in key for key in value):
            return UNKNOWN_OBJECT
        return {key: absorb(item, folder) for key, item in value.items()}
    if value == NUMBER_PLACEHOLDER and not isinstance(value, bool):
        return secret(UNKNOWN_STRING)
    return value


def _asset(value: dict[str, Any], folder: Path) -> Any:
    if isinstance(value.get("text"), str):
        if PLACEHOLDER in value["text"]:
            return UNKNOWN_STRING
        content = value["text"].encode()
    elif isinstance(value.get("path"), str):
        path = folder / value["path"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise AssetError(f"the file asset {value['path']!r} cannot be read: {error.strerror}") from error
    else:
        return value
    return {**value, "hash": hashlib.sha256(content).hexdigest()}


def _archive(value: dict[str, Any], folder: Path) -> Any:
    if isinstance(value.get("path"), str) and not (folder / value["path"]).exists():
        raise AssetError(
            f"the archive path {value['path']!r} does not exist in {folder}; build it first, or fix the path"
        )
    if isinstance(value.get("assets"), dict):
        return {**value, "assets": {name: absorb(item, folder) for name, item in value["assets"].items()}}
    return value


def contains_unknown(value: Any) -> bool:
    """Tell whether a value is unknown or holds an unknown anywhere inside."""
    if isinstance(value, str):
        return is_unknown(value)
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == OUTPUT_VALUE and "value" not in value:
            return True
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return False


def is_secret(value: Any) -> bool:
    """Tell whether the value itself is a secret."""
    return isinstance(value, dict) and value.get(SIGNATURE_KEY) == SECRET


def contains_secret(value: Any) -> bool:
    """Tell whether a value is secret or holds a secret anywhere inside."""
    if isinstance(value, dict):
        return value.get(SIGNATURE_KEY) == SECRET or any(contains_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_secret(item) for item in value)
    return False


def reveal(value: Any) -> Any:
    """Return a value without its secret wrappers."""
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == SECRET:
            return reveal(value.get("value"))
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def downgrade(value: Any) -> Any:
    """Return a value with output values replaced by what they hold: unknown, secret, or plain."""
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == OUTPUT_VALUE:
            inner = downgrade(value["value"]) if "value" in value else UNKNOWN_STRING
            return secret(inner) if value.get("secret") else inner
        return {key: downgrade(item) for key, item in value.items()}
    if isinstance(value, list):
        return [downgrade(item) for item in value]
    return value


def output_dependencies(value: Any) -> set[str]:
    """Return the URNs that the output values inside a value name as their dependencies."""
    found: set[str] = set()
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == OUTPUT_VALUE:
            found.update(value.get("dependencies") or ())
            if "value" in value:
                found |= output_dependencies(value["value"])
            return found
        for item in value.values():
            found |= output_dependencies(item)
    elif isinstance(value, list):
        for item in value:
            found |= output_dependencies(item)
    return found


def upgrade(value: Any) -> Any:
    """Return a value with unknowns and secrets as output values, the form that transforms receive."""
    if is_unknown(value):
        return {SIGNATURE_KEY: OUTPUT_VALUE}
    if isinstance(value, dict):
        kind = value.get(SIGNATURE_KEY)
        if kind == SECRET:
            inner = upgrade(value.get("value"))
            if isinstance(inner, dict) and inner.get(SIGNATURE_KEY) == OUTPUT_VALUE:
                return {**inner, "secret": True}
            return {SIGNATURE_KEY: OUTPUT_VALUE, "value": inner, "secret": True}
        if kind == OUTPUT_VALUE:
            return value
        return {key: upgrade(item) for key, item in value.items()}
    if isinstance(value, list):
        return [upgrade(item) for item in value]
    return value


def with_dependencies(properties: Mapping[str, Any], dependencies: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Return properties whose values carry the dependencies that the request lists beside them."""
    result: dict[str, Any] = {}
    for key, value in properties.items():
        wanted = set(dependencies.get(key, ()))
        if wanted <= output_dependencies(value):
            result[key] = value
        elif isinstance(value, dict) and value.get(SIGNATURE_KEY) == OUTPUT_VALUE:
            result[key] = {**value, "dependencies": sorted(wanted | set(value.get("dependencies") or ()))}
        else:
            result[key] = {SIGNATURE_KEY: OUTPUT_VALUE, "value": value, "dependencies": sorted(wanted)}
    return result


def for_analyzer(value: Any) -> Any:
    """Return a value as a policy sees it: a resource reference becomes the resource's id (or URN), or an unknown."""
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == RESOURCE_REFERENCE:
            identity = value.get("id", value.get("urn"))
            return identity if isinstance(identity, str) and identity else UNKNOWN_STRING
        return {key: for_analyzer(item) for key, item in value.items()}
    if isinstance(value, list):
        return [for_analyzer(item) for item in value]
    return value


def without_internal(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties without the keys that Pulumi keeps to itself (``__defaults``, ``__internal``)."""
    return {key: value for key, value in properties.items() if not key.startswith("__")}


def keep_secrets(outputs: dict[str, Any], inputs: Mapping[str, Any], additional: Iterable[str]) -> dict[str, Any]:
    """Mark outputs secret: those named in ``additional``, and those whose input of the same name is secret."""
    for name in additional:
        if name in outputs and name != "id" and not is_secret(outputs[name]):
            outputs[name] = secret(outputs[name])
    for name, value in outputs.items():
        if is_secret(inputs.get(name)) and not is_secret(value):
            outputs[name] = secret(value)
    return outputs
