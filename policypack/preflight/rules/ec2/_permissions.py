"""The rules of security groups in one shape, whichever of the four ways a program writes them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ...documents import network
from ...documents.answer import Answer, either, every
from ...rule import Resource, Undecided, View

GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

_DIRECTION_OF: Final = {INGRESS_RULE: "ingress", EGRESS_RULE: "egress"}


@dataclass(frozen=True)
class Permission:
    """One rule of a security group.

    ``view`` is the resource or inline entry that states it, ``direction`` ingress or egress, ``is_inline`` whether it
    stands inside its group. ``protocol_path`` and ``range_paths`` are paths from ``view``.
    """

    view: View
    direction: str
    is_inline: bool
    protocol_path: str
    range_paths: tuple[str, ...]

    @property
    def ports(self) -> network.Ports:
        """The protocol and ports, unknown parts left open."""
        view = self.view
        return network.ports(view.raw(self.protocol_path), view.raw("fromPort"), view.raw("toPort"))

    @property
    def ranges(self) -> list[tuple[str, Any]]:
        """The address ranges as (path, value or unknown sentinel), IPv4 first."""
        found: list[tuple[str, Any]] = []
        for path in self.range_paths:
            value = self.view.raw(path)
            if isinstance(value, list):
                found += [(f"{path}[{index}]", item) for index, item in enumerate(value) if item is not None]
            elif value is not None:
                found.append((path, value))
        return found

    def open_to_world(self) -> tuple[Answer, str]:
        """Tell whether every IPv4 or every IPv6 address is let in or out, and the path that says so (or is unknown)."""
        ranges = self.ranges
        for path, value in ranges:
            if network.is_world(value):
                return True, path
        answer = network.is_world([value for _, value in ranges])
        unknown = [path for path, value in ranges if network.is_world(value) is None]
        return answer, (unknown or [path for path, _ in ranges] or [self.range_paths[0]])[0]

    def shown_ports(self) -> str:
        """The protocol and ports for a message."""
        return shown_ports(self.ports)


def shown_ports(ports: network.Ports) -> str:
    """Protocol and ports for a message: ``tcp 22``, ``udp 0-65535``, ``all traffic``."""
    if ports.protocol == "all":
        return "all traffic"
    if ports.protocol not in ("tcp", "udp"):
        return ports.protocol or "an unknown protocol"
    if ports.first == ports.last:
        return f"{ports.protocol} {ports.first}"
    return f"{ports.protocol} {ports.first}-{ports.last}"


def direction_of(resource: Resource) -> str | None:
    """Return the direction of a separate rule, None for a group.

    Raises:
        Undecided: the type of a SecurityGroupRule is unknown.
    """
    if resource.is_a(RULE):
        return resource.text("type")
    return _DIRECTION_OF.get(resource.kind)


def permissions(resource: Resource, direction: str) -> Iterator[Permission]:
    """Yield the rules of one direction that a group, or a separate rule resource, states.

    Raises:
        Undecided: at the end, when an inline entry, or the direction of a separate rule, is unknown.
    """
    if resource.is_a(GROUP, DEFAULT_GROUP):
        for entry in resource.each(direction):
            yield Permission(entry, direction, True, "protocol", ("cidrBlocks", "ipv6CidrBlocks"))
    elif direction_of(resource) == direction:
        if resource.is_a(RULE):
            yield Permission(resource, direction, False, "protocol", ("cidrBlocks", "ipv6CidrBlocks"))
        else:
            yield Permission(resource, direction, False, "ipProtocol", ("cidrIpv4", "cidrIpv6"))


def open_ports(permission: Permission, *ports: int) -> tuple[list[int], str]:
    """Return which of some TCP ports a rule opens to the world, and the path of the range that does.

    Raises:
        Undecided: it opens none for certain, and an unknown value could make it.
    """
    world, path = permission.open_to_world()
    answers = {port: every((world, permission.ports.covers(port))) for port in ports}
    found = [port for port, answer in answers.items() if answer]
    if not found and either(answers.values()) is None:
        raise unknown_part(permission, path if world is None else "")
    return found, path


def unknown_part(permission: Permission, path: str = "") -> Undecided:
    """Return what to raise for a rule of which a part is unknown: at the path, or at its protocol or ports."""
    view = permission.view
    if not path:
        parts = (permission.protocol_path, "fromPort", "toPort")
        path = next((part for part in parts if view.is_unknown(part)), permission.protocol_path)
    return Undecided(f"{view.path}.{path}" if view.path else path, view.owner.urn)
