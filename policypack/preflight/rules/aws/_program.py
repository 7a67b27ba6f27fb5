"""What a URN tells about the program: its stack and project; and the words that stacks are named by."""

from __future__ import annotations

import re
from typing import Final

from ...resource import Resource

_WORDS: Final = {
    "dev": "dev",
    "develop": "dev",
    "development": "dev",
    "test": "test",
    "testing": "test",
    "qa": "qa",
    "uat": "uat",
    "stage": "stage",
    "staging": "stage",
    "stg": "stage",
    "preprod": "preprod",
    "prod": "prod",
    "production": "prod",
    "prd": "prod",
    "sandbox": "sandbox",
    "sbx": "sandbox",
    "demo": "demo",
}


def stack_of(resource: Resource) -> str:
    """Return the name of the resource's Pulumi stack, from its URN."""
    return _part(resource.urn, 2)


def project_of(resource: Resource) -> str:
    """Return the name of the resource's Pulumi project, from its URN."""
    return _part(resource.urn, 3)


def _part(urn: str, index: int) -> str:
    # urn:pulumi:STACK::PROJECT::TYPES::NAME
    parts = urn.replace("::", "\0").split("\0")
    if index == 2:
        return parts[0].removeprefix("urn:pulumi:")
    return parts[1] if len(parts) > 1 else ""


def words(text: str) -> list[str]:
    """Split a name at everything that is no letter or digit, and between lower case and capitals; in lower case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word]


def environments(text: str) -> set[str]:
    """Return the environments that a name's words stand for: ``{"prod"}`` for ``payments-production``."""
    return {_WORDS[word] for word in words(text) if word in _WORDS}
