"""AppFlow."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import named

FLOW: Final = "aws:appflow/flow:Flow"
PROFILE: Final = "aws:appflow/connectorProfile:ConnectorProfile"


@rule((PROFILE, FLOW), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def customer_managed_key(resource: Resource) -> Findings:
    """A flow or connector profile names a KMS key of its own.

    Why: Only a key of one's own has a policy, a rotation and a log of its own; a profile's credentials are under it.
    Fix: Set `kmsArn` to the ARN of a key.
    Source: Amazon AppFlow User Guide, "Data protection in Amazon AppFlow".
    """
    yield from named(resource, "kmsArn", "names no KMS key; set `kmsArn`")
