"""Elastic Beanstalk environments and their configuration templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..rule import Findings, Kind, Resource, Severity, Undecided, View, rule
from ..stack import Stack

ENVIRONMENT: Final = "aws:elasticbeanstalk/environment:Environment"
TEMPLATE: Final = "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate"

_LOGS: Final = "aws:elasticbeanstalk:hostmanager"
_VPC: Final = "aws:ec2:vpc"
_HEALTH: Final = "aws:elasticbeanstalk:healthreporting:system"
_UPDATES: Final = "aws:elasticbeanstalk:managedactions"
_LEVEL: Final = "aws:elasticbeanstalk:managedactions:platformupdate"


def _option(subject: Resource, namespace: str, name: str) -> str | None:
    """The value of an option, None when the settings do not have it.

    Raises:
        Undecided: it is not found, and a setting is unknown.
    """
    pending: Undecided | None = None
    for entry in subject.each("settings"):
        try:
            if entry.text("namespace") == namespace and entry.text("name") == name:
                return entry.text("value") or ""
        except Undecided as unknown:
            pending = unknown
    if pending:
        raise pending
    return None


def _setting(subject: Resource, stack: Stack, namespace: str, name: str) -> str | None:
    """The value of an option, the template's where an environment has none.

    Raises:
        Undecided: the template is from outside the program, or a setting is unknown.
    """
    own = _option(subject, namespace, name)
    if own is not None or not subject.is_a(ENVIRONMENT) or not subject.has("templateName"):
        return own
    templates = stack.referred_by(subject, "templateName", TEMPLATE).certain
    if len(templates) != 1:
        raise Undecided("templateName", subject.urn, "is a template from outside the program")
    return _option(templates[0], namespace, name)


@rule(
    (ENVIRONMENT, TEMPLATE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def enhanced_health(subject: Resource, stack: Stack) -> Findings:
    """Health reporting is enhanced.

    Why: Basic reporting sees the load balancer only; enhanced reporting sees each instance, its requests and its
    deployments.
    Fix: Add the setting SystemType = enhanced in namespace aws:elasticbeanstalk:healthreporting:system.
    Source: AWS Elastic Beanstalk Developer Guide, "Enhanced health reporting and monitoring"; AWS Config rule
    beanstalk-enhanced-health-reporting-enabled.
    """
    if (_setting(subject, stack, _HEALTH, "SystemType") or "").lower() != "enhanced":
        yield subject.finding('does not use enhanced health reporting; set "SystemType" to "enhanced"', at="settings")


@rule(
    (ENVIRONMENT, TEMPLATE),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def managed_updates(subject: Resource, stack: Stack) -> Findings:
    """Managed platform updates are on, with a time and a level.

    Why: Patches of the platform are otherwise applied by hand, or not.
    Fix: Set ManagedActionsEnabled = true and PreferredStartTime in aws:elasticbeanstalk:managedactions, and UpdateLevel
    in aws:elasticbeanstalk:managedactions:platformupdate.
    Source: AWS Elastic Beanstalk Developer Guide, "Managed platform updates"; AWS Config rule
    elastic-beanstalk-managed-updates-enabled.
    """
    if (_setting(subject, stack, _UPDATES, "ManagedActionsEnabled") or "").lower() != "true":
        yield subject.finding('has no managed platform updates; set "ManagedActionsEnabled"', at="settings")
        return
    for namespace, name in ((_UPDATES, "PreferredStartTime"), (_LEVEL, "UpdateLevel")):
        if not _setting(subject, stack, namespace, name):
            yield subject.finding(f"has managed platform updates without {name}", at="settings")
            return


@rule(
    (ENVIRONMENT, TEMPLATE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def logs_to_s3(subject: Resource, stack: Stack) -> Findings:
    """Instance logs are published to S3.

    Why: They are gone with the instance otherwise.
    Fix: Add the setting LogPublicationControl = true in namespace aws:elasticbeanstalk:hostmanager.
    Source: AWS Elastic Beanstalk Developer Guide, "Viewing logs from Amazon EC2 instances in your environment".
    """
    if (_setting(subject, stack, _LOGS, "LogPublicationControl") or "").lower() != "true":
        yield subject.finding('does not publish its instances\' logs; set "LogPublicationControl"', at="settings")


@rule(
    (ENVIRONMENT, TEMPLATE),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def vpc(subject: Resource, stack: Stack) -> Findings:
    """A setting names the VPC of the instances.

    Why: They stand in public subnets of the default VPC otherwise.
    Fix: Add the settings VPCId and Subnets in namespace aws:ec2:vpc.
    Source: AWS Elastic Beanstalk Developer Guide, "Using Elastic Beanstalk with Amazon VPC".
    """
    if not _has(subject, _VPC, "VPCId") and not _setting(subject, stack, _VPC, "VPCId"):
        yield subject.finding('names no VPC; set "VPCId"', at="settings")


def _has(subject: Resource, namespace: str, name: str) -> bool:
    """Whether an option is set to something, known or not."""
    return any(
        entry.known("namespace") == namespace and entry.known("name") == name and entry.has("value")
        for entry in _known(subject)
    )


def _known(subject: Resource) -> Iterator[View]:
    try:
        yield from subject.each("settings")
    except Undecided:
        return
