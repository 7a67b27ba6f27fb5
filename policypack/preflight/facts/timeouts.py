"""How long slow types take to create, and how long the provider waits by default.

Usual times from AWS's user guides and the resources' pages in the provider documentation ('Timeouts'), written 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Creation:
    """Minutes. `usual`: below this a create timeout runs out in ordinary runs. `default`: the provider's own create
    timeout, None where it is part of another wait.
    """

    usual: int
    default: int | None


CREATION: Mapping[str, Creation] = {
    "aws:acm/certificateValidation:CertificateValidation": Creation(usual=5, default=75),
    "aws:cloudfront/distribution:Distribution": Creation(usual=5, default=None),
    "aws:directoryservice/directory:Directory": Creation(usual=30, default=60),
    "aws:eks/cluster:Cluster": Creation(usual=12, default=30),
    "aws:eks/nodeGroup:NodeGroup": Creation(usual=5, default=60),
    "aws:elasticache/cluster:Cluster": Creation(usual=8, default=40),
    "aws:elasticache/replicationGroup:ReplicationGroup": Creation(usual=12, default=60),
    "aws:fsx/windowsFileSystem:WindowsFileSystem": Creation(usual=25, default=45),
    "aws:msk/cluster:Cluster": Creation(usual=25, default=120),
    "aws:opensearch/domain:Domain": Creation(usual=20, default=60),
    "aws:rds/cluster:Cluster": Creation(usual=5, default=120),
    "aws:rds/clusterInstance:ClusterInstance": Creation(usual=10, default=90),
    "aws:rds/instance:Instance": Creation(usual=10, default=40),
    "aws:redshift/cluster:Cluster": Creation(usual=8, default=75),
}

# Replication groups with more nodes than this have been seen to outlast the default.
REPLICATION_GROUP_NODES_WITHIN_DEFAULT = 6


def minutes(duration: str) -> float | None:
    """A Go duration as in custom timeouts ('1h30m', '45m', '600s') in minutes; None for a text that is none."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        return None
    return sum(float(number) * {"h": 60, "m": 1, "s": 1 / 60, "ms": 1 / 60000}[unit] for number, unit in parts)
