"""Secrets in the values of a state: found, made unknown where encrypted, and remembered so that nothing shows them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Final

from preflight import wire
from preflight.redaction import Secrets

_SECRET_NAME: Final = re.compile(
    r"(?i)pass(word|wd|phrase|code)|secret(?!.*(arn|id|name|version|rotation|manager|s$))|token(?!.*(arn|url|ttl|validity|units))"
    r"|private_?key|api_?key(?!_?(id|source))|access_?key(?!_?id)|secret_?access|credential(?!s?_?(arn|id|type|provider))|auth_?(key|string)"
    r"|connection_?string|user_?data|^license|dsn$"
)
_PLAIN: Final = re.compile(r"^(?:arn:|true$|false$|\d{1,5}$|alias/|/|https?://[^@?]*$)")
_CREDENTIAL_IN_TEXT: Final = re.compile(
    r"""(?ix) (?: (?<=://)[^\s:/@"']*:(?P<url>[^\s/@"']{4,})@ )
    | (?: (?:pass(?:word|wd)?|secret|token|api[_-]?key|private[_-]?key|access[_-]?key)
        ["']?\s*[:=]\s*["']?(?P<value>[^\s"',;}&]{6,}) )
    | (?P<pem>-----BEGIN[^-]*PRIVATE\ KEY-----[\s\S]*?-----END[^-]*-----) """
)
_HINT: Final = re.compile(r"(?i)pass|secret|token|key|://[^/\s]*@")
_FILES: Final = (wire.ASSET, wire.ARCHIVE)
MIN_HIDDEN: Final = 6
"""A value that only its name makes secret is hidden from this length on: hiding "dev" would blacken whole messages."""


@lru_cache(maxsize=16384)
def is_secret_name(key: str) -> bool:
    """Tell whether a property, variable or output of this name is likely to hold a secret."""
    return _SECRET_NAME.search(key) is not None


def hide(value: Any, secrets: Secrets) -> None:
    """Replace the secrets inside a state's value in place, as the protocol carries them, and remember their texts.

    Beside what is marked as secret, what a telling name holds in plain text is remembered: the value is judged, and no
    output shows it.
    """
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, str):
            if isinstance(key, str) and is_secret_name(key):
                _remember(item, secrets)
            elif _HINT.search(item):
                _inside(item, secrets)
        elif isinstance(item, dict):
            if item.get(wire.SIGNATURE_KEY) == wire.SECRET:
                value[key] = _secret(item, secrets)
            elif item.get(wire.SIGNATURE_KEY) in _FILES:
                # The machine that judges a state is not the one that deployed it: its files are nobody's code.
                item.pop("path", None)
                hide(item, secrets)
            else:
                hide(item, secrets)
                if isinstance(key, str) and is_secret_name(key):
                    for inner in item.values():
                        _remember(inner, secrets)
        elif isinstance(item, list):
            hide(item, secrets)
            if isinstance(key, str) and is_secret_name(key):
                for inner in item:
                    _remember(inner, secrets)
        elif isinstance(item, float) and item.is_integer():
            value[key] = int(item)


def _remember(text: Any, secrets: Secrets) -> None:
    if isinstance(text, str) and len(text) >= MIN_HIDDEN and not _PLAIN.match(text):
        secrets.add(text)


def _inside(text: str, secrets: Secrets) -> None:
    """Credentials inside a longer text: a URL's password, an assignment in a document or script, a private key."""
    for found in _CREDENTIAL_IN_TEXT.finditer(text):
        _remember(found["url"] or found["value"] or found["pem"], secrets)


def _secret(item: dict[str, Any], secrets: Secrets) -> dict[str, Any]:
    plaintext = item.get("plaintext")
    if not isinstance(plaintext, str):
        return wire.secret(wire.UNKNOWN_STRING)
    try:
        value = json.loads(plaintext)
    except ValueError:
        value = plaintext
    if isinstance(value, (dict, list)):
        hide(value, secrets)
    elif isinstance(value, str) and _HINT.search(value):
        _inside(value, secrets)
    secrets.add(value)
    return wire.secret(value)
