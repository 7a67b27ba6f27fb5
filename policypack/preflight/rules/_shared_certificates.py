"""Whether a certificate can be used by what names it: in the right region, and issued before it is asked for."""

from __future__ import annotations

from typing import Final

from ..documents.arn import Arn
from ..finding import Certainty, Findings
from ..resource import Resource
from ..stack import Stack

CERTIFICATE: Final = "aws:acm/certificate:Certificate"
CERTIFICATE_VALIDATION: Final = "aws:acm/certificateValidation:CertificateValidation"


def is_validated_by_dns(certificate: Resource) -> bool:
    """Tell whether ACM issues a certificate only once DNS records are there; imported and private ones are at once."""
    return (
        certificate.text("validationMethod") == "DNS"
        and not certificate.has("certificateAuthorityArn")
        and not certificate.has("certificateBody")
    )


def certificate_findings(stack: Stack, user: Resource, at: str, region: str | None) -> Findings:
    """Yield at most one finding on the certificate that a property means: another Region, or not awaited.

    Args:
        stack: the program.
        user: what uses the certificate, such as a distribution.
        at: its property.
        region: the Region that the certificate must be in; None where it is not known, then only the order is judged.
    """
    if not user.has(at):
        return
    certificates = stack.referred_by(user, at, CERTIFICATE).certain
    if not certificates:
        arn = Arn.parse(user.text(at))
        if arn and arn.service == "acm" and region and arn.region != region:
            yield user.finding(f"the certificate is in {arn.region}; it must be in {region}", at=at)
        return
    for certificate in certificates:
        if region and certificate.region != region:
            yield user.finding(
                f"certificate '{certificate.name}' is created in {certificate.region}, but must be in "
                f"{region}; set its `region`",
                at=at,
            )
        elif is_validated_by_dns(certificate):
            validations = stack.referring_to(certificate, CERTIFICATE_VALIDATION, via="certificateArn").certain
            if any(stack.waits_for(user, validation) for validation in validations):
                continue
            if validations:
                yield user.finding(
                    "the certificate is used before it is issued; pass the `certificateArn` of CertificateValidation "
                    f"'{validations[0].name}', or depend on it",
                    at=at,
                    certainty=Certainty.RACE,
                )
            elif certificate.known_output("arn") is None:
                # Once the ARN is known the certificate exists, and may have been validated outside the program.
                yield user.finding(
                    f"certificate '{certificate.name}' is validated by DNS, and nothing waits for the "
                    "validation; add the records and an `aws.acm.CertificateValidation`, and pass its `certificateArn`",
                    at=at,
                )
