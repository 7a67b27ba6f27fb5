"""What security groups let in and out, and how they are described."""

from __future__ import annotations

from typing import Final

from ...documents.answer import either, every, negate
from ...rule import Findings, Kind, Parameter, Parameters, Resource, Severity, Undecided, deferred, rule
from ...stack import Stack
from ._permissions import (
    DEFAULT_GROUP,
    EGRESS_RULE,
    GROUP,
    INGRESS_RULE,
    RULE,
    Permission,
    open_ports,
    permissions,
    unknown_part,
)

INBOUND: Final = (GROUP, RULE, INGRESS_RULE)
OUTBOUND: Final = (GROUP, RULE, EGRESS_RULE)
VPC: Final = "aws:ec2/vpc:Vpc"
DEFAULT_VPC: Final = "aws:ec2/defaultVpc:DefaultVpc"


def _opened(group: Resource, ports: list[int], advice: str) -> Findings:
    """Find inbound rules that open one of some TCP ports to every address."""
    for permission in permissions(group, "ingress"):
        with deferred():
            found, path = open_ports(permission, *ports)
            if found:
                shown = ", ".join(map(str, found))
                yield permission.view.finding(
                    f"TCP port{'s' * (len(found) > 1)} {shown} can be reached from {permission.view.known(path)} "
                    f"({permission.shown_ports()}); {advice}",
                    at=path,
                )


@rule(
    INBOUND,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def security_group_ssh_closed(group: Resource) -> Findings:
    """No inbound rule that contains port 22 is open to every IPv4 or IPv6 address.

    Why: Whoever finds an open SSH port tries passwords and keys on it within minutes.
    Fix: Let in known address ranges or groups only, or use Session Manager, which needs no inbound rule at all.
    Source: Amazon VPC User Guide, "Security group rules"; AWS Config rule INCOMING_SSH_DISABLED (restricted-ssh).
    """
    yield from _opened(group, [22], "allow known ranges only, or use Session Manager")


@rule(
    INBOUND,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
    parameters={"ports": Parameter.of([20, 21, 3389, 3306, 4333], "TCP ports that must not be open to the world.")},
)
def security_group_common_ports_closed(group: Resource, parameters: Parameters) -> Findings:
    """No inbound rule that is open to the world contains a port of a list: FTP, RDP, MySQL and MSSQL unless set
    otherwise.

    Why: Administration and database ports are what attackers scan for first.
    Fix: Let in the security group of the callers instead of an address range, or known ranges only.
    Source: Amazon VPC User Guide, "Security group rules"; AWS Config rule RESTRICTED_INCOMING_TRAFFIC.
    """
    yield from _opened(group, [int(port) for port in parameters["ports"]], "allow known ranges or groups only")


@rule(INBOUND, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def security_group_http_closed(group: Resource) -> Findings:
    """No inbound rule opens port 80 to the world.

    Why: HTTP carries everything in clear text, session cookies and passwords included.
    Fix: Open port 443 only; where a redirect from HTTP is wanted, exempt the load balancer's group.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    yield from _opened(group, [80], "serve HTTPS on 443, or exempt the group of a load balancer that only redirects")


@rule(
    INBOUND,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
    parameters={
        "tcp": Parameter.of([443], "TCP ports that may be open to every address."),
        "udp": Parameter(
            {"type": "array", "items": {"type": "integer"}}, [], "UDP ports that may be open to every address."
        ),
    },
)
def security_group_ingress_limited(group: Resource, parameters: Parameters) -> Findings:
    """No inbound rule is open to the world, except for the ports of a list (443 unless set otherwise).

    Why: Every port that anyone can reach is attacked; few of them are meant for everyone.
    Fix: Let in the callers' security group or known ranges, or add the port to the rule's parameters.
    Source: Amazon VPC User Guide, "Security group rules"; AWS Config rule VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS.
    """
    for permission in permissions(group, "ingress"):
        with deferred():
            world, path = permission.open_to_world()
            ports = permission.ports
            allowed = either(
                every(
                    (
                        ports.protocol == name if ports.protocol else None,
                        _same(ports.first, port),
                        _same(ports.last, port),
                    )
                )
                for name in ("tcp", "udp")
                for port in parameters[name]
            )
            answer = every((world, negate(allowed)))
            if answer is None:
                raise unknown_part(permission, path if world is None else "")
            if answer:
                yield permission.view.finding(
                    f"the rule opens {permission.shown_ports()} to {permission.view.known(path)}; "
                    f"allow only known ranges or groups (allowed to be open: tcp {_shown(parameters['tcp'])})",
                    at=path,
                )


def _same(value: int | None, port: object) -> bool | None:
    return None if value is None else value == port


def _shown(ports: list[int]) -> str:
    return ", ".join(str(int(port)) for port in ports) or "none"  # Pulumi hands parameters over as floats


PROVIDER_DESCRIPTION: Final = "Managed by Pulumi"


@rule((GROUP, RULE, INGRESS_RULE, EGRESS_RULE), kind=Kind.COMPLIANCE, severity=Severity.LOW)
def security_group_described(group: Resource) -> Findings:
    """A security group and each of its rules carry a description of their own.

    Why: Nobody dares to remove a rule of which nobody knows the purpose. The description of a group can't be changed
    later without a replacement; the provider writes "Managed by Pulumi" when none is given.
    Fix: Say in `description` who may reach what, and why.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    with deferred():
        text = group.text("description")
        if not text or text == PROVIDER_DESCRIPTION:
            shown = f"the provider's own {text!r}" if text else "no description"
            yield group.finding(f"there is {shown}; describe who may connect, and why", at="description")
    if group.is_a(GROUP):
        for direction in ("ingress", "egress"):
            for entry in group.each(direction):
                with deferred():
                    if not entry.text("description"):
                        yield entry.finding(
                            "the inline rule has no description; describe its purpose", at="description"
                        )


@rule(
    (VPC, DEFAULT_VPC, DEFAULT_GROUP),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def default_security_group_closed(vpc: Resource, stack: Stack) -> Findings:
    """The default security group of each VPC is adopted and has no rules.

    Why: AWS makes a default group in each VPC that lets all members reach each other, and everything out. Whatever is
    launched without a group of its own lands in it.
    Fix: Add an `aws.ec2.DefaultSecurityGroup` with the VPC's id and no rules: adopting it removes them.
    Source: Amazon VPC User Guide, "Default security groups for your VPCs"; AWS Config rule
    VPC_DEFAULT_SECURITY_GROUP_CLOSED.
    """
    if vpc.is_a(DEFAULT_GROUP):
        for direction in ("ingress", "egress"):
            if vpc.has(direction):
                if vpc.is_unknown(direction):
                    raise Undecided(direction, vpc.urn)
                yield vpc.finding(
                    f"the default security group has {direction} rules; remove them and use groups of your own",
                    at=direction,
                )
        return
    adopted = stack.referring_to(vpc, DEFAULT_GROUP, via="vpcId")
    if not adopted.certain and vpc.is_a(DEFAULT_VPC):
        adopted_default = [one for one in stack.of_type(DEFAULT_GROUP) if not one.has("vpcId")]
        if any(one.region == vpc.region for one in adopted_default):
            return
    if not adopted:
        yield vpc.finding(
            "the VPC's default security group is not adopted, and lets its members reach each other and everything "
            "outside; add an `aws.ec2.DefaultSecurityGroup` without rules for it"
        )


@rule(OUTBOUND, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def security_group_egress_limited(group: Resource) -> Findings:
    """No outbound rule reaches every address.

    Why: What has been broken into calls home over an outbound rule that nobody needed.
    Fix: Name the ranges, prefix lists or groups that are called; use VPC endpoints for AWS services.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    for permission in permissions(group, "egress"):
        with deferred():
            world, path = permission.open_to_world()
            if world is None:
                raise unknown_part(permission, path)
            if world:
                yield permission.view.finding(
                    f"{permission.view.known(path)} is reachable ({permission.shown_ports()}); name the ranges, "
                    "prefix lists or groups that are called",
                    at=path,
                )


def _protocol_named(permission: Permission) -> Findings:
    protocol = permission.view.text(permission.protocol_path)
    if protocol is not None and permission.ports.everything:
        yield permission.view.finding(
            f"the {permission.direction} rule is for all protocols ({protocol}); name the protocol and its ports",
            at=permission.protocol_path,
        )


def _single_port(permission: Permission) -> Findings:
    ports = permission.ports
    if ports.protocol not in ("tcp", "udp"):
        if ports.protocol is None or ports.everything:
            permission.view.text(permission.protocol_path)
        return
    first, last = permission.view.number("fromPort"), permission.view.number("toPort")
    if first is not None and last is not None and first != last:
        yield permission.view.finding(
            f"the {permission.direction} rule opens the range {permission.shown_ports()}; write one rule per port that "
            "is used",
            at="toPort",
        )


@rule(INBOUND, kind=Kind.COMPLIANCE, severity=Severity.MEDIUM)
def security_group_ingress_protocol_named(group: Resource) -> Findings:
    """Inbound rules name a protocol.

    Why: A rule for all protocols opens every port of every protocol.
    Fix: Name the protocol ("tcp") and its ports.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    for permission in permissions(group, "ingress"):
        with deferred():
            yield from _protocol_named(permission)


@rule(OUTBOUND, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def security_group_egress_protocol_named(group: Resource) -> Findings:
    """Outbound rules name a protocol.

    Why: A rule for all protocols opens every port of every protocol.
    Fix: Name the protocol ("tcp") and its ports.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    for permission in permissions(group, "egress"):
        with deferred():
            yield from _protocol_named(permission)


@rule(INBOUND, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def security_group_ingress_single_port(group: Resource) -> Findings:
    """Inbound TCP and UDP rules name one port rather than a range.

    Why: A range opens ports that nothing serves today, and something may serve tomorrow.
    Fix: Write one rule per port.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    for permission in permissions(group, "ingress"):
        with deferred():
            yield from _single_port(permission)


@rule(OUTBOUND, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def security_group_egress_single_port(group: Resource) -> Findings:
    """Outbound TCP and UDP rules name one port rather than a range.

    Why: A range lets more out than the program needs.
    Fix: Write one rule per port.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    for permission in permissions(group, "egress"):
        with deferred():
            yield from _single_port(permission)


@rule(INBOUND, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def security_group_ingress_single_hosts(group: Resource) -> Findings:
    """Inbound address ranges are single hosts (/32 or /128).

    Why: A peer's rule set wants each caller named; a range lets in hosts that nobody named.
    Fix: Name hosts, or refer to the callers' security group.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    for permission in permissions(group, "ingress"):
        for path, value in permission.ranges:
            with deferred():
                text = permission.view.text(path)
                if text and not text.endswith("/128" if ":" in text else "/32"):
                    yield permission.view.finding(
                        f"{value} allows more than one host; name the host, or refer to the callers' group", at=path
                    )


@rule(GROUP, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def security_group_egress_stated(group: Resource, stack: Stack) -> Findings:
    """A security group states its outbound rules, inline or in separate resources.

    Why: A reader can't tell a group that needs no outbound traffic from one whose rules were forgotten. (The provider
    removes the rule that AWS adds to a new group, so that nothing may go out.)
    Fix: Write the outbound rules, as egress or as `aws.vpc.SecurityGroupEgressRule`.
    Source: Amazon VPC User Guide, "Security group rules".
    """
    if group.raw("egress") is not None or stack.referring_to(group, EGRESS_RULE, via="securityGroupId").certain:
        return
    older = stack.referring_to(group, RULE, via="securityGroupId")
    for found in older.certain:
        if found.text("type") == "egress":
            return
    if older.maybe_more or stack.referring_to(group, EGRESS_RULE, via="securityGroupId").maybe_more:
        raise Undecided("egress", group.urn, "may be stated by a rule whose group is not known yet")
    yield group.finding("the group states no outbound rules; add those that it needs", at="egress")
