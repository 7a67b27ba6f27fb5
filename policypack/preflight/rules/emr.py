"""EMR clusters."""

from __future__ import annotations

from typing import Final

from ..documents import jsontext
from ..rule import Findings, Kind, Resource, Severity, Undecided, rule
from ..stack import Stack

CLUSTER: Final = "aws:emr/cluster:Cluster"
SECURITY_CONFIGURATION: Final = "aws:emr/securityConfiguration:SecurityConfiguration"


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
    controls={
        "hipaa": (
            "164.308(a)(3)(i) 164.308(a)(3)(ii)(A) 164.308(a)(3)(ii)(B) 164.308(a)(4)(i) 164.308(a)(4)(ii)(A) "
            "164.308(a)(4)(ii)(B) 164.308(a)(4)(ii)(C) 164.312(a)(1)"
        ),
        "pci-dss-3.2.1": "7.2.1",
    },
)
def kerberos(cluster: Resource, stack: Stack) -> Findings:
    """The cluster authenticates by Kerberos.

    Why: Hadoop trusts the name that a client gives itself otherwise.
    Fix: Set kerberos_attributes, and a security_configuration with AuthenticationConfiguration.KerberosConfiguration.
    Source: Amazon EMR Management Guide, "Use Kerberos for authentication with Amazon EMR"; AWS Config rule
    emr-kerberos-enabled.
    """
    if not cluster.has("kerberosAttributes"):
        yield cluster.finding("does not use Kerberos; set kerberosAttributes", at="kerberosAttributes")
        return
    if not cluster.has("securityConfiguration"):
        yield cluster.finding(
            "has Kerberos attributes and no securityConfiguration that turns Kerberos on", at="securityConfiguration"
        )
        return
    configurations = stack.referred_by(cluster, "securityConfiguration", SECURITY_CONFIGURATION).certain
    if not configurations:
        raise Undecided("securityConfiguration", cluster.urn, "is from outside the program")
    for configuration in configurations:
        read = jsontext.parse(configuration.text("configuration") or "{}")
        authentication = read.value.get("AuthenticationConfiguration") if isinstance(read.value, dict) else None
        if read.error is None and not (
            isinstance(authentication, dict) and authentication.get("KerberosConfiguration")
        ):
            yield cluster.finding(
                f"has security configuration '{configuration.name}', which does not turn Kerberos on",
                at="securityConfiguration",
            )
