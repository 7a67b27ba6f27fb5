"""What security groups let in and out."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, P, R, fails, passes, table, undecided

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
VPC = R("aws:ec2/vpc:Vpc", "main", cidrBlock="10.0.0.0/16")
COMPONENT = R("app:network:Network", "network")
WORLD = ["0.0.0.0/0"]


def inline(first: Any, last: Any = None, direction: str = "ingress", protocol: str = "tcp", **more: Any) -> R:
    entry = {"fromPort": first, "toPort": first if last is None else last, "protocol": protocol, **more}
    properties: dict[str, Any] = {direction: [entry]}
    return R(GROUP, "web", **properties)


def vpc_rule(first: Any, last: Any = None, kind: str = INGRESS, **more: Any) -> R:
    properties = {"ipProtocol": "tcp", "fromPort": first, "toPort": first if last is None else last, **more}
    return R(kind, "web", **properties)


def older(first: Any, **more: Any) -> R:
    return R(RULE, "web", **{"type": "ingress", "protocol": "tcp", "fromPort": first, "toPort": first, **more})


test_ssh = table(
    "ec2-security-group-ssh-closed",
    fails("open to the world", inline(22, cidrBlocks=WORLD), at="ingress[0].cidrBlocks[0]", says=["22", "0.0.0.0/0"]),
    passes("a known range", inline(22, cidrBlocks=["10.0.0.0/8"])),
    passes("another port", inline(443, cidrBlocks=WORLD)),
    fails("inside a range of ports", inline(20, 30, cidrBlocks=WORLD), at="ingress[0].cidrBlocks[0]"),
    fails("IPv6", inline(22, cidrBlocks=["10.0.0.0/8"], ipv6CidrBlocks=["::/0"]), at="ingress[0].ipv6CidrBlocks[0]"),
    fails("all protocols", inline(0, protocol="-1", cidrBlocks=WORLD), at="ingress[0].cidrBlocks[0]"),
    fails(
        "the world in two halves", inline(22, cidrBlocks=["0.0.0.0/1", "128.0.0.0/1"]), at="ingress[0].cidrBlocks[0]"
    ),
    passes("udp", inline(22, protocol="udp", cidrBlocks=WORLD)),
    fails("a separate rule", vpc_rule(22, cidrIpv4="0.0.0.0/0"), at="cidrIpv4"),
    fails("a separate rule for all", R(INGRESS, ipProtocol="-1", cidrIpv6="::/0"), at="cidrIpv6"),
    fails("an older rule with text ports", older("22", cidrBlocks=WORLD), at="cidrBlocks[0]"),
    passes("an outbound older rule", older(22, type="egress", cidrBlocks=WORLD)),
    passes("the callers' group", vpc_rule(22, referencedSecurityGroupId="sg-1")),
    passes("no rules", R(GROUP)),
    fails(
        "v6",
        R(GROUP, provider=V6, ingress=[{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": WORLD}]),
        at="ingress[0].cidrBlocks[0]",
    ),
    undecided("an unknown range", vpc_rule(22, cidrIpv4=UNKNOWN), at="cidrIpv4"),
    undecided("an unknown port", inline(UNKNOWN, 22, cidrBlocks=WORLD), at="ingress[0].fromPort"),
    undecided("an unknown type", older(22, type=UNKNOWN, cidrBlocks=WORLD), at="type"),
    passes("unknown range, other port", vpc_rule(443, cidrIpv4=UNKNOWN)),
    fails(
        "an unknown range beside the world",
        inline(22, cidrBlocks=[UNKNOWN, "0.0.0.0/0"]),
        at="ingress[0].cidrBlocks[1]",
    ),
)

test_common_ports = table(
    "ec2-security-group-common-ports-closed",
    fails("MySQL", inline(3306, cidrBlocks=WORLD), says="3306"),
    passes("HTTPS", inline(443, cidrBlocks=WORLD)),
    fails("several", vpc_rule(0, 65535, cidrIpv4="0.0.0.0/0"), says="20, 21, 3389, 3306, 4333"),
    passes("another list", inline(3306, cidrBlocks=WORLD), parameters={"ports": [5432]}),
    fails("of another list", older(5432, cidrBlocks=WORLD), parameters={"ports": [5432]}, at="cidrBlocks[0]"),
    passes("absent", R(GROUP)),
    undecided("unknown", inline(3389, cidrBlocks=UNKNOWN), at="ingress[0].cidrBlocks"),
)

test_http = table(
    "ec2-security-group-http-closed",
    fails("open", inline(80, cidrBlocks=WORLD), says="80"),
    passes("HTTPS", inline(443, cidrBlocks=WORLD)),
    passes("inside the network", older(80, cidrBlocks=["10.0.0.0/8"])),
    passes("absent", R(GROUP)),
    undecided("unknown", vpc_rule(80, cidrIpv4=UNKNOWN), at="cidrIpv4"),
)

test_ingress_limited = table(
    "ec2-security-group-ingress-limited",
    fails("a port that is not on the list", inline(8080, cidrBlocks=WORLD), says=["tcp 8080", "443"]),
    passes("HTTPS", inline(443, cidrBlocks=WORLD)),
    fails("a range around it", inline(443, 444, cidrBlocks=WORLD), at="ingress[0].cidrBlocks[0]"),
    fails("all traffic", vpc_rule(None, ipProtocol="-1", cidrIpv6="::/0"), at="cidrIpv6", says="all traffic"),
    passes("a listed port", inline(53, protocol="udp", cidrBlocks=WORLD), parameters={"udp": [53], "tcp": []}),
    passes("known ranges", older(8080, cidrBlocks=["10.0.0.0/8"])),
    passes("absent", R(GROUP)),
    undecided("an unknown range", vpc_rule(8080, cidrIpv4=UNKNOWN), at="cidrIpv4"),
    undecided("an unknown port", vpc_rule(UNKNOWN, 443, cidrIpv4="0.0.0.0/0"), at="fromPort"),
)

test_described = table(
    "ec2-security-group-described",
    fails("the provider's own", R(GROUP, description="Managed by Pulumi"), at="description", says="Managed by Pulumi"),
    passes("described", R(GROUP, description="HTTPS from the balancer")),
    fails("absent", R(INGRESS), at="description"),
    fails("an inline rule", R(GROUP, description="Web", egress=[{"protocol": "-1"}]), at="egress[0].description"),
    passes(
        "rules described",
        R(GROUP, description="Web", egress=[{"description": "All out"}]),
        R(RULE, "r", description="x"),
    ),
    undecided("unknown", R(EGRESS, description=UNKNOWN), at="description"),
)

ADOPTED = R(DEFAULT_GROUP, "closed", vpcId=VPC.id)
test_default_closed = table(
    "ec2-default-security-group-closed",
    fails("not adopted", VPC, says="DefaultSecurityGroup"),
    passes("adopted and empty", VPC, ADOPTED),
    passes("adopted in a component", VPC, COMPONENT, R(DEFAULT_GROUP, "closed", parent=COMPONENT, vpcId=VPC.id)),
    fails("adopted with rules", R(DEFAULT_GROUP, "open", vpcId=VPC.id, egress=[{"protocol": "-1"}]), VPC, at="egress"),
    fails(
        "another's adopted",
        VPC,
        two := R("aws:ec2/vpc:Vpc", "two"),
        R(DEFAULT_GROUP, "closed", vpcId=two.id),
        at="",
        says="is not adopted",
    ),
    passes("the default VPC's", R("aws:ec2/defaultVpc:DefaultVpc", "default"), R(DEFAULT_GROUP, "closed")),
    fails(
        "the default VPC's of another region",
        R("aws:ec2/defaultVpc:DefaultVpc", "default"),
        R(DEFAULT_GROUP, "closed", provider=P("west", region="us-west-2")),
        at="",
        says="is not adopted",
    ),
    undecided("of an unknown VPC", VPC, R(DEFAULT_GROUP, "closed", vpcId=UNKNOWN)),
    undecided("unknown rules", R(DEFAULT_GROUP, "closed", ingress=UNKNOWN), at="ingress"),
)

test_egress_limited = table(
    "ec2-security-group-egress-limited",
    fails("everything", inline(0, direction="egress", protocol="-1", cidrBlocks=WORLD), at="egress[0].cidrBlocks[0]"),
    passes("a known range", vpc_rule(443, kind=EGRESS, cidrIpv4="10.0.0.0/8")),
    fails("IPv6", vpc_rule(443, kind=EGRESS, cidrIpv6="::/0"), at="cidrIpv6"),
    passes("an inbound older rule", older(443, cidrBlocks=WORLD)),
    passes("absent", R(GROUP)),
    undecided("unknown", vpc_rule(443, kind=EGRESS, cidrIpv4=UNKNOWN), at="cidrIpv4"),
)

test_ingress_protocol = table(
    "ec2-security-group-ingress-protocol-named",
    fails("all", inline(0, protocol="-1"), at="ingress[0].protocol"),
    passes("tcp", inline(443)),
    fails("a separate rule", R(INGRESS, ipProtocol="-1"), at="ipProtocol"),
    passes("absent", R(GROUP)),
    undecided("unknown", older(443, protocol=UNKNOWN), at="protocol"),
)

test_egress_protocol = table(
    "ec2-security-group-egress-protocol-named",
    fails("all", R(EGRESS, ipProtocol="-1"), at="ipProtocol"),
    passes("tcp", inline(443, direction="egress")),
    passes("absent", R(GROUP)),
    undecided("unknown", R(EGRESS, ipProtocol=UNKNOWN), at="ipProtocol"),
)

test_ingress_port = table(
    "ec2-security-group-ingress-single-port",
    fails("a range", inline(80, 90), at="ingress[0].toPort", says="tcp 80-90"),
    passes("one port", inline(80)),
    passes("icmp", inline(8, 0, protocol="icmp")),
    passes("absent", R(GROUP)),
    undecided("unknown", vpc_rule(80, UNKNOWN), at="toPort"),
)

test_egress_port = table(
    "ec2-security-group-egress-single-port",
    fails("a range", vpc_rule(80, 90, kind=EGRESS), at="toPort"),
    passes("one port", inline(80, direction="egress")),
    passes("absent", R(GROUP)),
    undecided("unknown", vpc_rule(80, UNKNOWN, kind=EGRESS), at="toPort"),
)

test_hosts = table(
    "ec2-security-group-ingress-single-hosts",
    fails("a range", inline(80, cidrBlocks=["10.0.0.0/8"]), at="ingress[0].cidrBlocks[0]"),
    passes("a host", inline(80, cidrBlocks=["10.0.0.1/32"], ipv6CidrBlocks=["2001:db8::1/128"])),
    fails("IPv6", vpc_rule(80, cidrIpv6="2001:db8::/32"), at="cidrIpv6"),
    passes("absent", R(GROUP)),
    undecided("unknown", older(80, cidrBlocks=[UNKNOWN]), at="cidrBlocks[0]"),
)

BARE = R(GROUP, "bare")
test_egress_stated = table(
    "ec2-security-group-egress-stated",
    fails("none", BARE, at="egress"),
    passes("inline", inline(443, direction="egress")),
    passes("stated to be none", R(GROUP, egress=[])),
    passes("separate", BARE, R(EGRESS, "out", securityGroupId=BARE.id)),
    passes("separate, in a component", BARE, COMPONENT, R(EGRESS, "out", parent=COMPONENT, securityGroupId=BARE.id)),
    passes("older", BARE, R(RULE, "out", type="egress", securityGroupId=BARE.id)),
    fails("inbound only", BARE, R(RULE, "in", type="ingress", securityGroupId=BARE.id), at="egress"),
    undecided("an unknown direction", BARE, R(RULE, "out", type=UNKNOWN, securityGroupId=BARE.id), at="type"),
    undecided("an unknown group", BARE, R(EGRESS, "out", securityGroupId=UNKNOWN), at="egress"),
)
