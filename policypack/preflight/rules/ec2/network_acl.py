"""Network ACLs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ...documents import network
from ...documents.answer import either, every
from ...rule import Findings, Kind, Resource, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from ._permissions import shown_ports

ACL: Final = "aws:ec2/networkAcl:NetworkAcl"
ACL_RULE: Final = "aws:ec2/networkAclRule:NetworkAclRule"
DEFAULT_ACL: Final = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ASSOCIATION: Final = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
ACLS: Final = (ACL, ACL_RULE, DEFAULT_ACL)


@dataclass(frozen=True)
class Entry:
    """One entry of a network ACL; ``action`` is the path of its action."""

    view: View
    direction: str
    action: str

    @property
    def ports(self) -> network.Ports:
        """Protocol and ports; unknown parts left open."""
        return network.ports(self.view.raw("protocol"), self.view.raw("fromPort"), self.view.raw("toPort"))

    @property
    def ranges(self) -> list[tuple[str, Any]]:
        """The address range as (path, value or unknown sentinel)."""
        return [(path, self.view.raw(path)) for path in ("cidrBlock", "ipv6CidrBlock") if self.view.has(path)]

    def decided(self, answer: bool | None) -> bool:
        """Turn an answer into a verdict; raise Undecided at the entry's first unknown part."""
        if answer is None:
            parts = (self.action, "protocol", "fromPort", "toPort", "cidrBlock", "ipv6CidrBlock")
            path = next((part for part in parts if self.view.is_unknown(part)), "protocol")
            raise Undecided(f"{self.view.path}.{path}" if self.view.path else path, self.view.owner.urn)
        return answer


def _entries(acl: Resource, *directions: str) -> Iterator[Entry]:
    if acl.is_a(ACL_RULE):
        direction = "egress" if acl.flag("egress") else "ingress"
        if direction in directions:
            yield Entry(acl, direction, "ruleAction")
        return
    for direction in directions:
        for entry in acl.each(direction):
            yield Entry(entry, direction, "action")


@rule(
    ACLS,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def network_acl_ingress_limited(acl: Resource) -> Findings:
    """No inbound allow entry of a network ACL opens SSH, RDP or all ports to the world.

    Why: The ACL is the second line behind security groups; with everything open there is only one.
    Fix: Allow administration ports from known ranges only.
    Source: Amazon VPC User Guide, "Control subnet traffic with network access control lists"; AWS Config rule
    NACL_NO_UNRESTRICTED_SSH_RDP.
    """
    for entry in _entries(acl, "ingress"):
        with deferred():
            if not entry.ranges:
                continue
            view, ports = entry.view, entry.ports
            allows = None if view.is_unknown(entry.action) else view.text(entry.action) == "allow"
            world = either(network.is_world(value) for _, value in entry.ranges)
            opened = either((ports.covers(22), ports.covers(3389)))
            if entry.decided(every((allows, world, opened))):
                path, value = next((one for one in entry.ranges if network.is_world(one[1])), entry.ranges[0])
                yield view.finding(
                    f"the entry allows {shown_ports(ports)} from {value}, which includes SSH or RDP; "
                    "allow these from known ranges only",
                    at=path,
                )


@rule(ACLS, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def network_acl_default_only(acl: Resource, stack: Stack) -> Findings:
    """No network ACL of one's own is declared.

    Why: A peer's rule set prefers security groups, which are stateful and attached to what they protect; an ACL is
    easily wrong in one direction.
    Fix: Use security groups; exempt ACLs that a control asks for.
    Source: Amazon VPC User Guide, "Infrastructure security in Amazon VPC", "Compare security groups and network ACLs".
    """
    if acl.is_a(ACL) or (acl.is_a(ACL_RULE) and not stack.referred_by(acl, "networkAclId", ACL, DEFAULT_ACL).certain):
        yield acl.finding("a network ACL is declared; use security groups, or exempt it with the reason")


@rule(
    ACL,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def network_acl_attached(acl: Resource, stack: Stack) -> Findings:
    """A declared network ACL is used by a subnet.

    Why: An ACL that no subnet uses protects nothing, and misleads its reader.
    Fix: Name the subnets in `subnetIds`, or add an `aws.ec2.NetworkAclAssociation`; else remove it.
    Source: Amazon VPC User Guide, "Network ACLs"; AWS Config rule VPC_NETWORK_ACL_UNUSED_CHECK.
    """
    if not acl.has("subnetIds") and not stack.referring_to(acl, ASSOCIATION, via="networkAclId"):
        yield acl.finding("no subnet uses the ACL; set `subnetIds`, or remove it", at="subnetIds")


@rule(ACLS, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def network_acl_ports_limited(acl: Resource) -> Findings:
    """An allow entry of a network ACL does not cover all 65,536 ports.

    Why: An entry for every port filters nothing but addresses.
    Fix: Name the ports that are used, the ephemeral ones (1024-65535) for answers among them.
    Source: Amazon VPC User Guide, "Network ACL rules", "Ephemeral ports".
    """
    for entry in _entries(acl, "ingress", "egress"):
        with deferred():
            allows = None if entry.view.is_unknown(entry.action) else entry.view.text(entry.action) == "allow"
            if entry.decided(every((allows, entry.ports.all_ports))):
                yield entry.view.finding(
                    f"the entry allows {shown_ports(entry.ports)}, all ports; name the ports that are used",
                    at="fromPort",
                )


@rule(ACLS, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def network_acl_protocol_named(acl: Resource) -> Findings:
    """An allow entry of a network ACL names a protocol.

    Why: An entry for all protocols opens every port of every protocol.
    Fix: Name the protocol ("tcp") and its ports.
    Source: Amazon VPC User Guide, "Network ACL rules".
    """
    for entry in _entries(acl, "ingress", "egress"):
        with deferred():
            allows = None if entry.view.is_unknown(entry.action) else entry.view.text(entry.action) == "allow"
            if entry.decided(every((allows, entry.ports.everything))):
                yield entry.view.finding("the entry allows all protocols; name one and its ports", at="protocol")


@rule((ACL, DEFAULT_ACL), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def network_acl_deny_effective(acl: Resource) -> Findings:
    """A deny entry of a network ACL is not shadowed by an earlier allow entry.

    Why: Entries are judged in the order of their numbers, and the first that matches decides: a deny after an allow
    that covers it never matters.
    Fix: Give the deny entry a lower number than the allow entry.
    Source: Amazon VPC User Guide, "Network ACL basics".
    """
    for direction in ("ingress", "egress"):
        entries = list(_entries(acl, direction))
        for deny in entries:
            with deferred():
                if deny.view.text("action") != "deny":
                    continue
                number = deny.view.number("ruleNo")
                for allow in entries:
                    before = allow.view.number("ruleNo")
                    if allow.view.text("action") != "allow" or number is None or before is None or before >= number:
                        continue
                    ports = allow.ports
                    inside = every(
                        (
                            either(
                                (
                                    ports.everything,
                                    every((ports.protocol == deny.ports.protocol, _covers(ports, deny.ports))),
                                )
                            ),
                            *(
                                network.inside(value, [allow.view.raw(path)] if allow.view.has(path) else [])
                                for path, value in deny.ranges
                            ),
                        )
                    )
                    if deny.ranges and inside:
                        yield deny.view.finding(
                            f"entry {number} denies traffic that entry {before} has already allowed; "
                            "set a lower `ruleNumber`",
                            at="ruleNo",
                        )
                        break


def _covers(outer: network.Ports, inner: network.Ports) -> bool | None:
    if inner.first is None or inner.last is None:
        return None
    return outer.covers_range(inner.first, inner.last)
