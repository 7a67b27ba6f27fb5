"""Security groups that AWS takes."""

from __future__ import annotations

from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
COMPONENT = R("app:network:Firewall", "firewall")


def entry(port: int = 443, protocol: str = "tcp", **more: Any) -> dict[str, Any]:
    return {"fromPort": port, "toPort": port, "protocol": protocol, **more}


def group(name: str = "web", /, **properties: Any) -> R:
    return R(GROUP, name, **properties)


WEB, DB = group("web"), group("db")


def circle(first: str = "ingress", second: str = "ingress") -> tuple[R, R]:
    """Two groups, each with an inline rule that names the other."""
    app, db = group("app"), group("database")
    app.properties_[first] = [entry(5432, securityGroups=[db.id])]
    db.properties_[second] = [entry(5432, securityGroups=[app.id])]
    return app, db


def chain(*names: str, closed: bool) -> list[R]:
    """Groups of which each refers to the next one, the last to the first when closed."""
    groups = [group(name) for name in names]
    for one, after in zip(groups, groups[1:] + groups[:1], strict=True):
        if closed or one is not groups[-1]:
            one.properties_["egress"] = [entry(443, securityGroups=[after.id])]
    return groups


KNOWN = group(
    "app", ingress=[entry(80, securityGroups=["sg-0db0db0db0db0db0d"])], outputs={"id": "sg-0a99a99a99a99a99a"}
)
KNOWN_DB = group(
    "db", ingress=[entry(5432, securityGroups=["sg-0a99a99a99a99a99a"])], outputs={"id": "sg-0db0db0db0db0db0d"}
)

test_acyclic = table(
    "ec2-security-groups-acyclic",
    fails("two groups name each other inline", *circle(), at="ingress", says=["app -> database -> app"]),
    passes(
        "references are separate rules",
        WEB,
        DB,
        R(INGRESS, "db-from-web", securityGroupId=DB.id, referencedSecurityGroupId=WEB.id),
        R(EGRESS, "web-to-db", securityGroupId=WEB.id, referencedSecurityGroupId=DB.id),
    ),
    fails("one inbound, one outbound", *circle("ingress", "egress"), at="ingress"),
    fails(
        "a circle of three",
        *chain("lb", "service", "database", closed=True),
        at="egress",
        says="database -> lb -> service -> database",
        on="database",
    ),
    passes("a chain of three", *chain("lb", "service", "database", closed=False)),
    fails("by known ids", KNOWN, KNOWN_DB, at="ingress"),
    fails(
        "by names, as the default VPC allows",
        group("app", name="app-dev", egress=[entry(5432, securityGroups=["db-dev"])]),
        group("db", name="db-dev", ingress=[entry(5432, securityGroups=["app-dev"])]),
        at="egress",
    ),
    passes(
        "names mean nothing in a VPC of one's own",
        group("app", name="app-dev", vpcId=UNKNOWN, egress=[entry(5432, securityGroups=["db-dev"])]),
        group("db", name="db-dev", vpcId=UNKNOWN, ingress=[entry(5432, securityGroups=["app-dev"])]),
    ),
    passes("itself", group("web", ingress=[entry(self=True)])),
    passes("no rules", WEB, DB),
    passes("a group from outside", group("web", ingress=[entry(securityGroups=["sg-0123456789abcdef0"])]), DB),
    undecided(
        "an unknown source on a group that another names",
        group("web", ingress=UNKNOWN),
        group("db", egress=[entry(securityGroups=[R(GROUP, "web").id])]),
        at="ingress",
    ),
)

test_single_owner = table(
    "ec2-security-group-rules-single-owner",
    fails(
        "an inline set beside a separate rule",
        owned := group("web", ingress=[entry(cidrBlocks=["10.0.0.0/8"])]),
        R(INGRESS, "more", securityGroupId=owned.id, ipProtocol="tcp", fromPort=80, toPort=80, cidrIpv4="10.0.0.0/8"),
        at="ingress",
        says="more",
    ),
    passes(
        "separate rules only",
        WEB,
        R(INGRESS, "https", securityGroupId=WEB.id, ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4="10.0.0.0/8"),
    ),
    fails("under the older token", owned, R(RULE, "more", securityGroupId=owned.id, type="ingress"), at="ingress"),
    passes("other direction, older token", owned, R(RULE, "out", securityGroupId=owned.id, type="egress")),
    passes("other direction", owned, R(EGRESS, "out", securityGroupId=owned.id)),
    fails("outbound", out := group("web", egress=[entry()]), R(EGRESS, "more", securityGroupId=out.id), at="egress"),
    fails(
        "the separate rule in a component",
        owned,
        COMPONENT,
        R(INGRESS, "more", parent=COMPONENT, securityGroupId=owned.id),
        at="ingress",
    ),
    passes("the separate rule is another group's", owned, WEB, R(INGRESS, "more", securityGroupId=DB.id), DB),
    passes(
        "inline changes ignored",
        kept := R(GROUP, "kept", ingress=[entry()], options={"ignoreChanges": ["ingress"]}),
        R(INGRESS, "more", securityGroupId=kept.id),
    ),
    undecided(
        "a rule of an unknown direction", owned, R(RULE, "more", securityGroupId=owned.id, type=UNKNOWN), at="type"
    ),
    undecided("a rule of an unknown group", owned, R(INGRESS, "more", securityGroupId=UNKNOWN), at="ingress"),
)

test_ports = table(
    "ec2-security-group-ports-valid",
    fails(
        "a port with all protocols",
        group(ingress=[{"protocol": "-1", "fromPort": 443, "toPort": 443}]),
        at="ingress[0].fromPort",
        says="443",
    ),
    passes("one port", group(ingress=[entry()], egress=[{"protocol": "-1", "fromPort": 0, "toPort": 0}])),
    fails("upside down", group(egress=[{"protocol": "tcp", "fromPort": 443, "toPort": 80}]), at="egress[0].fromPort"),
    fails("above the last", R(RULE, type="ingress", protocol="6", fromPort=80, toPort=70000), at="toPort"),
    fails("tcp without ports", R(INGRESS, ipProtocol="tcp"), at="fromPort"),
    fails("udp without the last", R(EGRESS, ipProtocol="udp", fromPort=53), at="toPort"),
    fails(
        "a vpc rule for all with ports",
        R(EGRESS, ipProtocol="-1", fromPort=443, toPort=443),
        at="fromPort",
        severity=Severity.LOW,
    ),
    passes("a vpc rule for all", R(EGRESS, ipProtocol="-1")),
    passes("icmp types", R(RULE, type="ingress", protocol="icmp", fromPort=8, toPort=0)),
    passes("a text port", R(RULE, type="ingress", protocol="tcp", fromPort="443", toPort="443")),
    passes("no rules", group()),
    undecided("an unknown port", R(INGRESS, ipProtocol="tcp", fromPort=UNKNOWN, toPort=443), at="fromPort"),
    undecided("an unknown set", group(ingress=UNKNOWN), at="ingress"),
    fails(
        "an unknown entry beside a wrong one",
        group(ingress=[entry(port=UNKNOWN), {"protocol": "tcp", "fromPort": 9, "toPort": 8}]),  # type: ignore[arg-type]
        at="ingress[1].fromPort",
        also_undecided=True,
    ),
)


def vpc_rule(name: str, kind: str = INGRESS, to: Any = None, **properties: Any) -> R:
    return R(
        kind,
        name,
        **{
            "securityGroupId": WEB.id if to is None else to,
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            **properties,
        },
    )


test_defined_once = table(
    "ec2-security-group-rule-defined-once",
    fails(
        "the same range twice",
        WEB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        vpc_rule("repeat", cidrIpv4="10.0.0.0/8", description="x"),
        on="repeat",
        at="cidrIpv4",
        says="first",
    ),
    passes("two ranges", WEB, vpc_rule("first", cidrIpv4="10.0.0.0/8"), vpc_rule("second", cidrIpv4="172.16.0.0/12")),
    fails(
        "one group twice",
        WEB,
        DB,
        vpc_rule("first", referencedSecurityGroupId=DB.id),
        vpc_rule("repeat", referencedSecurityGroupId=DB.id),
        on="repeat",
        at="referencedSecurityGroupId",
    ),
    fails(
        "older and newer token",
        WEB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        R(
            RULE,
            "repeat",
            securityGroupId=WEB.id,
            type="ingress",
            protocol="tcp",
            fromPort=443,
            toPort=443,
            cidrBlocks=["10.1.0.0/16", "10.0.0.0/8"],
        ),
        on="first",
        at="cidrIpv4",
    ),
    fails(
        "in a component",
        WEB,
        COMPONENT,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        R(
            INGRESS,
            "repeat",
            parent=COMPONENT,
            securityGroupId=WEB.id,
            ipProtocol="tcp",
            fromPort=443,
            toPort=443,
            cidrIpv4="10.0.0.0/8",
        ),
        on="first",
        at="cidrIpv4",
    ),
    fails(
        "one known group id",
        vpc_rule("first", to="sg-1", cidrIpv6="::/0"),
        vpc_rule("repeat", to="sg-1", cidrIpv6="::/0"),
        on="repeat",
        at="cidrIpv6",
    ),
    passes(
        "two directions",
        WEB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        vpc_rule("second", kind=EGRESS, cidrIpv4="10.0.0.0/8"),
    ),
    passes(
        "two groups",
        WEB,
        DB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        vpc_rule("second", to=DB.id, cidrIpv4="10.0.0.0/8"),
    ),
    passes(
        "two ports",
        WEB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        vpc_rule("second", cidrIpv4="10.0.0.0/8", fromPort=80),
    ),
    passes(
        "an unknown prefix list beside a range",
        WEB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        vpc_rule("second", prefixListId=UNKNOWN),
    ),
    undecided(
        "an unknown range",
        WEB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        vpc_rule("second", cidrIpv4=UNKNOWN),
        at="cidrIpv4",
    ),
    undecided(
        "an unknown group",
        WEB,
        vpc_rule("first", cidrIpv4="10.0.0.0/8"),
        vpc_rule("second", to=UNKNOWN, cidrIpv4="10.0.0.0/8"),
        at="securityGroupId",
    ),
)

test_text = table(
    "ec2-security-group-text-valid",
    fails("an apostrophe", group(description="The team's group"), at="description", says=['"\'"', "U+0027"]),
    passes("plain", group(name="web-1", description="Web tier: HTTPS (443) from the balancer")),
    fails("name like an id", group(name="sg-web"), at="name"),
    fails("too long", group(description="x" * 256), at="description", says="256"),
    fails(
        "a dash of print in an inline rule",
        group(ingress=[entry(description="web \u2013 all")]),
        at="ingress[0].description",
        says="U+2013",
    ),
    fails("umlaut in a rule", R(INGRESS, description="für alle"), at="description"),
    fails("in the older rule", R(RULE, description="<web>"), at="description"),
    passes("absent", group()),
    undecided("unknown", group(description=UNKNOWN), at="description"),
)

test_source = table(
    "ec2-security-group-source-single",
    fails("two sources", R(INGRESS, cidrIpv4="10.0.0.0/8", prefixListId="pl-1"), at="prefixListId"),
    passes("one source", R(INGRESS, cidrIpv4="10.0.0.0/8")),
    fails("no source", R(EGRESS, ipProtocol="-1"), at=""),
    passes("an unknown source", R(INGRESS, referencedSecurityGroupId=WEB.id), WEB),
    fails("wrong family", R(INGRESS, cidrIpv4="::/0"), at="cidrIpv4", says="IPv6"),
    fails("host bits", R(INGRESS, cidrIpv4="10.0.0.1/8"), at="cidrIpv4", says="10.0.0.0/8"),
    fails("wrong family in a list", R(RULE, cidrBlocks=["10.0.0.0/8", "::/0"]), at="cidrBlocks"),
    passes("lists and self", R(RULE, cidrBlocks=["10.0.0.0/8", "172.16.0.0/12"], self=True)),
    undecided("an unknown range", R(INGRESS, cidrIpv4=UNKNOWN), at="cidrIpv4"),
)
