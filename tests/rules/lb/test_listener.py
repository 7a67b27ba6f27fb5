"""Listeners and target groups."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

LISTENER = "aws:lb/listener:Listener"
COMPONENT = R("app:web:Web", "web")
FRONT = R("aws:lb/loadBalancer:LoadBalancer", "front")
OLD_TOKEN = R("aws:alb/loadBalancer:LoadBalancer", "front")
NETWORK = R("aws:lb/loadBalancer:LoadBalancer", "network", loadBalancerType="network")
GATEWAY = R("aws:lb/loadBalancer:LoadBalancer", "gateway", loadBalancerType="gateway")
ARN = "arn:aws:elasticloadbalancing:us-east-1:210987654321:loadbalancer/"
CERTIFICATE = R("aws:acm/certificate:Certificate", "certificate")
UPLOADED = R("aws:iam/serverCertificate:ServerCertificate", "uploaded")
TO_HTTPS = [{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}]


def listener(
    protocol: Any = "HTTPS",
    port: Any = 443,
    *,
    on: R = FRONT,
    name: str = "listener",
    kind: str = LISTENER,
    **more: Any,
) -> R:
    given = {} if protocol is None else {"protocol": protocol}
    return R(kind, name, **{"loadBalancerArn": on.arn, "port": port, **given, **more})


def group(protocol: Any = "HTTP", name: str = "targets", **more: Any) -> R:
    given = {} if protocol is None else {"protocol": protocol}
    return R("aws:lb/targetGroup:TargetGroup", name, **given, **more)


test_certificate = table(
    "lb-listener-certificate-set",
    fails("HTTPS without", listener(), FRONT, at="certificateArn"),
    passes("HTTPS with", listener(certificateArn=CERTIFICATE.arn), FRONT, CERTIFICATE),
    fails("HTTP with", listener("HTTP", 80, certificateArn=CERTIFICATE.arn), FRONT, CERTIFICATE, at="certificateArn"),
    fails(
        "TCP with a policy",
        listener("TCP", on=NETWORK, sslPolicy="p", kind="aws:alb/listener:Listener"),
        NETWORK,
        at="sslPolicy",
    ),
    passes("HTTP without", listener("HTTP", 80), FRONT),
    passes("no protocol", listener(None), FRONT),
    undecided("unknown", listener(UNKNOWN), FRONT, at="protocol"),
)

WEB, PLAIN, FUNCTION = group(), group("TCP", "plain"), group(None, "function", targetType="lambda")
CHILD = R("aws:lb/loadBalancer:LoadBalancer", "child", parent=COMPONENT, loadBalancerType="network")
test_fits = table(
    "lb-listener-protocol-fits",
    fails("TCP on an application", listener("TCP"), FRONT, at="protocol", says=["application", "HTTP, HTTPS"]),
    passes("HTTPS on an application", listener(), FRONT),
    fails("HTTP on a network", listener("HTTP", on=NETWORK), NETWORK, at="protocol"),
    fails("under the older token", listener("TLS", on=OLD_TOKEN), OLD_TOKEN, at="protocol"),
    fails("in a component", listener("HTTP", on=CHILD), COMPONENT, CHILD, at="protocol"),
    fails(
        "forwards to TCP",
        listener(defaultActions=[{"type": "forward", "targetGroupArn": PLAIN.arn}]),
        FRONT,
        PLAIN,
        at="defaultActions",
        says=["plain", "TCP"],
    ),
    fails(
        "forwards to TCP, among others",
        listener(
            defaultActions=[{"type": "forward", "forward": {"targetGroups": [{"arn": WEB.arn}, {"arn": PLAIN.arn}]}}]
        ),
        FRONT,
        WEB,
        PLAIN,
        at="defaultActions",
    ),
    passes("forwards to HTTP", listener(defaultActions=[{"type": "forward", "targetGroupArn": WEB.arn}]), FRONT, WEB),
    passes(
        "TLS to TCP",
        listener("TLS", on=NETWORK, defaultActions=[{"type": "forward", "targetGroupArn": PLAIN.arn}]),
        NETWORK,
        PLAIN,
    ),
    passes(
        "a function", listener(defaultActions=[{"type": "forward", "targetGroupArn": FUNCTION.arn}]), FRONT, FUNCTION
    ),
    passes("from outside", R(LISTENER, "l", loadBalancerArn="arn", protocol="TCP")),
    undecided(
        "an unknown type",
        listener("TCP", on=(dark := R("aws:lb/loadBalancer:LoadBalancer", "dark", loadBalancerType=UNKNOWN))),
        dark,
        at="loadBalancerType",
    ),
    undecided("unknown", listener(UNKNOWN), FRONT, at="protocol"),
)

test_port = table(
    "lb-listener-port-unique",
    fails(
        "one port twice",
        FRONT,
        listener(name="first"),
        listener("HTTP", name="repeat"),
        on="repeat",
        at="port",
        says="first",
    ),
    passes("two ports", FRONT, listener(name="first"), listener("HTTP", 80, name="second")),
    passes(
        "TCP and UDP",
        NETWORK,
        listener("TCP", 53, on=NETWORK, name="first"),
        listener("UDP", 53, on=NETWORK, name="second"),
    ),
    fails(
        "TCP_UDP and UDP",
        NETWORK,
        listener("TCP_UDP", 53, on=NETWORK, name="first"),
        listener("UDP", 53, on=NETWORK, name="repeat"),
        on="repeat",
        at="port",
    ),
    passes("two balancers", FRONT, NETWORK, listener(name="first"), listener("TLS", on=NETWORK, name="second")),
    fails(
        "in a component",
        FRONT,
        COMPONENT,
        listener(name="first"),
        listener(name="repeat", parent=COMPONENT),
        on="first",
        at="port",
    ),
    undecided("unknown", FRONT, listener(name="first"), listener(name="second", port=UNKNOWN), at="port"),
)

test_redirect_ends = table(
    "lb-listener-redirect-ends",
    fails(
        "to itself",
        listener(
            "HTTP", 80, defaultActions=[{"type": "redirect", "redirect": {"statusCode": "HTTP_301", "port": "80"}}]
        ),
        FRONT,
        at="defaultActions[0].redirect",
    ),
    passes("to HTTPS", listener("HTTP", 80, defaultActions=TO_HTTPS), FRONT),
    passes(
        "to another host", listener(defaultActions=[{"type": "redirect", "redirect": {"host": "www.#{host}"}}]), FRONT
    ),
    passes("no redirect", listener(defaultActions=[{"type": "forward"}]), FRONT),
    undecided(
        "unknown",
        listener(defaultActions=[{"type": "redirect", "redirect": {"host": UNKNOWN}}]),
        FRONT,
        at="defaultActions[0].redirect.host",
    ),
)

IAM_ARN = "arn:aws:iam::210987654321:server-certificate/old"
VALIDATION = R("aws:acm/certificateValidation:CertificateValidation", "validated", certificateArn=CERTIFICATE.arn)
BARE = listener()
test_acm = table(
    "lb-acm-certificate",
    fails("uploaded to IAM", listener(certificateArn=IAM_ARN), FRONT, at="certificateArn", says="IAM"),
    passes("ACM", listener(certificateArn=CERTIFICATE.arn), FRONT, CERTIFICATE),
    passes("ACM, validated", listener(certificateArn=VALIDATION.certificateArn), FRONT, CERTIFICATE, VALIDATION),
    fails("uploaded in the program", listener(certificateArn=UPLOADED.arn), FRONT, UPLOADED, at="certificateArn"),
    fails("none", listener(), FRONT, at="certificateArn"),
    passes(
        "a listener certificate",
        BARE,
        FRONT,
        R("aws:lb/listenerCertificate:ListenerCertificate", "c", listenerArn=BARE.arn, certificateArn=CERTIFICATE.arn),
        CERTIFICATE,
    ),
    passes("plain TCP", listener("TCP", on=NETWORK), NETWORK),
    undecided("unknown", listener(certificateArn=UNKNOWN), FRONT, at="certificateArn"),
)

test_redirect = table(
    "lb-http-to-https-redirect",
    fails(
        "forwards",
        listener("HTTP", 80, defaultActions=[{"type": "forward", "targetGroupArn": WEB.arn}]),
        FRONT,
        WEB,
        at="defaultActions",
    ),
    passes("redirects", listener("HTTP", 80, defaultActions=TO_HTTPS), FRONT),
    fails(
        "redirects to HTTP",
        listener(
            "http", 80, defaultActions=[{"type": "redirect", "redirect": {"host": "x", "protocol": "#{protocol}"}}]
        ),
        FRONT,
        at="defaultActions",
    ),
    passes("HTTPS", listener(defaultActions=[{"type": "forward"}]), FRONT),
    fails(
        "absent on an application load balancer",
        listener(None, 80, defaultActions=[{"type": "forward"}]),
        FRONT,
        at="defaultActions",
    ),
    undecided("absent on a load balancer from outside", R(LISTENER, "l", loadBalancerArn="arn"), at="protocol"),
    undecided("unknown", listener("HTTP", 80, defaultActions=UNKNOWN), FRONT, at="defaultActions"),
)

test_secure = table(
    "lb-listener-secure",
    fails("HTTP", listener("HTTP", 80, defaultActions=[{"type": "forward"}]), FRONT, at="protocol"),
    passes("HTTPS", listener(), FRONT),
    passes("only redirects", listener("HTTP", 80, defaultActions=TO_HTTPS), FRONT),
    fails("TCP", listener("TCP", on=NETWORK), NETWORK, severity=Severity.MEDIUM, at="protocol"),
    fails(
        "absent on an application load balancer",
        listener(None, 80, defaultActions=[{"type": "forward"}]),
        FRONT,
        at="protocol",
    ),
    passes("absent on a gateway load balancer", listener(None, on=GATEWAY), GATEWAY),
    fails(
        "absent, by known ARN",
        R(LISTENER, "l", loadBalancerArn=f"{ARN}app/front/1", defaultActions=[{"type": "forward"}]),
        at="protocol",
    ),
    undecided("unknown", listener(UNKNOWN), FRONT, at="protocol"),
)

test_policy = table(
    "lb-listener-tls-policy",
    fails("absent", listener(), FRONT, at="sslPolicy", says="2016-08"),
    passes("TLS 1.3", listener(sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06"), FRONT),
    fails(
        "TLS 1.1", listener("TLS", on=NETWORK, sslPolicy="ELBSecurityPolicy-TLS13-1-1-2021-06"), NETWORK, at="sslPolicy"
    ),
    passes("an older one", listener(sslPolicy="ELBSecurityPolicy-FS-1-2-Res-2020-10"), FRONT),
    passes("HTTP", listener("HTTP", 80), FRONT),
    undecided("unknown", listener(sslPolicy=UNKNOWN), FRONT, at="sslPolicy"),
)

test_health = table(
    "lb-health-check-matches-protocol",
    fails("HTTPS on 80", group(healthCheck={"protocol": "HTTPS", "port": "80"}), at="healthCheck.port", says="HTTPS"),
    passes("HTTPS on 443", group(healthCheck={"protocol": "HTTPS", "port": "443", "path": "/health"})),
    fails(
        "HTTP on 443, as a number",
        R("aws:alb/targetGroup:TargetGroup", "t", healthCheck={"protocol": "HTTP", "port": 443}),
        at="healthCheck.port",
    ),
    fails("TCP with a path", group("TCP", healthCheck={"protocol": "TCP", "path": "/"}), at="healthCheck.path"),
    fails("no time", group(healthCheck={"timeout": 30}), at="healthCheck.timeout", says="30 s"),
    passes("time enough", group(healthCheck={"timeout": 5, "interval": 10})),
    passes("the traffic port", group(healthCheck={"protocol": "HTTPS", "port": "traffic-port"})),
    passes("absent", group()),
    undecided("unknown", group(healthCheck={"protocol": "HTTPS", "port": UNKNOWN}), at="healthCheck.port"),
)

FULL: dict[str, Any] = {"port": 80, "vpcId": "vpc-1"}
test_complete = table(
    "lb-target-group-complete",
    fails("no VPC", group(port=80), at="vpcId", says="instance"),
    passes("all three", group(**FULL)),
    passes("a function", group(None, targetType="lambda")),
    fails("no protocol for addresses", group(None, targetType="ip", **FULL), at="protocol"),
    fails("cookies on TCP", group("TCP", stickiness={"type": "lb_cookie"}, **FULL), at="stickiness.type"),
    passes("cookies on TCP, off", group("TCP", stickiness={"type": "lb_cookie", "enabled": False}, **FULL)),
    passes("addresses on TCP", group("TCP", stickiness={"type": "source_ip", "enabled": True}, **FULL)),
    undecided("an unknown type", group(targetType=UNKNOWN, **FULL), at="targetType"),
)
