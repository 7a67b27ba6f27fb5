"""Custom domains of APIs: certificates and TLS."""

from __future__ import annotations

from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided

CERTIFICATE_TYPE = "aws:acm/certificate:Certificate"
WEST = P("west", region="us-west-2")


def certificate(**options: object) -> R:
    return R(CERTIFICATE_TYPE, "certificate", domainName="api.example.org", validationMethod="DNS", **options)


CERTIFICATE = certificate()
VALIDATION = R("aws:acm/certificateValidation:CertificateValidation", "validation", certificateArn=CERTIFICATE.arn)
ARN_EAST = "arn:aws:acm:us-east-1:210987654321:certificate/0a1b"
ARN_WEST = "arn:aws:acm:us-west-2:210987654321:certificate/0a1b"


def edge(arn: object, **options: object) -> R:
    return R(
        "aws:apigateway/domainName:DomainName",
        "domain",
        domainName="api.example.org",
        certificateArn=arn,
        **options,
    )


def regional(arn: object, **options: object) -> R:
    return R(
        "aws:apigateway/domainName:DomainName",
        "domain",
        domainName="api.example.org",
        regionalCertificateArn=arn,
        **options,
    )


def http(arn: object, **options: object) -> R:
    return R(
        "aws:apigatewayv2/domainName:DomainName",
        "domain",
        domainName="api.example.org",
        domainNameConfiguration={"certificateArn": arn, "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"},
        **options,
    )


IMPORTED = R(CERTIFICATE_TYPE, "imported", certificateBody="pem", privateKey="pem")
test_domain_certificate_usable = table(
    "apigateway-domain-certificate-usable",
    fails("used before it is issued", edge(CERTIFICATE.arn), CERTIFICATE, VALIDATION, says="'validation'"),
    passes("the validation's ARN", edge(VALIDATION.certificateArn), CERTIFICATE, VALIDATION),
    passes("the validation is awaited", edge(CERTIFICATE.arn, depends_on=[VALIDATION]), CERTIFICATE, VALIDATION),
    fails("nothing awaits it", edge(CERTIFICATE.arn), CERTIFICATE, only="preview", says="CertificateValidation"),
    passes("it exists already", edge(CERTIFICATE.arn), CERTIFICATE, only="up"),
    passes("imported", edge(IMPORTED.arn), IMPORTED),
    fails("edge with another region", edge(ARN_WEST), at="certificateArn", says=("us-west-2", "us-east-1")),
    passes("edge from anywhere with us-east-1", edge(ARN_EAST, provider=WEST)),
    fails("regional with another region", regional(ARN_WEST), at="regionalCertificateArn"),
    passes("regional", regional(ARN_WEST, provider=WEST)),
    fails(
        "a certificate made elsewhere",
        regional(certificate(provider=WEST).arn),
        certificate(provider=WEST),
        at="regionalCertificateArn",
    ),
    fails("an HTTP API", http(ARN_WEST), at="domainNameConfiguration.certificateArn"),
    passes("an HTTP API, right", http(ARN_EAST)),
    passes("an unknown region", regional(ARN_WEST, provider=P("anywhere", region=UNKNOWN))),
    undecided("an unknown certificate", edge(UNKNOWN), at="certificateArn"),
)


def speaking(policy: object) -> R:
    return R("aws:apigateway/domainName:DomainName", "domain", domainName="a.example.org", securityPolicy=policy)


test_domain_minimum_tls = table(
    "apigateway-domain-minimum-tls",
    fails("TLS 1.0", speaking("TLS_1_0"), at="securityPolicy", says="TLS_1_0"),
    passes("TLS 1.2", speaking("TLS_1_2")),
    passes("a newer policy", speaking("SecurityPolicy_TLS13_1_3_2025_09")),
    fails(
        "not said", R("aws:apigateway/domainName:DomainName", "domain", domainName="a.example.org"), at="securityPolicy"
    ),
    passes("an HTTP API", http(ARN_EAST)),
    undecided("unknown", speaking(UNKNOWN), at="securityPolicy"),
)
