"""Custom domains of APIs: their certificates, and the TLS that they speak."""

from __future__ import annotations

from typing import Final

from ...rule import Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .._shared_certificates import certificate_findings

DOMAIN_NAME: Final = "aws:apigateway/domainName:DomainName"
DOMAIN_NAME_V2: Final = "aws:apigatewayv2/domainName:DomainName"


@rule((DOMAIN_NAME, DOMAIN_NAME_V2), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def domain_certificate_usable(domain: Resource, stack: Stack) -> Findings:
    """A custom domain uses a certificate that is issued, and of the right region: us-east-1 for edge, its own
    otherwise.

    Why: API Gateway refuses a certificate that is elsewhere or still waits for its validation ("BadRequestException:
    The provided certificate does not exist", "Certificate … in account … not yet issued").
    Fix: Pass the `certificateArn` of the `aws.acm.CertificateValidation`, with the certificate in the right region.
    Source: Amazon API Gateway Developer Guide, "Get certificates ready in AWS Certificate Manager".
    """
    if domain.is_a(DOMAIN_NAME_V2):
        yield from certificate_findings(stack, domain, "domainNameConfiguration.certificateArn", domain.known_region)
        return
    yield from certificate_findings(stack, domain, "certificateArn", "us-east-1")
    yield from certificate_findings(stack, domain, "regionalCertificateArn", domain.known_region)


@rule((DOMAIN_NAME, DOMAIN_NAME_V2), kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def domain_minimum_tls(domain: Resource) -> Findings:
    """A custom domain of an API asks for TLS 1.2 or newer.

    Why: TLS 1.0 and 1.1 have known weaknesses, and frameworks no longer accept them.
    Fix: Set `securityPolicy` to "TLS_1_2", or to one of the newer policies that begin with SecurityPolicy_TLS12 or
    SecurityPolicy_TLS13.
    Source: Amazon API Gateway Developer Guide, "Choose a security policy for your custom domain in API Gateway".
    """
    at = "securityPolicy" if domain.is_a(DOMAIN_NAME) else "domainNameConfiguration.securityPolicy"
    policy = domain.text(at)
    if policy is None:
        yield domain.finding("has no security policy; set `securityPolicy` to TLS_1_2 or newer", at=at)
    elif policy != "TLS_1_2" and not policy.startswith(("SecurityPolicy_TLS12", "SecurityPolicy_TLS13")):
        yield domain.finding(
            f"the security policy {policy} accepts TLS older than 1.2; set it to TLS_1_2 or newer", at=at
        )
