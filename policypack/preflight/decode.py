"""Decoding wire values for judging, and keeping the secrets among them out of messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import wire


class Secrets:
    """The secret texts met so far; takes them out of messages."""

    def __init__(self) -> None:
        self._texts: set[str] = set()

    def add(self, value: Any) -> None:
        """Remember every text and number inside a secret value, those inside JSON text too."""
        if isinstance(value, str):
            if not value or wire.is_unknown(value):
                return
            self._texts.add(value)
            if value[:1] in "{[":
                import json

                try:
                    self.add(json.loads(value))
                except ValueError:
                    return
        elif isinstance(value, bool) or value is None:
            return
        elif isinstance(value, (int, float)):
            self._texts.add(str(value))
        elif isinstance(value, Mapping):
            for item in value.values():
                self.add(item)
        elif isinstance(value, Sequence):
            for item in value:
                self.add(item)

    def redact(self, text: str) -> str:
        """Return the text with every remembered secret replaced by ``[secret]``; short ones only as whole words."""
        for found in sorted((known for known in self._texts if known in text), key=len, reverse=True):
            if len(found) >= 4:
                text = text.replace(found, "[secret]")
            else:
                text = re.sub(rf"(?<!\w){re.escape(found)}(?!\w)", "[secret]", text)
        return text


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
