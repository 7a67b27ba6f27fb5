"""Transit gateways and their attachments."""

from __future__ import annotations

from typing import Final

from ..facts import ids
from ..rule import Findings, Kind, Resource, Severity, deferred, rule
from ..stack import Stack

ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
TRANSIT_GATEWAY: Final = "aws:ec2transitgateway/transitGateway:TransitGateway"
ROUTE: Final = "aws:ec2/route:Route"
SUBNET: Final = "aws:ec2/subnet:Subnet"
_OTHER_TARGETS: Final = (
    "gatewayId",
    "natGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
    "egressOnlyGatewayId",
    "localGatewayId",
    "carrierGatewayId",
    "coreNetworkArn",
    "odbNetworkArn",
)


@rule((ATTACHMENT, ROUTE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def attachment_valid(attachment: Resource, stack: Stack) -> Findings:
    """A transit gateway attachment or route names a transit gateway, and an attachment one subnet per zone.

    Why: An optional gateway that is not configured comes out as an empty text: "InvalidTransitGatewayID.Malformed:
    Invalid id: ''". Two subnets of one zone are refused: "DuplicateSubnetsInSameZone".
    Fix: Leave the attachment and its routes out when no gateway is configured; name one subnet per zone.
    Source: AWS Transit Gateway guide, "Amazon VPC attachments in AWS Transit Gateway"; Amazon EC2 API Reference,
    "CreateTransitGatewayVpcAttachment".
    """
    with deferred():
        if not stack.referred_by(attachment, "transitGatewayId", TRANSIT_GATEWAY).certain:
            gateway = attachment.text("transitGatewayId")
            elsewhere = attachment.is_a(ROUTE) and any(attachment.has(path) for path in _OTHER_TARGETS)
            if gateway == "" and not elsewhere:
                yield attachment.finding(
                    "the transit gateway's id is empty; create the resource only when a gateway is configured",
                    at="transitGatewayId",
                )
            elif gateway and not ids.well_formed("transitGatewayId", gateway):
                yield attachment.finding(
                    f"{gateway!r} is not the id of a transit gateway (tgw-…)", at="transitGatewayId"
                )
    if attachment.is_a(ROUTE):
        return
    by_zone: dict[str, str] = {}
    for subnet in stack.referred_by(attachment, "subnetIds", SUBNET).certain:
        zone = subnet.known("availabilityZone") or subnet.known("availabilityZoneId")
        if not zone:
            continue
        if zone in by_zone:
            yield attachment.finding(
                f"subnets {by_zone[zone]} and {subnet.name} are both in {zone}; name one subnet per zone",
                at="subnetIds",
            )
            return
        by_zone[zone] = subnet.name


@rule(
    TRANSIT_GATEWAY,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def attachments_approved(gateway: Resource) -> Findings:
    """A transit gateway does not accept shared attachments by itself.

    Why: Any account that the gateway is shared with joins the network without being looked at.
    Fix: Leave `autoAcceptSharedAttachments` out, or set it to "disable".
    Source: AWS Transit Gateway guide, "Transit gateways", "Auto accept shared attachments"; AWS Config rule
    EC2_TRANSIT_GATEWAY_AUTO_VPC_ATTACH_DISABLED.
    """
    if gateway.text("autoAcceptSharedAttachments") == "enable":
        yield gateway.finding(
            'shared attachments are accepted automatically; set `autoAcceptSharedAttachments="disable"`',
            at="autoAcceptSharedAttachments",
        )
