"""Address ranges and ports: parsing, overlaps, what is open to the world, what AWS takes as a subnet.

Unknown values (sentinels of :mod:`preflight.wire`) may stand in place of a range or a port; the answer is then
three-valued.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..wire import is_unknown
from .answer import Answer, Invalid, either

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WORLD_V4 = ipaddress.IPv4Network("0.0.0.0/0")
_WORLD_V6 = ipaddress.IPv6Network("::/0")
_PRIVATE_V4 = tuple(ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))

# Source: "Assigned Internet Protocol Numbers", IANA; EC2 takes names and numbers.
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "-1": "all", "all": "all"}


def parse(text: object) -> Network | Invalid:
    """Read an address range in CIDR notation, with the reason when it is none.

    A range whose address has bits set outside of its prefix is refused, as EC2 refuses it for VPCs and subnets.
    """
    if not isinstance(text, str):
        return Invalid(f"{text!r} is not in CIDR notation")
    address, slash, prefix = text.partition("/")
    if not slash:
        return Invalid(f"{text!r} has no prefix length, such as /16")
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return Invalid(f"{text!r} does not begin with an IP address")
    if not prefix.isascii() or not prefix.isdigit() or int(prefix[:4]) > host.max_prefixlen:
        return Invalid(f"{text!r} has the prefix length {prefix!r}; 0 to {host.max_prefixlen} are possible")
    network = ipaddress.ip_network(f"{address}/{prefix}", strict=False)
    if network.network_address != host:
        return Invalid(f"{text!r} has host bits set; the range is {network}")
    return network


def network(text: object) -> Network | None:
    """Read an address range, host bits allowed; ``None`` for everything else, an unknown value among them."""
    if not isinstance(text, str) or "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def problem(text: object) -> str | None:
    """Say why a known text is no address range in CIDR notation; ``None`` when it is one."""
    found = parse(text)
    return found.reason if isinstance(found, Invalid) else None


def subnet_problem(text: object) -> str | None:
    """Say why EC2 would refuse a known IPv4 or IPv6 range for a VPC or a subnet; ``None`` when it would take it.

    Source: "VPC CIDR blocks" and "Subnet CIDR blocks", Amazon VPC user guide: IPv4 /16 to /28, IPv6 /44 to /64 in steps
        of four.
    """
    found = parse(text)
    if isinstance(found, Invalid):
        return found.reason
    if found.version == 4 and not 16 <= found.prefixlen <= 28:
        return f"{found} is a /{found.prefixlen}; AWS takes /16 to /28"
    if found.version == 6 and (found.prefixlen not in range(44, 65, 4)):
        return f"{found} is a /{found.prefixlen}; AWS takes /44 to /64 in steps of four"
    return None


def inside(inner: object, outers: Iterable[object]) -> Answer:
    """Tell whether a range lies wholly inside one of some others; ``None`` when an unknown or malformed one decides
    it.
    """
    one = network(inner)
    return either(None if one is None or other is None else _within(one, other) for other in map(network, outers))


def overlap(left: object, right: object) -> Answer:
    """Tell whether two ranges share an address; ``None`` when one is unknown or no range."""
    one, other = network(left), network(right)
    if one is None or other is None:
        return None
    return one.version == other.version and one.overlaps(other)


def overlapping(ranges: Sequence[object]) -> list[tuple[int, int]]:
    """List the index pairs of ranges that share an address; unknown and malformed ones are passed over."""
    known = [(index, one) for index, one in enumerate(map(network, ranges)) if one is not None]
    return [
        (i, j)
        for (i, one), (j, other) in combinations(known, 2)
        if one.version == other.version and one.overlaps(other)
    ]


def is_world(ranges: object) -> Answer:
    """Tell whether a range, or some ranges together, are every IPv4 or every IPv6 address.

    ``0.0.0.0/0`` and ``::/0`` are, and so are splits of them, such as ``0.0.0.0/1`` with ``128.0.0.0/1``. ``None`` when
    the known ones are not and another is unknown.
    """
    listed = list(ranges) if isinstance(ranges, (list, tuple, set, frozenset)) else [ranges]
    v4 = [one for one in map(network, listed) if isinstance(one, ipaddress.IPv4Network)]
    v6 = [one for one in map(network, listed) if isinstance(one, ipaddress.IPv6Network)]
    if _WORLD_V4 in ipaddress.collapse_addresses(v4) or _WORLD_V6 in ipaddress.collapse_addresses(v6):
        return True
    return None if any(map(is_unknown, listed)) else False


def is_private(text: object) -> Answer:
    """Tell whether a range lies inside the private ones of RFC 1918, or RFC 4193 for IPv6; ``None`` for what is no
    range.
    """
    one = network(text)
    if one is None:
        return None
    if isinstance(one, ipaddress.IPv4Network):
        return any(one.subnet_of(private) for private in _PRIVATE_V4)
    return one.subnet_of(ipaddress.IPv6Network("fc00::/7"))


def is_wide(text: object) -> Answer:
    """Tell whether S3 would count a source range as public: wider than /8 (IPv4) or /32 (IPv6), and not private.

    Source: "Blocking public access to your Amazon S3 storage", the meaning of "public".
    """
    one = network(text)
    if one is None:
        return None
    return one.prefixlen < (8 if one.version == 4 else 32) and not is_private(text)


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


@dataclass(frozen=True)
class Ports:
    """The ports that a security group rule or a network ACL entry opens.

    ``protocol`` is a lower-case name (``tcp``, ``udp``, ``icmp``, ``icmpv6``, ``all``) or another protocol's number;
    ``None`` when it is unknown. ``first`` and ``last`` are ``None`` when unknown.
    """

    protocol: str | None
    first: int | None
    last: int | None

    @property
    def everything(self) -> Answer:
        """Tell whether all ports of all protocols are open."""
        return None if self.protocol is None else self.protocol == "all"

    @property
    def all_ports(self) -> Answer:
        """Tell whether every port of the protocol is open (0 to 65535, or all protocols)."""
        return self.covers_range(0, 65535) if self.protocol in {"tcp", "udp", None} else self.everything

    def covers(self, port: int, protocol: str = "tcp") -> Answer:
        """Tell whether a port of a protocol is open."""
        return self.covers_range(port, port, protocol)

    def covers_range(self, first: int, last: int, protocol: str | None = None) -> Answer:
        """Tell whether all ports of a range are open; ``protocol`` ``None`` stands for the rule's own."""
        if self.protocol == "all":
            return True
        if self.protocol is None:
            return None
        if protocol is not None and self.protocol != protocol:
            return False
        if (self.first is not None and self.first > first) or (self.last is not None and self.last < last):
            return False
        return None if None in (self.first, self.last) else True

    def touches(self, first: int, last: int, protocol: str = "tcp") -> Answer:
        """Tell whether any port of a range is open."""
        if self.protocol == "all":
            return True
        if self.protocol is None:
            return None
        if self.protocol != protocol:
            return False
        if (self.first is not None and self.first > last) or (self.last is not None and self.last < first):
            return False
        return None if None in (self.first, self.last) else True


def protocol_name(value: object) -> str | None:
    """The lower-case name of a protocol given by name or number; ``all`` for ``-1``; ``None`` when unknown or
    absent.
    """
    if value is None or is_unknown(value):
        return None
    text = str(int(value)) if isinstance(value, float) else str(value)
    text = text.strip().lower()
    return _PROTOCOLS.get(text, text)


def ports(protocol: object, first: object, last: object) -> Ports:
    """Read the protocol and the port range of a rule as a program writes them: texts or numbers, ``-1`` for all.

    An absent range (``None`` twice), or ``-1``, means all ports; one absent end equals the other. With protocol ``-1``
    the ports have no meaning. For ICMP, ``first`` and ``last`` are type and code. Source:
    "AuthorizeSecurityGroupIngress", "CreateNetworkAclEntry", Amazon EC2 API reference.
    """
    name = protocol_name(protocol)
    if name == "all":
        return Ports("all", 0, 65535)
    low, high = _port(first), _port(last)
    low_absent, high_absent = first is None or low == -1, last is None or high == -1
    if low_absent and high_absent:
        return Ports(name, 0, 65535)
    if low_absent:
        return Ports(name, 0 if low == -1 else high, high)
    if high_absent:
        return Ports(name, low, 65535 if high == -1 else low)
    return Ports(name, low, high)


def _port(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return int(value) if value == value and abs(value) < 1e9 else None
    if isinstance(value, str) and len(value) < 8 and value.strip().removeprefix("-").isdecimal():
        return int(value)
    return None
