"""Tokens and questions that rules over load balancers share."""

from __future__ import annotations

from typing import Final

from ...rule import Resource

LOAD_BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"
CLASSIC: Final = "aws:elb/loadBalancer:LoadBalancer"
LISTENER: Final = "aws:lb/listener:Listener"
LISTENER_CERTIFICATE: Final = "aws:lb/listenerCertificate:ListenerCertificate"
TARGET_GROUP: Final = "aws:lb/targetGroup:TargetGroup"
BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
SUBNET: Final = "aws:ec2/subnet:Subnet"

SECURE: Final = ("HTTPS", "TLS")


def type_of(balancer: Resource) -> str:
    """Return the type of a load balancer: application unless it says otherwise.

    Raises:
        Undecided: the type is unknown.
    """
    return balancer.text("loadBalancerType") or "application"


def protocol_of(listener: Resource) -> str | None:
    """Return a listener's or target group's protocol in capitals, None when it has none.

    Raises:
        Undecided: the protocol is unknown.
    """
    protocol = listener.text("protocol")
    return protocol.upper() if protocol else None
