"""Decoding wire values for judging: secrets, outputs and references unwrapped, and the secrets remembered."""

from __future__ import annotations

from typing import Any

from . import wire
from .redaction import Secrets


def clean(value: Any, secrets: Secrets, in_secret: bool = False) -> Any:
    """Decode one wire value for judging: secrets, outputs and references unwrapped, internal keys dropped."""
    if isinstance(value, dict):
        signature = value.get(wire.SIGNATURE_KEY)
        if signature is None:
            return {key: clean(item, secrets) for key, item in value.items() if item is not None and key[:2] != "__"}
        if signature == wire.SECRET:
            inner = clean(value.get("value"), secrets)
            secrets.add(inner)
            return inner
        if signature == wire.OUTPUT_VALUE:
            inner = clean(value["value"], secrets) if "value" in value else wire.UNKNOWN_STRING
            if value.get("secret"):
                secrets.add(inner)
            return inner
        if signature == wire.RESOURCE_REFERENCE:
            identifier = value.get("id")
            return identifier if identifier else wire.UNKNOWN_STRING
        return value
    if isinstance(value, list):
        return [clean(item, secrets) for item in value]
    return value
