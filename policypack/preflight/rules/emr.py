"""EMR clusters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..documents import jsontext
from ..rule import Findings, Kind, Resource, Severity, Undecided, rule
from ..stack import Stack
from ._shared_flags import named

CLUSTER: Final = "aws:emr/cluster:Cluster"
SECURITY_CONFIGURATION: Final = "aws:emr/securityConfiguration:SecurityConfiguration"
SUBNET: Final = "aws:ec2/subnet:Subnet"


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def kerberos(cluster: Resource, stack: Stack) -> Findings:
    """The cluster authenticates by Kerberos.

    Why: Hadoop trusts the name that a client gives itself otherwise.
    Fix: Set `kerberosAttributes`, and a `securityConfiguration` with AuthenticationConfiguration.KerberosConfiguration.
    Source: Amazon EMR Management Guide, "Use Kerberos for authentication with Amazon EMR"; AWS Config rule
    emr-kerberos-enabled.
    """
    if not cluster.has("kerberosAttributes"):
        yield cluster.finding("does not use Kerberos; set `kerberosAttributes`", at="kerberosAttributes")
        return
    if not cluster.has("securityConfiguration"):
        yield cluster.finding(
            "has Kerberos attributes but no `securityConfiguration` that turns Kerberos on", at="securityConfiguration"
        )
        return
    for configuration, content in _configurations(stack, cluster):
        if not _inside(content, "AuthenticationConfiguration", "KerberosConfiguration"):
            yield cluster.finding(
                f"has security configuration '{configuration.name}', which does not turn Kerberos on",
                at="securityConfiguration",
            )


def _configurations(stack: Stack, cluster: Resource) -> Iterator[tuple[Resource, Any]]:
    """The security configurations of the program that a cluster has, with their content.

    Raises:
        Undecided: it is from outside the program, or not known yet.
    """
    found = stack.referred_by(cluster, "securityConfiguration", SECURITY_CONFIGURATION).certain
    if not found:
        raise Undecided("securityConfiguration", cluster.urn, "is from outside the program")
    for configuration in found:
        read = jsontext.parse(configuration.text("configuration") or "{}")
        if read.error is None:
            yield configuration, read.value


def _inside(content: Any, *keys: str) -> Any:
    """What stands in an object of objects, None where one of the keys is not there."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _security_findings(stack: Stack, cluster: Resource, wanted: tuple[tuple[str, ...], ...], lacks: str) -> Findings:
    if not cluster.has("securityConfiguration"):
        yield cluster.finding(f"has no security configuration that {lacks}", at="securityConfiguration")
        return
    for configuration, content in _configurations(stack, cluster):
        if not all(_inside(content, "EncryptionConfiguration", *keys) for keys in wanted):
            yield cluster.finding(
                f"has security configuration '{configuration.name}', and none that {lacks}",
                at="securityConfiguration",
            )


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def local_disk_encrypted(cluster: Resource, stack: Stack) -> Findings:
    """The security configuration of the cluster encrypts local disks.

    Why: Intermediate results lie on the disks of the nodes.
    Fix: Set EnableAtRestEncryption and AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration in an
    `aws.emr.SecurityConfiguration`, and name it in the cluster.
    Source: Amazon EMR Management Guide, "Encrypt data at rest and in transit with Amazon EMR"; AWS Config rule
    emr-security-configuration-encryption-rest.
    """
    wanted = (
        ("EnableAtRestEncryption",),
        ("AtRestEncryptionConfiguration", "LocalDiskEncryptionConfiguration"),
    )
    yield from _security_findings(stack, cluster, wanted, "encrypts local disks")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def in_transit_encrypted(cluster: Resource, stack: Stack) -> Findings:
    """The security configuration of the cluster encrypts traffic, and names certificates.

    Why: Nodes pass intermediate results to each other.
    Fix: Set EnableInTransitEncryption and InTransitEncryptionConfiguration.TLSCertificateConfiguration in an
    `aws.emr.SecurityConfiguration`, and name it in the cluster.
    Source: Amazon EMR Management Guide, "Encrypt data at rest and in transit with Amazon EMR"; AWS Config rule
    emr-security-configuration-encryption-transit.
    """
    wanted = (
        ("EnableInTransitEncryption",),
        ("InTransitEncryptionConfiguration", "TLSCertificateConfiguration"),
    )
    yield from _security_findings(stack, cluster, wanted, "encrypts traffic")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def master_private(cluster: Resource, stack: Stack) -> Findings:
    """The cluster is placed in subnets that assign no public address.

    Why: Otherwise its primary node, with all the web interfaces of Hadoop, has an address in the internet.
    Fix: Set `ec2Attributes.subnetId` to a private subnet.
    Source: Amazon EMR Management Guide, "Launch clusters into a VPC with Amazon EMR"; AWS Config rule
    emr-master-no-public-ip.
    """
    for path in ("ec2Attributes.subnetId", "ec2Attributes.subnetIds"):
        if not cluster.has(path):
            continue
        subnets = stack.referred_by(cluster, path, SUBNET).certain
        if not subnets:
            raise Undecided(path, cluster.urn, "is a subnet from outside the program")
        for subnet in subnets:
            if subnet.flag("mapPublicIpOnLaunch"):
                yield cluster.finding(f"is in subnet '{subnet.name}', which assigns public addresses", at=path)
        return
    yield cluster.finding("has no subnet, so it is placed in a public one of the default VPC", at="ec2Attributes")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def authentication(cluster: Resource) -> Findings:
    """Users of the cluster authenticate by a key pair or Kerberos.

    Why: With neither nobody's work on the nodes is told from anybody else's.
    Fix: Set `ec2Attributes.keyName`, or `kerberosAttributes`.
    Source: Amazon EMR Management Guide, "Authenticate to Amazon EMR cluster nodes".
    """
    if not cluster.has("kerberosAttributes") and not cluster.has("ec2Attributes.keyName"):
        yield cluster.finding("has neither a key pair nor Kerberos", at="ec2Attributes.keyName")


@rule(
    CLUSTER,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def s3_logging(cluster: Resource) -> Findings:
    """The cluster's logs go to S3.

    Why: They are gone with the nodes otherwise.
    Fix: Set `logUri` to a place in a bucket, such as s3://logs/emr/.
    Source: Amazon EMR Management Guide, "Configure Amazon EMR cluster logging and debugging".
    """
    yield from named(cluster, "logUri", "keeps its logs on the nodes only; set `logUri`")
