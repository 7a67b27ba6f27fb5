"""EKS: Kubernetes versions with their support dates, and the policies that its roles need.

Written 2026-11 after the pages: 'Amazon EKS Kubernetes release calendar' (calendar as of 2026-04-24), 'Amazon EKS
cluster IAM role', 'Amazon EKS node IAM role', 'Amazon EKS Pod execution IAM role'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DATED = "2026-04-24"


@dataclass(frozen=True)
class KubernetesVersion:
    """One minor version; dates are YYYY-MM-DD. New clusters can be made until extended support ends."""

    version: str
    standard_support_ends: str
    extended_support_ends: str


VERSIONS: Mapping[str, KubernetesVersion] = {
    row[0]: KubernetesVersion(*row)
    for row in (
        ("1.23", "2023-10-11", "2024-10-11"),
        ("1.24", "2024-01-31", "2025-01-31"),
        ("1.25", "2024-05-01", "2025-05-01"),
        ("1.26", "2024-06-11", "2025-06-11"),
        ("1.27", "2024-07-24", "2025-07-24"),
        ("1.28", "2024-11-26", "2025-11-26"),
        ("1.29", "2025-03-23", "2026-03-23"),
        ("1.30", "2025-07-23", "2026-07-23"),
        ("1.31", "2025-11-26", "2026-11-26"),
        ("1.32", "2026-03-23", "2027-03-23"),
        ("1.33", "2026-07-29", "2027-07-29"),
        ("1.34", "2026-12-02", "2027-12-02"),
        ("1.35", "2027-03-27", "2028-03-27"),
    )
}


def creatable(version: str) -> bool | None:
    """Whether EKS offers a minor version ('1.33') for new clusters on the day of the table. None for one newer than
    it.
    """
    known = VERSIONS.get(version)
    if known:
        return known.extended_support_ends >= DATED
    try:
        number = tuple(int(part) for part in version.split("."))
    except ValueError:
        return None
    return None if number > max(tuple(int(p) for p in v.split(".")) for v in VERSIONS) else False


def offered() -> tuple[str, ...]:
    """The minor versions that EKS offers for new clusters, ascending."""
    return tuple(version for version in VERSIONS if creatable(version))


# Role property -> sets of AWS managed policies; one policy of each set must be attached. The second names are the
# policies that allow less and serve as well.
ROLE_POLICIES: Mapping[tuple[str, str], tuple[frozenset[str], ...]] = {
    ("aws:eks/cluster:Cluster", "roleArn"): (frozenset({"AmazonEKSClusterPolicy"}),),
    ("aws:eks/nodeGroup:NodeGroup", "nodeRoleArn"): (
        frozenset({"AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"}),
        frozenset(
            {
                "AmazonEC2ContainerRegistryReadOnly",
                "AmazonEC2ContainerRegistryPullOnly",
                "AmazonEC2ContainerRegistryPowerUser",
                "AmazonEC2ContainerRegistryFullAccess",
            }
        ),
    ),
    ("aws:eks/fargateProfile:FargateProfile", "podExecutionRoleArn"): (
        frozenset({"AmazonEKSFargatePodExecutionRolePolicy"}),
    ),
}
