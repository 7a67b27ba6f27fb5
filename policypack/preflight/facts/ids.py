"""Ids of EC2 resources: the prefix by the name of the input that holds one ('Resource IDs', written 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Input name -> prefix. The list form of a name ('subnetIds') holds the same ids.
PREFIXES: Mapping[str, str] = {
    "allocationId": "eipalloc",
    "carrierGatewayId": "cagw",
    "customerGatewayId": "cgw",
    "dhcpOptionsId": "dopt",
    "eniId": "eni",
    "internetGatewayId": "igw",
    "natGatewayId": "nat",
    "networkAclId": "acl",
    "networkInterfaceId": "eni",
    "prefixListId": "pl",
    "routeTableId": "rtb",
    "securityGroupId": "sg",
    "snapshotId": "snap",
    "sourceSecurityGroupId": "sg",
    "subnetId": "subnet",
    "transitGatewayAttachmentId": "tgw-attach",
    "transitGatewayId": "tgw",
    "transitGatewayRouteTableId": "tgw-rtb",
    "volumeId": "vol",
    "vpcEndpointId": "vpce",
    "vpcId": "vpc",
    "vpcPeeringConnectionId": "pcx",
    "vpcSecurityGroupId": "sg",
    "vpnGatewayId": "vgw",
}


def prefix(input_name: str) -> str | None:
    """The prefix that ids in an input begin with ('vpcId' and 'vpcIds' -> 'vpc'); None for an input without one."""
    return PREFIXES.get(input_name) or PREFIXES.get(input_name.removesuffix("s"))


def well_formed(input_name: str, value: str) -> bool:
    """Whether a value has the form of an id of that input: prefix, then 8 or 17 hex digits. True for other inputs.

    A security group of another account may stand as 'ACCOUNT/sg-...', which counts.
    """
    wanted = prefix(input_name)
    if wanted is None:
        return True
    return bool(re.fullmatch(rf"(\d{{12}}/)?{wanted}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", value))
