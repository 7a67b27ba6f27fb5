"""Rules for ACM certificates."""

from __future__ import annotations

import base64
from typing import Any

from preflight.testing import UNKNOWN, R, fails, not_applicable, passes, table, undecided

COMPONENT = R("program:dns:Dns", "component")


def certificate(**properties: Any) -> R:
    return R(
        "aws:acm/certificate:Certificate",
        "certificate",
        **{"domainName": "api.acme.io", "validationMethod": "DNS", **properties},
    )


CERTIFICATE = certificate()
OTHER = R("aws:acm/certificate:Certificate", "other", domainName="b.acme.io", validationMethod="DNS")


def validation(**properties: Any) -> R:
    return R(
        "aws:acm/certificateValidation:CertificateValidation",
        "validation",
        **{"certificateArn": CERTIFICATE.arn, **properties},
    )


def record(of: R = CERTIFICATE, token: str = "aws:route53/record:Record", **options: Any) -> R:
    value = of.domainValidationOptions
    return R(token, "record", zoneId="Z0A1B", type="CNAME", ttl=60, records=[value], **options)


BY_MAIL = certificate(validationMethod="EMAIL")
LISTENER = R("aws:lb/listener:Listener", "listener", certificateArn=CERTIFICATE.arn)
test_validation_records_exist = table(
    "acm-validation-records-exist",
    fails("no records", validation(), CERTIFICATE, at="certificateArn", says="'certificate'"),
    passes("a record", validation(), CERTIFICATE, record()),
    passes("a record in a component", validation(), CERTIFICATE, record(parent=COMPONENT), COMPONENT),
    passes("a record of another provider", validation(), CERTIFICATE, record(token="cloudflare:index/record:Record")),
    fails("the record of another certificate", validation(), CERTIFICATE, OTHER, record(OTHER), at="certificateArn"),
    fails("a user of the certificate is no record", validation(), CERTIFICATE, LISTENER, at="certificateArn"),
    passes("validated by e-mail", validation(certificateArn=BY_MAIL.arn), BY_MAIL),
    passes(
        "a certificate from elsewhere", validation(certificateArn="arn:aws:acm:us-east-1:210987654321:certificate/a")
    ),
    undecided("records that may be made later", validation(validationRecordFqdns=UNKNOWN), CERTIFICATE, only=None),
    undecided("unknown", validation(certificateArn=UNKNOWN), CERTIFICATE, at="certificateArn"),
)

test_domain_name_valid = table(
    "acm-domain-name-valid",
    fails("a name below .internal", certificate(domainName="db.acme.internal"), at="domainName"),
    passes("a host", certificate()),
    passes("a wildcard", certificate(domainName="*.acme.io")),
    fails("a wildcard inside", certificate(domainName="api.*.acme.io"), says="wildcard"),
    fails("documentation", certificate(domainName="api.example.com"), at="domainName"),
    fails("no host name", certificate(domainName="acme"), at="domainName"),
    fails("a long name", certificate(domainName=f"{'a' * 60}.acme.io"), says="64"),
    fails(
        "an alternative name",
        certificate(subjectAlternativeNames=["b.acme.io", "c.local"]),
        at="subjectAlternativeNames",
    ),
    passes("a private authority", certificate(domainName="db.internal", certificateAuthorityArn="arn:aws:acm-pca:x")),
    undecided("unknown", certificate(domainName=UNKNOWN), at="domainName"),
)


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([tag, len(content)]) + content


def valid(first: str, last: str) -> str:
    """The beginning of a certificate, as far as its validity; times as YYMMDDHHMMSSZ."""
    validity = der(0x30, der(0x17, first.encode()), der(0x17, last.encode()))
    body = der(0x30, der(0xA0, der(0x02, b"\x02")), der(0x02, b"\x01"), der(0x30), der(0x30), validity)
    text = base64.b64encode(der(0x30, body)).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"


PEM = valid("200101000000Z", "210101000000Z")


def imported(body: Any) -> R:
    return R("aws:acm/certificate:Certificate", "certificate", certificateBody=body, privateKey="pem")


test_imported_certificate_expiry = table(
    "acm-imported-certificate-expiry",
    fails("expired", imported(PEM), at="certificateBody", says="2021-01-01"),
    passes("valid on that day", imported(PEM), parameters={"asOf": "2020-06-01"}),
    fails("nearly expired on that day", imported(PEM), parameters={"asOf": "2020-12-15"}, at="certificateBody"),
    passes("fewer days are asked", imported(PEM), parameters={"asOf": "2020-12-15", "days": 7}),
    not_applicable("requested", certificate()),
    not_applicable("no certificate", imported("pem")),
    undecided("unknown", imported(UNKNOWN), at="certificateBody"),
)

test_certificate_key_algorithm = table(
    "acm-certificate-key-algorithm",
    fails("a short key", certificate(keyAlgorithm="RSA_1024"), at="keyAlgorithm"),
    passes("absent", certificate()),
    passes("an elliptic curve", certificate(keyAlgorithm="EC_prime256v1")),
    undecided("unknown", certificate(keyAlgorithm=UNKNOWN), at="keyAlgorithm"),
)
