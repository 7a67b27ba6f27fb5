"""Timestream for LiveAnalytics."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import named

DATABASE: Final = "aws:timestreamwrite/database:Database"


@rule(DATABASE, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(database: Resource) -> Findings:
    """A Timestream database names a KMS key of its own.

    Why: Timestream otherwise encrypts with the account's key of AWS's own, whose policy and log are not yours.
    Fix: Set `kmsKeyId` to the ARN of a key.
    Source: Amazon Timestream Developer Guide, "Encryption at rest".
    """
    yield from named(database, "kmsKeyId", "names no KMS key; set `kmsKeyId`")
