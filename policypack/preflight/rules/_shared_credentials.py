"""Credentials that stand in plain text in the variables of a program's containers, functions and builds."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

# IAM User Guide, "IAM identifiers" (unique ID prefixes): AKIA an access key, ASIA a temporary one.
_ACCESS_KEY_ID: Final = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}")
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS: Final = frozenset({"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL"})
_SECRET_PAIRS: Final = (("API", "KEY"), ("PRIVATE", "KEY"), ("ACCESS", "KEY"), ("SECRET", "KEY"), ("AUTH", "KEY"))
_POINTERS: Final = frozenset(
    {
        *("ARN", "NAME", "ID", "URL", "URI", "PATH", "FILE", "DIR", "ENDPOINT", "HOST", "PORT", "REGION", "PREFIX"),
        *("TTL", "EXPIRY", "EXPIRATION", "EXPIRES", "LENGTH", "SIZE", "ISSUER", "AUDIENCE", "TYPE", "VERSION"),
        *(
            "ENABLED",
            "TIMEOUT",
            "SECONDS",
            "MINUTES",
            "HOURS",
            "DAYS",
            "LIMIT",
            "KEYS",
            "MANAGER",
            "STORE",
            "TABLE",
            "HEADER",
        ),
    }
)
"""Last words of a name that say where or how, not what: DB_SECRET_ARN, TOKEN_TTL."""
_PLAIN: Final = re.compile(
    r"(?:arn:.*|https?://[^@]*|true|false|yes|no|on|off|none|null|\d{1,7}|[/~.].*|\$\{.*\})", re.IGNORECASE
)
"""Values that are no credential: ARNs, addresses without a user, switches, small numbers, paths, references."""


def credential_in(name: str, value: str) -> str | None:
    """Return what kind of credential a variable holds, as a part of a sentence, or None; never the value itself."""
    if _ACCESS_KEY_ID.fullmatch(value.strip()):
        return "an AWS access key"
    if not value.strip() or _PLAIN.fullmatch(value.strip()) or not is_secret_name(name):
        return None
    return "a credential in plain text"


def is_secret_name(name: str) -> bool:
    """Tell whether a variable of this name is meant to hold a credential: PASSWORD, DB_PASSWORD, apiKey."""
    words = [word.upper() for word in _WORDS.findall(name)]
    if not words or words[-1] in _POINTERS:
        return False
    return bool(_SECRET_WORDS & set(words)) or any(pair in pairwise(words) for pair in _SECRET_PAIRS)
