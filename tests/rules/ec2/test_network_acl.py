"""Network ACLs."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

ACL = "aws:ec2/networkAcl:NetworkAcl"
RULE = "aws:ec2/networkAclRule:NetworkAclRule"
DEFAULT = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
COMPONENT = R("app:network:Network", "network")


def entry(first: Any = 22, last: Any = None, action: Any = "allow", **more: Any) -> dict[str, Any]:
    port = {"fromPort": first, "toPort": first if last is None else last}
    return {"protocol": "tcp", "ruleNo": 100, "action": action, "cidrBlock": "0.0.0.0/0", **port, **more}


def acl(*entries: dict[str, Any], kind: str = ACL, direction: str = "ingress", **more: Any) -> R:
    inline: dict[str, Any] = {direction: list(entries)} if entries else {}
    return R(kind, "acl", **inline, **more)


def rule(first: Any = 22, action: Any = "allow", **more: Any) -> R:
    return R(
        RULE,
        "entry",
        **{
            "protocol": "tcp",
            "ruleAction": action,
            "fromPort": first,
            "toPort": first,
            "cidrBlock": "0.0.0.0/0",
            **more,
        },
    )


test_limited = table(
    "ec2-network-acl-ingress-limited",
    fails("SSH", acl(entry(22)), at="ingress[0].cidrBlock", says="tcp 22"),
    passes("HTTPS", acl(entry(443))),
    fails("everything", acl(entry(0, protocol="-1")), says="all traffic"),
    fails(
        "a separate entry, IPv6",
        R(RULE, "e", protocol="6", ruleAction="allow", fromPort=3000, toPort=4000, ipv6CidrBlock="::/0"),
        at="ipv6CidrBlock",
    ),
    fails("the default ACL", acl(entry(3389), kind=DEFAULT), at="ingress[0].cidrBlock"),
    passes("a deny", acl(entry(22, action="deny"))),
    passes("outbound", acl(entry(22), direction="egress")),
    passes("a separate outbound entry", rule(egress=True)),
    passes("a known range", rule(cidrBlock="10.0.0.0/8")),
    passes("absent", acl()),
    undecided("an unknown action", acl(entry(22, action=UNKNOWN)), at="ingress[0].action"),
    undecided("an unknown range", rule(cidrBlock=UNKNOWN), at="cidrBlock"),
)

OWN = acl()
test_default_only = table(
    "ec2-network-acl-default-only",
    fails("an ACL of one's own", acl(), at="", says="etwork ACL"),
    passes("the default one", acl(kind=DEFAULT)),
    fails("an entry of an ACL from outside", rule(networkAclId="acl-1"), at="", says="etwork ACL"),
    fails("once, with its entries", OWN, rule(networkAclId=OWN.id), on="acl", at="", says="etwork ACL"),
)

test_attached = table(
    "ec2-network-acl-attached",
    fails("to nothing", acl(), at="subnetIds"),
    passes("to a subnet", acl(subnetIds=["subnet-1"])),
    passes("to an unknown subnet", acl(subnetIds=[UNKNOWN])),
    passes(
        "by an association",
        OWN,
        COMPONENT,
        R("aws:ec2/networkAclAssociation:NetworkAclAssociation", "a", parent=COMPONENT, networkAclId=OWN.id),
    ),
    undecided(
        "an unknown association",
        acl(),
        R("aws:ec2/networkAclAssociation:NetworkAclAssociation", "a", networkAclId=UNKNOWN),
    ),
)

test_ports = table(
    "ec2-network-acl-ports-limited",
    fails("every port", acl(entry(0, 65535)), at="ingress[0].fromPort"),
    passes("one port", acl(entry(443))),
    passes("a deny", acl(entry(0, 65535, action="deny"))),
    fails("outbound", acl(entry(0, protocol="-1"), direction="egress"), at="egress[0].fromPort"),
    passes("absent", acl()),
    undecided("unknown", acl(entry(0, UNKNOWN)), at="ingress[0].toPort"),
)

test_protocol = table(
    "ec2-network-acl-protocol-named",
    fails("all", acl(entry(0, protocol="-1")), at="ingress[0].protocol"),
    passes("tcp", rule()),
    passes("absent", acl()),
    undecided("unknown", rule(protocol=UNKNOWN), at="protocol"),
)

test_deny = table(
    "ec2-network-acl-deny-effective",
    fails(
        "after what allows it",
        acl(entry(22), entry(22, action="deny", ruleNo=200, cidrBlock="10.0.0.0/8")),
        at="ingress[1].ruleNo",
        says=["200", "100"],
    ),
    passes("before it", acl(entry(22), entry(22, action="deny", ruleNo=50, cidrBlock="10.0.0.0/8"))),
    passes("another port", acl(entry(443), entry(22, action="deny", ruleNo=200))),
    fails(
        "after everything", acl(entry(0, protocol="-1"), entry(22, action="deny", ruleNo=200)), at="ingress[1].ruleNo"
    ),
    passes("absent", acl()),
    undecided("unknown", acl(entry(22), entry(22, action="deny", ruleNo=UNKNOWN)), at="ingress[1].ruleNo"),
)
