"""Rules for ACM certificates."""

from __future__ import annotations

import datetime
import re
from typing import Final

from ..documents import pem
from ..documents.answer import Invalid
from ..facts import config_rules
from ..rule import Certainty, Findings, Kind, NotApplicable, Parameter, Parameters, Resource, Severity, Undecided, rule
from ..stack import Stack
from ._shared_certificates import CERTIFICATE, CERTIFICATE_VALIDATION, is_validated_by_dns

RECORD: Final = "aws:route53/record:Record"


@rule(CERTIFICATE_VALIDATION, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def validation_records_exist(validation: Resource, stack: Stack) -> Findings:
    """A certificate whose validation is awaited has DNS records made for it.

    Why: ACM issues the certificate once it finds the records. Without them the update waits for 75 minutes and fails
    ("timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION')").
    Fix: Create a record for each of the certificate's `domainValidationOptions`, and pass their names as
    `validationRecordFqdns`.
    Source: AWS Certificate Manager User Guide, "AWS Certificate Manager DNS validation".
    """
    for certificate in stack.referred_by(validation, "certificateArn", CERTIFICATE):
        if not is_validated_by_dns(certificate) or certificate.urn in stack.once("named by records", _named_by_records):
            continue
        if validation.has("validationRecordFqdns"):
            # Records that are made inside of apply() do not show before the certificate exists.
            raise Undecided("validationRecordFqdns", validation.urn, "may come from records that do not show yet")
        yield validation.finding(
            f"no record in this program validates certificate '{certificate.name}', so the update would wait until "
            "its timeout; create records from its `domainValidationOptions`",
            at="certificateArn",
            certainty=Certainty.OUTSIDE,
        )


def _named_by_records(stack: Stack) -> set[str]:
    """The URNs that properties and options of DNS records mention."""
    records = [found for found in stack.resources if _may_be_record(found)]
    named = {urn for found in records for urn in found.dependencies}
    return named | {urn for found in records for urns in found.property_dependencies.values() for urn in urns}


def _may_be_record(resource: Resource) -> bool:
    """Whether a resource may be a DNS record: Route 53's, or anything of another provider."""
    return resource.is_a(RECORD) or not resource.type.startswith(("aws:", "pulumi:"))


_LABEL: Final = re.compile(r"(?!-)[a-zA-Z0-9_-]{1,63}(?<!-)")
_NOT_PUBLIC: Final = ("local", "internal", "localhost", "example.com", "example.org", "example.net", "test", "invalid")


@rule(CERTIFICATE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def domain_name_valid(certificate: Resource) -> Findings:
    """A requested certificate is for host names that can be validated, the first of 64 characters at most.

    Why: ACM refuses others ("ValidationException: 1 validation error detected: Value at 'domainName' failed to satisfy
    constraint"), or fails the certificate ("ADDITIONAL_VERIFICATION_REQUIRED", "DOMAIN_NOT_ALLOWED").
    Fix: Use a domain that you own; a wildcard stands for the first label only.
    Source: AWS Certificate Manager API Reference, "RequestCertificate".
    """
    if certificate.has("certificateAuthorityArn") or certificate.has("certificateBody"):
        return
    name = certificate.known("domainName")
    if isinstance(name, str):
        problem = f"is {len(name)} characters long, 64 is the most" if len(name) > 64 else _problem(name)
        if problem:
            yield certificate.finding(f"'{name}' {problem}; use a domain that you own", at="domainName")
    for other in certificate.values("subjectAlternativeNames"):
        problem = _problem(other) if isinstance(other, str) else None
        if problem:
            yield certificate.finding(f"'{other}' {problem}; use a domain that you own", at="subjectAlternativeNames")
    certificate.text("domainName")


def _problem(name: str) -> str | None:
    plain = name.rstrip(".").lower()
    labels = plain.split(".")
    if "*" in "".join(labels[1:]) or ("*" in labels[0] and labels[0] != "*"):
        return "has a wildcard other than a whole first label"
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels[labels[0] == "*" :]):
        return "is not a host name"
    if any(plain == domain or plain.endswith(f".{domain}") for domain in _NOT_PUBLIC):
        return "is below a domain that nobody can own"
    return None


@rule(
    CERTIFICATE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    parameters={
        "days": Parameter.of(30, "Least number of days that a certificate must be valid yet.", minimum=0),
        "asOf": Parameter.of(
            "",
            "The day to count from, YYYY-MM-DD; the date of Preflight's tables when empty.",
            pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        ),
    },
)
def imported_certificate_expiry(certificate: Resource, parameters: Parameters) -> Findings:
    """An imported certificate is valid for more than a number of days yet (30 unless set).

    Why: ACM does not renew imported certificates: on the day after the last, clients turn away.
    Fix: Import a newer certificate, or let ACM issue one. Rules have no clock: set the parameter "asOf" to today's date
    in CI; without it, days are counted from the date of Preflight's tables, so that what is reported has certainly
    expired or is close to it.
    Source: AWS Certificate Manager User Guide, "Importing certificates into AWS Certificate Manager".
    """
    if not certificate.has("certificateBody"):
        raise NotApplicable("the certificate is not imported")
    found = pem.certificate(certificate.text("certificateBody") or "")
    if isinstance(found, Invalid):
        raise NotApplicable(f"the certificate can't be read: {found.reason}")
    start = datetime.date.fromisoformat(parameters["asOf"] or config_rules.dated())
    last = found.not_after.date()
    if last < start + datetime.timedelta(days=parameters["days"]):
        yield certificate.finding(
            f"the certificate is valid until {last}, less than {parameters['days']} days after {start}; import a "
            "newer one",
            at="certificateBody",
        )


@rule(
    CERTIFICATE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def certificate_key_algorithm(certificate: Resource) -> Findings:
    """A requested certificate has an RSA key of at least 2048 bits, or an elliptic-curve key.

    Why: Shorter RSA keys can be broken.
    Fix: Leave `keyAlgorithm` out (RSA_2048), or use RSA_3072, RSA_4096 or one that begins with EC_.
    Source: AWS Certificate Manager API Reference, "RequestCertificate"; AWS Config rule acm-certificate-rsa-check.
    """
    algorithm = certificate.text("keyAlgorithm") or "RSA_2048"
    size = re.fullmatch(r"RSA_(\d+)", algorithm)
    if size and int(size[1]) < 2048:
        yield certificate.finding(f"the key is {algorithm}; use RSA_2048 or stronger", at="keyAlgorithm")
