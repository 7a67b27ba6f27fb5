"""The verdict of the many rules that ask for one property: a flag that is on or off, a value that is there."""

from __future__ import annotations

from ..finding import Findings
from ..resource import Resource


def asked(resource: Resource, path: str, message: str, *, wanted: bool = True, absent: bool = False) -> Findings:
    """Yield a finding where a flag is not what is wanted; ``absent`` is what AWS makes of it when it is left out."""
    flag = resource.flag(path)
    if (absent if flag is None else flag) is not wanted:
        yield resource.finding(message, at=path)


def named(resource: Resource, path: str, message: str) -> Findings:
    """Yield a finding where a value is not there; one that is not known yet is there."""
    if not resource.has(path):
        yield resource.finding(message, at=path)
