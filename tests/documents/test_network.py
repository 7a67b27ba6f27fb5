"""Address ranges and ports, IPv4 beside IPv6, known beside unknown."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import network
from preflight.documents.answer import Answer, Invalid
from preflight.wire import UNKNOWN_NUMBER, UNKNOWN_STRING


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("10.0.0.0/16", None),
        ("2001:db8::/56", None),
        ("10.0.1.0/16", "the range is 10.0.0.0/16"),
        ("10.0.0.256/16", "IP address"),
        ("10.0.0.0", "no prefix length"),
        ("10.0.0.0/33", "0 to 32"),
        ("10.0.0.0/x", "prefix length 'x'"),
        ("10.0.0.0/٣", "prefix length"),
        ("", "no prefix length"),
        (None, "not in CIDR notation"),
    ],
)
def test_problem(text: object, fragment: str | None) -> None:
    found = network.problem(text)
    assert found is None if fragment is None else fragment in (found or "")


@given(st.text(max_size=25) | st.text("0123456789./:abf", max_size=25))
def test_no_text_raises(text: str) -> None:
    for question in (network.problem, network.subnet_problem):
        assert question(text) is None or question(text)
    for judge in (network.is_world, network.is_private, network.is_wide):
        assert judge(text) in (True, False, None)
    network.ports(text, text, text)
    network.overlapping([text, "10.0.0.0/8"])
    network.inside(text, [text])


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_a_true_network_is_read(address: int, prefix: int) -> None:
    expected = ipaddress.ip_network((address, prefix), strict=False)
    assert network.parse(str(expected)) == expected
    assert isinstance(network.parse("::ffff/200"), Invalid)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("10.0.0.0/16", None),
        ("10.0.0.0/28", None),
        ("10.0.0.0/29", "/16 to /28"),
        ("10.0.0.0/8", "/16 to /28"),
        ("2001:db8::/64", None),
        ("2001:db8::/65", "/44 to /64"),
        ("10.0.0.1/24", "host bits"),
    ],
)
def test_subnet_problem(text: str, fragment: str | None) -> None:
    found = network.subnet_problem(text)
    assert found is None if fragment is None else fragment in (found or "")


@pytest.mark.parametrize(
    ("ranges", "answer"),
    [
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("0:0:0:0:0:0:0:0/0", True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2"], True),
        (["::/1", "8000::/1"], True),
        ("0.0.0.0/1", False),
        (["10.0.0.0/8", "::/1"], False),
        ([], False),
        (None, False),
        (UNKNOWN_STRING, None),
        (["10.0.0.0/8", UNKNOWN_STRING], None),
        (["0.0.0.0/0", UNKNOWN_STRING], True),
        ("not a range", False),
    ],
)
def test_is_world(ranges: object, answer: Answer) -> None:
    assert network.is_world(ranges) is answer


@pytest.mark.parametrize(
    ("inner", "outers", "answer"),
    [
        ("10.0.1.0/24", ["10.0.0.0/16"], True),
        ("10.1.1.0/24", ["10.0.0.0/16"], False),
        ("10.1.1.0/24", ["10.0.0.0/16", "10.1.0.0/16"], True),
        ("10.1.1.0/24", ["10.0.0.0/16", UNKNOWN_STRING], None),
        (UNKNOWN_STRING, ["10.0.0.0/16"], None),
        ("2001:db8::/64", ["10.0.0.0/16", "2001:db8::/56"], True),
    ],
)
def test_inside(inner: str, outers: list[str], answer: Answer) -> None:
    assert network.inside(inner, outers) is answer


def test_overlaps() -> None:
    assert network.overlap("10.0.0.0/16", "10.0.128.0/17") is True
    assert network.overlap("10.0.0.0/16", "10.1.0.0/16") is False
    assert network.overlap("10.0.0.0/16", "::/0") is False
    assert network.overlap("10.0.0.0/16", UNKNOWN_STRING) is None
    assert network.overlapping(["10.0.0.0/24", "10.0.1.0/24", UNKNOWN_STRING, "10.0.0.128/25"]) == [(0, 3)]


def test_private_and_wide() -> None:
    assert network.is_private("10.1.0.0/16") is True
    assert network.is_private("11.0.0.0/16") is False
    assert network.is_private("fd00::/8") is True
    assert network.is_private(UNKNOWN_STRING) is None
    assert network.is_wide("0.0.0.0/1") is True
    assert network.is_wide("11.0.0.0/8") is False
    assert network.is_wide("2001::/16") is True
    assert network.is_wide(None) is None


@pytest.mark.parametrize(
    ("protocol", "first", "last", "ssh", "everything"),
    [
        ("tcp", 22, 22, True, False),
        ("TCP", "22", "22", True, False),
        ("6", 0, 65535, True, False),
        (6, 0, 65535, True, False),
        ("-1", 0, 0, True, True),
        (-1, None, None, True, True),
        ("all", 0, 0, True, True),
        ("tcp", None, None, True, False),
        ("tcp", -1, -1, True, False),
        ("tcp", 0, 0, False, False),
        ("tcp", 80, None, False, False),
        ("tcp", None, 22, True, False),
        ("udp", 22, 22, False, False),
        ("icmp", 8, -1, False, False),
        ("tcp", 20, UNKNOWN_NUMBER, None, False),
        ("tcp", 23, UNKNOWN_NUMBER, False, False),
        (UNKNOWN_STRING, 22, 22, None, None),
        (UNKNOWN_STRING, 80, 80, None, None),
        ("tcp", True, True, None, False),
    ],
)
def test_ports(protocol: object, first: object, last: object, ssh: Answer, everything: Answer) -> None:
    opened = network.ports(protocol, first, last)
    assert opened.covers(22) is ssh
    assert opened.touches(22, 22) is ssh
    assert opened.everything is everything


def test_port_ranges() -> None:
    opened = network.ports("tcp", 8000, 9000)
    assert opened.covers_range(8000, 9000) is True
    assert opened.covers_range(8000, 9001) is False
    assert opened.touches(8999, 9999) is True
    assert opened.touches(9001, 9999) is False
    assert opened.touches(8000, 8000, "udp") is False
    assert opened.all_ports is False
    assert network.ports("tcp", 0, 65535).all_ports is True
    assert network.ports("icmp", -1, -1).all_ports is False
    assert network.ports("-1", 0, 0).all_ports is True
    assert network.ports(UNKNOWN_STRING, None, None).all_ports is None
    assert network.protocol_name("58") == "icmpv6"
    assert network.protocol_name(None) is None
    assert network.protocol_name(17.0) == "udp"
