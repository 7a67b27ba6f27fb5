"""DynamoDB Accelerator (DAX)."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule
from ._shared_flags import asked

CLUSTER: Final = "aws:dax/cluster:Cluster"


@rule(CLUSTER, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def encrypted(cluster: Resource) -> Findings:
    """A DAX cluster encrypts its data at rest.

    Why: The cache holds items of the table; without encryption they lie on the nodes' disks in the clear. It can be
    chosen at creation only.
    Fix: Set `serverSideEncryption` with `enabled=true`; the cluster is replaced.
    Source: Amazon DynamoDB Developer Guide, "DAX encryption at rest"; AWS Config rule dax-encryption-enabled.
    """
    path = "serverSideEncryption.enabled"
    yield from asked(cluster, path, "does not encrypt its data; set `enabled=true` in `serverSideEncryption`")
