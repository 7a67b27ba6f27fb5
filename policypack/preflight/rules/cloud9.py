"""Cloud9."""

from __future__ import annotations

from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule

ENVIRONMENT: Final = "aws:cloud9/environmentEC2:EnvironmentEC2"


@rule(ENVIRONMENT, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def environment_without_ingress(environment: Resource) -> Findings:
    """An environment connects through Systems Manager and needs no inbound rule.

    Why: Over SSH the instance has a security group that is open to addresses of the service.
    Fix: Set `connectionType` to CONNECT_SSM.
    Source: AWS Cloud9 User Guide, "Accessing no-ingress EC2 instances with AWS Systems Manager".
    """
    if environment.text("connectionType") != "CONNECT_SSM":
        yield environment.finding("is reached over SSH; set `connectionType` to CONNECT_SSM", at="connectionType")
