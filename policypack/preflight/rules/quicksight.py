"""QuickSight."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import asked

SOURCE: Final = "aws:quicksight/dataSource:DataSource"


@rule(SOURCE, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def ssl(source: Resource) -> Findings:
    """A data source connects with SSL.

    Why: Credentials and rows cross the network in the clear without it.
    Fix: Remove `disableSsl`, or set it to `false`.
    Source: Amazon QuickSight API Reference, "SslProperties".
    """
    path = "sslProperties.disableSsl"
    yield from asked(source, path, "connects without SSL; set `disableSsl=false`", wanted=False)
