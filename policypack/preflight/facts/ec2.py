"""EC2: instance types per region and zone, volumes, and the text of security groups.

Written 2026-11 after the pages: API CreateSecurityGroup, 'Amazon EBS volume types'. Instance types come from dated
tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from preflight.facts.offerings import Offer, Offerings, offerings
from preflight.facts.table import load

__all__ = ["Offer", "Offerings"]

# API CreateSecurityGroup: names and descriptions, of rules as well.
SECURITY_GROUP_TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*")
SECURITY_GROUP_TEXT_MAX_LENGTH = 255
SECURITY_GROUP_REFUSED_PREFIX = "sg-"

# 'Elastic IP address quota' and 'Amazon VPC quotas': defaults, per region.
DEFAULT_ELASTIC_IPS = 5


def instance_types() -> Offerings:
    """The instance types by region."""
    return offerings("ec2")


def zone_lacks(instance_type: str, zone: str) -> bool:
    """Whether the region of `zone` ('us-east-1e') offers the type, but this zone does not. False when unknown.

    Zone names are shuffled per account, so this is advisory at most.
    """
    table = load("zone_offerings").data
    lacking = {table["types"][index] for index in table["zones"].get(zone, ())}
    return instance_type in lacking


@dataclass(frozen=True)
class VolumeType:
    """Limits of an EBS volume type that AWS has not been raising: least values and ratios. None: the setting is
    refused, or has no such limit.
    """

    takes_iops: bool
    needs_iops: bool = False
    min_iops: int | None = None
    iops_per_gib: int | None = None
    takes_throughput: bool = False
    min_throughput: int | None = None  # MiB/s
    throughput_per_iops: float | None = None  # MiB/s
    min_size_gib: int = 1


# 'Amazon EBS volume types'. io1 and io2 allow 50 and 1,000 IOPS a GiB, gp3 500, with at most 0.25 MiB/s for each.
VOLUME_TYPES = {
    "gp2": VolumeType(takes_iops=False),
    "gp3": VolumeType(
        takes_iops=True,
        min_iops=3000,
        iops_per_gib=500,
        takes_throughput=True,
        min_throughput=125,
        throughput_per_iops=0.25,
    ),
    "io1": VolumeType(takes_iops=True, needs_iops=True, min_iops=100, iops_per_gib=50, min_size_gib=4),
    "io2": VolumeType(takes_iops=True, needs_iops=True, min_iops=100, iops_per_gib=1000, min_size_gib=4),
    "st1": VolumeType(takes_iops=False, min_size_gib=125),
    "sc1": VolumeType(takes_iops=False, min_size_gib=125),
    "standard": VolumeType(takes_iops=False),
}
