"""Classic load balancers."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
COMPONENT = R("app:web:Web", "web")
ACM = R("aws:acm/certificate:Certificate", "certificate")
UPLOADED = R("aws:iam/serverCertificate:ServerCertificate", "uploaded")


def entry(protocol: Any = "https", **more: Any) -> dict[str, Any]:
    return {"lbPort": 443, "lbProtocol": protocol, "instancePort": 80, "instanceProtocol": "http", **more}


def balancer(*listeners: dict[str, Any], kind: str = CLASSIC, **more: Any) -> R:
    return R(kind, "front", **{"listeners": list(listeners) or [entry()], **more})


test_tls = table(
    "elb-tls-listeners",
    fails("HTTP", balancer(entry("http")), at="listeners[0].lbProtocol", says="http"),
    passes("HTTPS and SSL", balancer(entry(), entry("SSL"))),
    fails(
        "TCP, under the older token",
        balancer(entry("tcp"), kind="aws:elasticloadbalancing/loadBalancer:LoadBalancer"),
        at="listeners[0].lbProtocol",
    ),
    fails(
        "beside an unknown", balancer(entry(UNKNOWN), entry("http")), at="listeners[1].lbProtocol", also_undecided=True
    ),
    undecided("unknown", balancer(entry(UNKNOWN)), at="listeners[0].lbProtocol"),
)

IAM_ARN = "arn:aws:iam::210987654321:server-certificate/old"
test_certificate = table(
    "elb-acm-certificate",
    fails("uploaded to IAM", balancer(entry(sslCertificateId=IAM_ARN)), at="listeners[0].sslCertificateId"),
    passes("ACM", balancer(entry(sslCertificateId=ACM.arn)), ACM),
    fails("none", balancer(entry("ssl")), at="listeners[0].sslCertificateId"),
    fails(
        "uploaded in the program",
        balancer(entry(sslCertificateId=UPLOADED.arn)),
        UPLOADED,
        at="listeners[0].sslCertificateId",
    ),
    passes("plain TCP", balancer(entry("tcp"))),
    undecided("unknown", balancer(entry(sslCertificateId=UNKNOWN)), at="listeners[0].sslCertificateId"),
)

A, A2, B = (
    R("aws:ec2/subnet:Subnet", name, availabilityZone=zone)
    for name, zone in (("a", "us-east-1a"), ("a2", "us-east-1a"), ("b", "us-east-1b"))
)
CHILD = R("aws:ec2/subnet:Subnet", "child", parent=COMPONENT, availabilityZone="us-east-1a")
test_multi_az = table(
    "elb-multi-az",
    fails("one zone", balancer(availabilityZones=["us-east-1a"]), at="availabilityZones"),
    passes("two zones", balancer(availabilityZones=["us-east-1a", "us-east-1b"])),
    fails("two subnets of a zone", balancer(subnets=[A.id, A2.id]), A, A2, at="subnets", says="us-east-1a"),
    fails(
        "two subnets of a zone, in a component", balancer(subnets=[A.id, CHILD.id]), A, COMPONENT, CHILD, at="subnets"
    ),
    passes("two subnets", balancer(subnets=[A.id, B.id]), A, B),
    passes("two from outside", balancer(subnets=["subnet-1", "subnet-2"])),
    fails("absent", balancer(), at="subnets"),
    undecided("unknown", balancer(subnets=UNKNOWN), at="subnets"),
)

TWO: dict[str, Any] = {"availabilityZones": ["us-east-1a", "us-east-1b"]}
test_cross_zone = table(
    "elb-cross-zone",
    fails("off", balancer(crossZoneLoadBalancing=False, **TWO), at="crossZoneLoadBalancing"),
    passes("absent", balancer(**TWO)),
    fails("one zone", balancer(availabilityZones=["us-east-1a"]), at="crossZoneLoadBalancing"),
    undecided("unknown", balancer(crossZoneLoadBalancing=UNKNOWN, **TWO), at="crossZoneLoadBalancing"),
)

test_health = table(
    "elb-health-check",
    fails("absent", balancer(), at="healthCheck"),
    passes("checked", balancer(healthCheck={"target": "HTTPS:443/health"})),
    passes("unknown", balancer(healthCheck=UNKNOWN)),
)

test_draining = table(
    "elb-connection-draining",
    fails("absent", balancer(), at="connectionDraining"),
    passes("on", balancer(connectionDraining=True)),
    undecided("unknown", balancer(connectionDraining=UNKNOWN), at="connectionDraining"),
)

test_http = table(
    "elb-http-on-application-load-balancer",
    fails("HTTPS", balancer(), at="listeners[0].lbProtocol"),
    passes("SSL", balancer(entry("ssl"))),
    undecided("unknown", balancer(entry(UNKNOWN)), at="listeners[0].lbProtocol"),
)

FRONT = balancer()
GOOD = [{"name": "Reference-Security-Policy", "value": "ELBSecurityPolicy-TLS-1-2-2017-01"}]
OLD = [{"name": "Reference-Security-Policy", "value": "ELBSecurityPolicy-2016-08"}]
NEGOTIATION = "aws:elb/sslNegotiationPolicy:SslNegotiationPolicy"
POLICY = R(
    "aws:elb/loadBalancerPolicy:LoadBalancerPolicy",
    "tls",
    loadBalancerName=FRONT.name,
    policyName="tls-1-2",
    policyAttributes=GOOD,
)
LISTENER_POLICY = "aws:elb/listenerPolicy:ListenerPolicy"
test_policy = table(
    "elb-predefined-tls-policy",
    fails("none", FRONT, at="listeners[0].lbPort", says="443"),
    passes("negotiated", FRONT, R(NEGOTIATION, "n", loadBalancer=FRONT.id, lbPort=443, attributes=GOOD)),
    passes(
        "negotiated in a component",
        FRONT,
        COMPONENT,
        R(NEGOTIATION, "n", parent=COMPONENT, loadBalancer=FRONT.id, lbPort=443, attributes=GOOD),
    ),
    fails(
        "an older one",
        FRONT,
        R(NEGOTIATION, "n", loadBalancer=FRONT.id, lbPort=443, attributes=OLD),
        at="listeners[0].lbPort",
    ),
    fails(
        "another port's",
        FRONT,
        R(NEGOTIATION, "n", loadBalancer=FRONT.id, lbPort=8443, attributes=GOOD),
        at="listeners[0].lbPort",
    ),
    passes(
        "attached",
        FRONT,
        POLICY,
        R(LISTENER_POLICY, "l", loadBalancerName=FRONT.name, loadBalancerPort=443, policyNames=[POLICY.policyName]),
    ),
    fails("not attached", FRONT, POLICY, at="listeners[0].lbPort"),
    passes(
        "an approved older one",
        FRONT,
        R(NEGOTIATION, "n", loadBalancer=FRONT.id, lbPort=443, attributes=OLD),
        parameters={"policies": ["ELBSecurityPolicy-2016-08"]},
    ),
    passes("plain TCP", balancer(entry("tcp"))),
    undecided(
        "an unknown balancer's",
        FRONT,
        R(NEGOTIATION, "n", loadBalancer=UNKNOWN, lbPort=443, attributes=GOOD),
        at="listeners",
    ),
)
