"""Certificates in PEM texts: when they end, and texts that are none. The certificates are self-signed; their keys are gone."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents import pem
from preflight.documents.answer import Invalid

ENDS_2027 = """\
-----BEGIN CERTIFICATE-----
MIIBJTCBzKADAgECAgISZzAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFwcmVmbGln
aHQuZXhhbXBsZTAeFw0yNjAxMDIwMzA0MDVaFw0yNzAxMDIwMzA0MDVaMBwxGjAY
BgNVBAMMEXByZWZsaWdodC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAESBuGh6u6fpMk+sNRK9fr3R4u950FtURk8Wdv4gEGRv/eyKG8Gkn9ETyNiHAg
g5lp++H2iLfeGTV1FfWhdktE1zAKBggqhkjOPQQDAgNIADBFAiEAlKY2cz0N7ZP7
gEakHTIzNi8S2crGRXOE27uRm2A6PmUCIAKMx/zWPnIeQafzE4gbeEkIYioPtfU8
kioo28l+1wzS
-----END CERTIFICATE-----
"""
ENDS_2051 = """\
-----BEGIN CERTIFICATE-----
MIIBJzCBzqADAgECAgISZzAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFwcmVmbGln
aHQuZXhhbXBsZTAgFw00OTEyMzEwMDAwMDBaGA8yMDUxMDEwMTAwMDAwMFowHDEa
MBgGA1UEAwwRcHJlZmxpZ2h0LmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAATSfEOsowO1Mgu+NLggGxbxYuZ7FQlCErUVl9wjuiVtacyftJINHWtH/JgM
TnMA4bObu6ioxBtVXitdbzXJAbgWMAoGCCqGSM49BAMCA0gAMEUCIFVqGeXU4qwe
PoaKA6W8djUvVVsGLalFmWk9EbTrV1oIAiEA5NAdTRKP3TjpaoZCVSWiNJJDbQGB
XF698k69/RNzZG0=
-----END CERTIFICATE-----
"""
UTC = datetime.timezone.utc


def test_both_forms_of_time_are_read() -> None:
    early = pem.certificate(ENDS_2027)
    assert isinstance(early, pem.Certificate)
    assert early.not_before == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert early.not_after == datetime.datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    late = pem.certificate("a chain begins with the certificate\n" + ENDS_2051 + ENDS_2027)
    assert isinstance(late, pem.Certificate)
    assert late.not_after == datetime.datetime(2051, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "no '-----BEGIN CERTIFICATE-----' block"),
        ("-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----", "not Base64"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "not an X.509 certificate"),
        (ENDS_2027.replace("BEGIN CERTIFICATE", "BEGIN RSA PRIVATE KEY"), "no '-----BEGIN CERTIFICATE-----' block"),
    ],
)
def test_no_certificate(text: str, fragment: str) -> None:
    found = pem.certificate(text)
    assert isinstance(found, Invalid)
    assert fragment in found.reason


@given(st.integers(28, len(ENDS_2027) - 30), st.text("AZaz09+/= \n", max_size=6))
def test_no_damaged_certificate_raises(place: int, damage: str) -> None:
    pem.certificate(ENDS_2027[:place] + damage + ENDS_2027[place + len(damage) :])


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert isinstance(pem.certificate(text), Invalid)
    pem.certificate(f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----")
