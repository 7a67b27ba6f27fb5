"""Tokens and questions that rules over load balancers share."""

from __future__ import annotations

import re
from typing import Final

from ...rule import Resource, Undecided
from ...stack import Stack

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


def listener_protocol(listener: Resource, stack: Stack) -> str | None:
    """Return a listener's protocol in capitals; HTTP where it names none and its load balancer is an application one.

    The provider sends HTTP then ("aws.lb.Listener", protocol). None for listeners of gateway load balancers.

    Raises:
        Undecided: the protocol is unknown, or absent while nothing tells the type of the load balancer.
    """
    protocol = protocol_of(listener)
    if protocol:
        return protocol
    balancers = stack.referred_by(listener, "loadBalancerArn", LOAD_BALANCER).certain
    if balancers:
        kind = type_of(balancers[0])
    else:
        found = re.search(r":loadbalancer/(app|net|gwy)/", listener.text("loadBalancerArn") or "")
        if found is None:
            raise Undecided("protocol", listener.urn, "depends on the type of the load balancer")
        kind = "application" if found.group(1) == "app" else found.group(1)
    return "HTTP" if kind == "application" else None
