"""Security groups that AWS accepts: no circles, one owner per rule, valid ports, sources and texts."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Final, TypeAlias

from ...documents import network
from ...documents.answer import Invalid
from ...facts import ec2
from ...rule import Findings, Kind, Resource, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from .._shared_graph import listed, marked
from .._shared_targets import earlier, target_of
from ._permissions import (
    DEFAULT_GROUP,
    EGRESS_RULE,
    GROUP,
    INGRESS_RULE,
    RULE,
    Permission,
    direction_of,
    permissions,
    shown_ports,
)

DIRECTIONS: Final = ("ingress", "egress")

Traffic: TypeAlias = tuple[str | None, network.Ports]
"""Direction, protocol and ports of a rule."""


@rule(GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def security_groups_acyclic(group: Resource, stack: Stack) -> Findings:
    """Security groups do not refer to each other in a circle through their inline rules.

    Why: Each group of a circle has to exist before the other, so that one update can't create them ("Circular
    dependency between resources", or InvalidGroup.NotFound for an id that is not there yet), and none can be deleted
    before the other ("DependencyViolation: resource sg-… has a dependent object"). A rule may refer to its own group.
    Fix: Make the groups without inline rules, and write each reference as a `aws.vpc.SecurityGroupIngressRule` or
    `aws.vpc.SecurityGroupEgressRule`: with `self.db_from_app = SecurityGroupIngressRule(security_group_id=db.id,
    referenced_security_group_id=app.id, …)` the groups come first, the rules after them. Where no reference is needed,
    an address range (`cidrIpv4`) breaks the circle too.
    Source: Amazon VPC User Guide, "Security group rules", "Security group referencing"; CloudFormation User Guide,
    "Circular dependency".
    """
    circle = _circle_from(group, stack)
    if circle:
        names = [member.name for member, _ in circle]
        shown = " -> ".join([*names, names[0]])
        yield group.finding(
            f"security groups refer to each other in a circle through inline rules ({shown}), so none "
            "can be created or deleted first; define the references as "
            "`aws.vpc.SecurityGroupIngressRule` or `aws.vpc.SecurityGroupEgressRule` resources",
            at=circle[0][1],
        )
        return
    for direction in DIRECTIONS:
        if stack.referred_by(group, f"{direction}.securityGroups", GROUP).maybe_more and _is_referred(group, stack):
            raise Undecided(direction, group.urn, "may refer to a group that refers back")


def _edges(stack: Stack) -> dict[str, dict[str, str]]:
    """Which groups each group's inline rules refer to: URN to {URN: direction}; references to itself left out."""

    def edges_of(stack: Stack) -> dict[str, dict[str, str]]:
        groups = stack.of_type(GROUP)
        # In the default VPC, where a group names no VPC, inline rules may refer to groups by their names.
        owner = {
            text: other.urn
            for other in groups
            for text in stack.identities(other)
            if text.startswith("sg-") or not other.has("vpcId")
        }
        urns = {other.urn for other in groups}
        found: dict[str, dict[str, str]] = {}
        for one in groups:
            edges = found[one.urn] = {}
            for direction in DIRECTIONS:
                for urn in one.property_dependencies.get(direction, ()):
                    if urn in urns and urn != one.urn:
                        edges.setdefault(urn, direction)
                for text in _known_sources(one, direction):
                    if text in owner and owner[text] != one.urn:
                        edges.setdefault(owner[text], direction)
        return found

    return stack.once("security group edges", edges_of)


def _known_sources(group: Resource, direction: str) -> list[str]:
    found: list[str] = []
    try:
        found.extend(value for value in group.values(f"{direction}.securityGroups") if isinstance(value, str))
    except Undecided:
        return found
    return found


def _is_referred(group: Resource, stack: Stack) -> bool:
    return any(group.urn in targets for targets in _edges(stack).values())


def _circle_from(group: Resource, stack: Stack) -> list[tuple[Resource, str]]:
    """The shortest circle through a group, as (group, direction that leads on); empty unless the group is its first."""
    edges = _edges(stack)
    came_from: dict[str, str] = {}
    queue = [group.urn]
    for urn in queue:
        for target in edges.get(urn, {}):
            if target not in came_from:
                came_from[target] = urn
                queue.append(target)
    if group.urn not in came_from:
        return []
    path = [came_from[group.urn]]
    while path[-1] != group.urn:
        path.append(came_from[path[-1]])
    path.reverse()
    order = [other.urn for other in stack.of_type(GROUP)]
    if min(path, key=order.index) != group.urn:
        return []
    members = {other.urn: other for other in stack.of_type(GROUP)}
    following = [*path[1:], path[0]]
    return [(members[urn], edges[urn][after]) for urn, after in zip(path, following, strict=True)]


@rule(GROUP, kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def security_group_rules_single_owner(group: Resource, stack: Stack) -> Findings:
    """The rules of a security group are either inline or separate resources, not both in one direction.

    Why: Inline rules are the whole set of their direction: the next update removes every rule that a separate resource
    made, and the one after makes it again, so that connections break from time to time. AWS reports no error.
    Fix: Keep all rules of the group in `aws.vpc.SecurityGroupIngressRule` and `aws.vpc.SecurityGroupEgressRule`
    resources (which may name a group, or an address range where the other side has no group), and leave ingress and
    egress out of the group.
    Source: Pulumi AWS, "`aws.ec2.SecurityGroup`", the note on inline and separate rules; Amazon VPC User Guide,
    "Security group rules".
    """
    for direction, separate_type in (("ingress", INGRESS_RULE), ("egress", EGRESS_RULE)):
        with deferred():
            if not group.has(direction) or direction in group.options.ignore_changes:
                continue
            names = [found.name for found in stack.referring_to(group, separate_type, via="securityGroupId").certain]
            partners = stack.referring_to(group, RULE, via="securityGroupId")
            unknown: Undecided | None = None
            for found in partners.certain:
                if found.is_unknown("type"):
                    unknown = Undecided("type", found.urn)
                elif found.text("type") == direction:
                    names.append(found.name)
            if names:
                yield group.finding(
                    f"the group has inline {direction} rules, and separate rules of the same direction "
                    f"({listed(names)}), which "
                    f"the inline set removes at the next update. Move all {direction} rules into separate resources",
                    at=direction,
                )
            elif unknown:
                raise unknown
            elif partners.maybe_more or stack.referring_to(group, separate_type, via="securityGroupId").maybe_more:
                raise Undecided(direction, group.urn, "may also have separate rules")


@rule((GROUP, DEFAULT_GROUP, RULE, INGRESS_RULE, EGRESS_RULE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def security_group_ports_valid(group: Resource) -> Findings:
    """Security group rules have ports that fit their protocol.

    Why: EC2 refuses TCP and UDP rules without ports ("Invalid value for portRange. Must specify both from and to ports
    with TCP/UDP."), with the first above the last ("Invalid TCP port range") or beyond 65535. The provider refuses an
    inline rule for all protocols that names ports ("from_port (443) and to_port (443) must both be 0 to use the 'ALL'
    "-1" protocol!"). A separate rule for all protocols opens every port whatever it names.
    Fix: Give inline rules for protocol "-1" the ports 0 and 0, vpc rules none; give TCP and UDP rules both ports, the
    lower one first.
    Source: Amazon EC2 API Reference, "AuthorizeSecurityGroupIngress", "IpPermission".
    """
    for direction in DIRECTIONS:
        for permission in permissions(group, direction):
            with deferred():
                yield from _port_problems(permission)


def _port_problems(permission: Permission) -> Findings:
    view = permission.view
    protocol = network.protocol_name(view.text(permission.protocol_path))
    first, last = view.number("fromPort"), view.number("toPort")
    if protocol == "all":
        named = [port for port in (first, last) if port not in (None, 0, -1)]
        if permission.is_inline and named:
            yield view.finding(
                f"the inline rule is for all protocols ({view.text('protocol')}) and names port {named[0]}; use 0 and "
                "0, or a protocol",
                at="fromPort" if first == named[0] else "toPort",
            )
        elif named:
            yield view.finding(
                f"the rule is for all protocols, so that port {named[0]} has no effect and all ports are open; name a "
                "protocol or leave the ports out",
                at="fromPort" if first == named[0] else "toPort",
                severity=Severity.LOW,
            )
    elif protocol in ("tcp", "udp"):
        if first is None or last is None:
            missing = "fromPort" if first is None else "toPort"
            yield view.finding(
                f"the {protocol} rule has no `{missing}`; EC2 needs both ports with {protocol}", at=missing
            )
        elif first > last:
            yield view.finding(f"the port range {first} to {last} is reversed; put the lower port first", at="fromPort")
        elif last > 65535:
            yield view.finding(f"port {last} is above 65535, the last that there is", at="toPort")


@rule((INGRESS_RULE, EGRESS_RULE, RULE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def security_group_rule_defined_once(permission: Resource, stack: Stack) -> Findings:
    """No two rule resources of a security group say the same.

    Why: EC2 refuses the second one: "InvalidPermission.Duplicate: the specified rule … already exists". Descriptions
    and tags make no difference to it.
    Fix: Remove one of the two; set one of them rule both purposes in its description.
    Source: Amazon EC2 API Reference, "AuthorizeSecurityGroupIngress"; error codes, "InvalidPermission.Duplicate".
    """
    group = target_of(stack, permission, "securityGroupId", GROUP, DEFAULT_GROUP)
    alike = stack.once("security group rules by traffic", _by_traffic).get((group, _traffic(permission)), [])
    for other in earlier(permission, alike):
        with deferred():
            mine, theirs = _sources_once(permission, stack), _sources_once(other, stack)
            both = sorted(source for source in mine.keys() & theirs.keys() if source[1] != UNKNOWN_SOURCE)
            if both:
                path = mine[both[0]]
                yield permission.finding(
                    f"rule {other.name} already allows {shown_ports(_traffic(permission)[1])} "
                    f"{direction_of(permission)} for the "
                    f"same group and the same source; EC2 refuses the second one. Remove one of them",
                    at=path,
                )
                return
            for sources, others in ((mine, theirs), (theirs, mine)):
                for (family, text), path in sources.items():
                    if text == UNKNOWN_SOURCE and any(one == family for one, _ in others):
                        raise Undecided(path, permission.urn)


def _by_traffic(stack: Stack) -> dict[tuple[str | None, Traffic], list[Resource]]:
    """The separate rules by group and traffic, in the order of their URNs; those of which one is unknown left out."""
    index: dict[tuple[str | None, Traffic], list[Resource]] = {}
    for one in sorted(stack.of_type(INGRESS_RULE, EGRESS_RULE, RULE), key=attrgetter("urn")):
        try:
            key = target_of(stack, one, "securityGroupId", GROUP, DEFAULT_GROUP), _traffic(one)
        except Undecided:
            continue
        index.setdefault(key, []).append(one)
    return index


def _traffic(permission: Resource) -> Traffic:
    """Direction, protocol and ports of a separate rule."""
    protocol = permission.text("protocol" if permission.is_a(RULE) else "ipProtocol")
    return direction_of(permission), network.ports(protocol, permission.number("fromPort"), permission.number("toPort"))


UNKNOWN_SOURCE: Final = "?"
_RANGES: Final = {
    "cidrIpv4": "IPv4",
    "cidrBlocks": "IPv4",
    "cidrIpv6": "IPv6",
    "ipv6CidrBlocks": "IPv6",
    "prefixListId": "prefix list",
    "prefixListIds": "prefix list",
}


def _sources_once(permission: Resource, stack: Stack) -> dict[tuple[str, str], str]:
    """What :func:`_sources` gives, made once for each rule of a stack."""
    return stack.once(f"sources of {permission.urn}", lambda stack: _sources(permission, stack))


def _sources(permission: Resource, stack: Stack) -> dict[tuple[str, str], str]:
    """What a separate rule lets in or out: (family, text or UNKNOWN_SOURCE) to the path that says so."""
    found: dict[tuple[str, str], str] = {}
    for path in ("referencedSecurityGroupId", "sourceSecurityGroupId"):
        if permission.has(path):
            groups = stack.referred_by(permission, path, GROUP, DEFAULT_GROUP).certain
            known = groups[0].urn if len(groups) == 1 else permission.known(path)
            found["group", known or UNKNOWN_SOURCE] = path
    if permission.has("self") and permission.flag("self"):
        found["self", ""] = "self"
    for path, family in _RANGES.items():
        try:
            for value in permission.values(path):
                found[family, str(network.network(value) or value)] = path
        except Undecided:
            found[family, UNKNOWN_SOURCE] = path
    return found


@rule((GROUP, INGRESS_RULE, EGRESS_RULE, RULE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def security_group_text_valid(group: Resource) -> Findings:
    """Names and descriptions of security groups and their rules have only characters that EC2 accepts.

    Why: EC2 refuses others, apostrophes and dashes of print among them: "Value (…) for parameter GroupDescription is
    invalid. Character sets beyond ASCII are not supported." A name must not begin with "sg-", and no text be longer
    than 255.
    Fix: Use letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* only.
    Source: Amazon EC2 API Reference, "CreateSecurityGroup", "IpRange".
    """
    for view, path in _texts(group):
        with deferred():
            text = view.text(path)
            if not text:
                continue
            wrong = next((one for one in text if not ec2.SECURITY_GROUP_TEXT.fullmatch(one)), None)
            if path == "name" and text.startswith(ec2.SECURITY_GROUP_REFUSED_PREFIX):
                yield view.finding(
                    f"the name {text!r} begins with 'sg-', which is reserved for ids; choose another name", at=path
                )
            elif len(text) > ec2.SECURITY_GROUP_TEXT_MAX_LENGTH:
                yield view.finding(f"the {path} has {len(text)} characters; EC2 accepts 255", at=path)
            elif wrong:
                yield view.finding(
                    f"the {path} has the character {wrong!r} (U+{ord(wrong):04X}), which EC2 refuses; use letters, "
                    "digits, spaces and ._-:/()#,@[]+=&;{}!$* only",
                    at=path,
                )


def _texts(group: Resource) -> Iterator[tuple[View, str]]:
    if group.is_a(GROUP):
        yield group, "name"
    yield group, "description"
    if group.is_a(GROUP):
        for direction in DIRECTIONS:
            for entry in group.each(direction):
                yield entry, "description"


_SOURCES: Final = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


@rule((INGRESS_RULE, EGRESS_RULE, RULE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def security_group_source_single(permission: Resource) -> Findings:
    """A security group rule has one source or destination, written in the right property.

    Why: The provider refuses a vpc rule without exactly one source ("Invalid Attribute Combination: Exactly one of
    these attributes must be configured"), and a range of the wrong family or with host bits set ("is not a valid IPv4
    CIDR block").
    Fix: Write one rule per source: `cidrIpv4`, `cidrIpv6`, `prefixListId` or `referencedSecurityGroupId`.
    Source: Pulumi AWS, "`aws.vpc.SecurityGroupIngressRule`"; Amazon EC2 API Reference, "IpPermission".
    """
    if not permission.is_a(RULE):
        present = [path for path in _SOURCES if permission.has(path)]
        if not present:
            yield permission.finding(f"the rule has no source; set one of {marked(_SOURCES, 9)}")
        elif len(present) > 1:
            yield permission.finding(
                f"the rule has {len(present)} sources ({marked(present)}); write one rule for each", at=present[1]
            )
    for path, version in (("cidrIpv4", 4), ("cidrBlocks", 4), ("cidrIpv6", 6), ("ipv6CidrBlocks", 6)):
        with deferred():
            for value in permission.values(path):
                found = network.parse(value)
                if isinstance(found, Invalid):
                    yield permission.finding(f"the range is refused: {found.reason}", at=path)
                elif found.version != version:
                    yield permission.finding(
                        f"{value} is an IPv{found.version} range; `{path}` accepts IPv{version} ranges", at=path
                    )
