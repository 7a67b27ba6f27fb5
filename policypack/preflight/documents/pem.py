"""The validity of an X.509 certificate in a PEM text: as much of it as a rule needs, without a library for
cryptography.

Source: RFC 5280, section 4.1 (Certificate, Validity), and RFC 7468 (the PEM form). Nothing is verified.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
from dataclasses import dataclass

from .answer import Invalid

_PEM = re.compile(
    r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END (?:X509 |TRUSTED )?CERTIFICATE-----"
)
_SEQUENCE, _INTEGER, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0x02, 0xA0, 0x17, 0x18


@dataclass(frozen=True)
class Certificate:
    """The time in which a certificate is valid, both ends in UTC."""

    not_before: datetime.datetime
    not_after: datetime.datetime


def certificate(text: str) -> Certificate | Invalid:
    """Read the first certificate of a PEM text; :class:`Invalid` says why there is none that can be read."""
    match = _PEM.search(text)
    if not match:
        return Invalid("it holds no '-----BEGIN CERTIFICATE-----' block")
    try:
        encoded = base64.b64decode("".join(match[1].split()), validate=True)
    except (binascii.Error, ValueError):
        return Invalid("the certificate block is not Base64")
    try:
        # Certificate → tbsCertificate → [version], serialNumber, signature, issuer, validity
        _, outer, _ = _element(encoded, _SEQUENCE)
        _, body, _ = _element(outer, _SEQUENCE)
        if body[:1] == bytes([_VERSION]):
            _, _, body = _element(body, _VERSION)
        for tag in (_INTEGER, _SEQUENCE, _SEQUENCE):
            _, _, body = _element(body, tag)
        _, validity, _ = _element(body, _SEQUENCE)
        first_tag, first, rest = _element(validity)
        last_tag, last, _ = _element(rest)
        return Certificate(_time(first_tag, first), _time(last_tag, last))
    except ValueError as error:
        return Invalid(f"the certificate block is not an X.509 certificate: {error}")


def _element(data: bytes, expected: int | None = None) -> tuple[int, bytes, bytes]:
    """Split the first DER element off: its tag, its content, and what follows it."""
    if len(data) < 2:
        raise ValueError("it ends too early")
    tag, length, start = data[0], data[1], 2
    if expected is not None and tag != expected:
        raise ValueError(f"an element has the tag {tag:#x} in place of {expected:#x}")
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or len(data) < 2 + size:
            raise ValueError("an element has a bad length")
        length, start = int.from_bytes(data[2 : 2 + size], "big"), 2 + size
    if len(data) < start + length:
        raise ValueError("it ends too early")
    return tag, data[start : start + length], data[start + length :]


def _time(tag: int, content: bytes) -> datetime.datetime:
    text = content.decode("ascii", "replace")
    if tag == _UTC_TIME and re.fullmatch(r"\d{12}Z", text, re.ASCII):
        # RFC 5280: two-digit years from 50 on belong to the last century.
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _GENERALIZED_TIME or not re.fullmatch(r"\d{14}Z", text, re.ASCII):
        raise ValueError(f"{text!r} is not a time")
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
