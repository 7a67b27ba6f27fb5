"""How instances are protected: metadata, addresses, encryption, profiles, monitoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...rule import Findings, Kind, NotApplicable, Resource, Severity, Undecided, View, deferred, rule
from ...stack import Stack
from .._shared_volumes import encrypted_by_default
from ._network import DEFAULT_SUBNET, SUBNET
from .instance import INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE

METADATA_DEFAULTS: Final = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults"
EIP: Final = "aws:ec2/eip:Eip"
EIP_ASSOCIATION: Final = "aws:ec2/eipAssociation:EipAssociation"


def _leave_to_template(instance: Resource, path: str) -> None:
    """End the rule where an instance says nothing and its launch template decides."""
    if instance.is_a(INSTANCE) and instance.has("launchTemplate") and not instance.has(path):
        raise NotApplicable("the launch template decides")


@rule(
    (INSTANCE, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def imdsv2_required(instance: Resource, stack: Stack) -> Findings:
    """Instance metadata demands session tokens (IMDSv2), or the metadata endpoint is off.

    Why: Without tokens any request forgery in a web application reads the credentials of the instance's role.
    Fix: Set `metadataOptions.httpTokens` to "required" (or InstanceMetadataDefaults, for the whole region).
    Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata"; AWS Config rule
    EC2_IMDSV2_CHECK.
    """
    _leave_to_template(instance, "metadataOptions")
    if instance.text("metadataOptions.httpEndpoint") == "disabled":
        return
    tokens = instance.text("metadataOptions.httpTokens")
    if tokens == "required":
        return
    if tokens is None and not instance.is_a(LAUNCH_CONFIGURATION):
        for defaults in stack.of_type(METADATA_DEFAULTS):
            if defaults.text("httpTokens") == "required" and stack.same_scope(instance, defaults):
                return
    shown = f"`httpTokens` is {tokens}" if tokens else "`httpTokens` is not set"
    yield instance.finding(
        f"{shown}, so that metadata answers without a token; set it to required", at="metadataOptions.httpTokens"
    )


@imdsv2_required.remediate
def _require_tokens(instance: Resource) -> Mapping[str, Any] | None:
    if instance.is_a(INSTANCE) and instance.has("launchTemplate") and not instance.has("metadataOptions"):
        return None
    for path in ("metadataOptions.httpEndpoint", "metadataOptions.httpTokens"):
        if instance.is_unknown(path):
            return None
    if instance.known("metadataOptions.httpEndpoint") == "disabled":
        return None
    if instance.known("metadataOptions.httpTokens") == "required":
        return None
    return {"metadataOptions.httpTokens": "required"}


def _unencrypted(devices: Iterator[tuple[View, str]], resource: Resource, stack: Stack) -> Findings:
    for device, path in devices:
        with deferred():
            if device.known("noDevice") not in (None, False, "", "false"):
                continue
            if device.flag(path) or encrypted_by_default(resource, stack):
                continue
            if device.has(path.replace("encrypted", "snapshotId")) and device.flag(path) is None:
                raise Undecided(f"{device.path}.{path}", resource.urn, "is that of the snapshot")
            name = device.known("deviceName")
            shown = f"block device {name}" if name else "the root device"
            yield device.finding(f"{shown} is not encrypted; set encrypted to `true`", at=path)


@rule(
    INSTANCE,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def instance_block_devices_encrypted(instance: Resource, stack: Stack) -> Findings:
    """The root and data devices of an instance are encrypted, or the program turns on the account's default.

    Why: A snapshot or a volume that gets into wrong hands can be read by whoever attaches it.
    Fix: Set `rootBlockDevice.encrypted` and `ebsBlockDevices`[].encrypted to `true`, or add
    `aws.ebs.EncryptionByDefault`.
    Source: Amazon EBS User Guide, "Amazon EBS encryption"; AWS Config rule ENCRYPTED_VOLUMES.
    """
    if not instance.has("rootBlockDevice"):
        _leave_to_template(instance, "ebsBlockDevices")
        if not encrypted_by_default(instance, stack):
            yield instance.finding(
                "the root device is not encrypted, unless its image is; set `rootBlockDevice.encrypted=true`",
                at="rootBlockDevice.encrypted",
            )
    yield from _unencrypted(((one, "encrypted") for one in instance.each("rootBlockDevice")), instance, stack)
    yield from _unencrypted(((one, "encrypted") for one in instance.each("ebsBlockDevices")), instance, stack)


@rule((LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE), kind=Kind.COMPLIANCE, severity=Severity.HIGH)
def launch_block_devices_encrypted(template: Resource, stack: Stack) -> Findings:
    """Block devices in launch configurations and templates are encrypted, or the program turns on the account's
    default.

    Why: Each instance that is launched gets an unencrypted volume with whatever is written to it.
    Fix: Set encrypted to `true` on each device that the template names, or add `aws.ebs.EncryptionByDefault`.
    Source: Amazon EBS User Guide, "Amazon EBS encryption".
    """
    if template.is_a(LAUNCH_TEMPLATE):
        devices = ((one, "ebs.encrypted") for one in template.each("blockDeviceMappings") if one.has("ebs"))
        yield from _unencrypted(devices, template, stack)
    else:
        yield from _unencrypted(((one, "encrypted") for one in template.each("rootBlockDevice")), template, stack)
        yield from _unencrypted(((one, "encrypted") for one in template.each("ebsBlockDevices")), template, stack)


@rule(
    (INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def instance_detailed_monitoring(instance: Resource) -> Findings:
    """Instances are monitored every minute.

    Why: Basic monitoring reports every five minutes, so that an alarm comes late. A launch configuration has detailed
    monitoring unless it is switched off.
    Fix: Set monitoring to `true` (launch template: monitoring.enabled; launch configuration: `enableMonitoring`).
    Source: Amazon EC2 User Guide, "Manage detailed monitoring for your EC2 instances"; AWS Config rule
    EC2_INSTANCE_DETAILED_MONITORING_ENABLED.
    """
    _leave_to_template(instance, "monitoring")
    path, otherwise = "monitoring", False
    if instance.is_a(LAUNCH_TEMPLATE):
        path = "monitoring.enabled"
    elif instance.is_a(LAUNCH_CONFIGURATION):
        path, otherwise = "enableMonitoring", True
    enabled = instance.flag(path)
    if not (otherwise if enabled is None else enabled):
        yield instance.finding(f"detailed monitoring is off; set `{path}=true`", at=path)


OPTIMIZABLE: Final = frozenset(
    [
        "c1.xlarge",
        "c3.xlarge",
        "c3.2xlarge",
        "c3.4xlarge",
        "g2.2xlarge",
        "i2.xlarge",
        "i2.2xlarge",
        "i2.4xlarge",
        "m1.large",
        "m1.xlarge",
        "m2.2xlarge",
        "m2.4xlarge",
        "m3.xlarge",
        "m3.2xlarge",
        "r3.xlarge",
        "r3.2xlarge",
        "r3.4xlarge",
    ]
)
"""Types that support EBS optimization and do not have it by default; all newer ones do ("Amazon EBS-optimized instance
types").
"""


@rule(
    INSTANCE,
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def instance_ebs_optimized(instance: Resource) -> Findings:
    """An instance is EBS optimized, by its type or because it says so.

    Why: On older types, traffic to volumes shares the network with everything else. All newer types are optimized
    anyway.
    Fix: Set `ebsOptimized` to `true`, or use a newer type.
    Source: Amazon EC2 User Guide, "Amazon EBS-optimized instance types"; AWS Config rule EBS_OPTIMIZED_INSTANCE.
    """
    kind = instance.text("instanceType")
    if kind in OPTIMIZABLE and not instance.flag("ebsOptimized"):
        yield instance.finding(f"{kind} is not EBS optimized by default; set `ebsOptimized=true`", at="ebsOptimized")


@rule(
    INSTANCE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def instance_in_vpc(instance: Resource) -> Findings:
    """An instance is placed in a named subnet, or on a named network interface.

    Why: Without one it lands in a default subnet of the default VPC, with a public address.
    Fix: Set `subnetId`.
    Source: Amazon VPC User Guide, "Default VPCs"; AWS Config rule INSTANCES_IN_VPC.
    """
    if not any(instance.has(path) for path in ("subnetId", "networkInterfaces", "primaryNetworkInterface")):
        _leave_to_template(instance, "subnetId")
        yield instance.finding(
            "the instance has no subnet, so it is placed in the default VPC; set `subnetId`", at="subnetId"
        )


@rule(
    INSTANCE,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def instance_private(instance: Resource, stack: Stack) -> Findings:
    """An instance gets no public address: not by its own flag, its subnet, or an Elastic IP.

    Why: What has a public address is one security group mistake away from the internet.
    Fix: Set `associatePublicIpAddress` to `false`, or use a subnet that hands out none; reach the instance by a load
    balancer or Session Manager.
    Source: Amazon EC2 User Guide, "Amazon EC2 instance IP addressing"; AWS Config rule EC2_INSTANCE_NO_PUBLIC_IP.
    """
    for kind, via in ((EIP, "instance"), (EIP_ASSOCIATION, "instanceId")):
        for partner in stack.referring_to(instance, kind, via=via).certain:
            yield instance.finding(f"{partner.name} gives the instance an Elastic IP address; remove it")
            return
    own = instance.flag("associatePublicIpAddress")
    if own:
        yield instance.finding(
            "requests a public address; set `associatePublicIpAddress=false`", at="associatePublicIpAddress"
        )
    if own is not None or instance.has("networkInterfaces") or instance.has("primaryNetworkInterface"):
        return
    _leave_to_template(instance, "subnetId")
    subnets = stack.referred_by(instance, "subnetId", SUBNET, DEFAULT_SUBNET).certain
    if len(subnets) != 1:
        raise Undecided("subnetId", instance.urn, "does not tell whether the subnet hands out public addresses")
    handed_out = subnets[0].flag("mapPublicIpOnLaunch")
    if handed_out or (handed_out is None and subnets[0].is_a(DEFAULT_SUBNET)):
        yield instance.finding(
            f"subnet {subnets[0].name} assigns public addresses; set `associatePublicIpAddress=false`",
            at="subnetId",
        )


@rule(
    INSTANCE,
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def instance_profile_attached(instance: Resource) -> Findings:
    """An instance has an instance profile.

    Why: Without a role, programs on the instance need long-lived keys.
    Fix: Set `iamInstanceProfile` to an `aws.iam.InstanceProfile`.
    Source: Amazon EC2 User Guide, "IAM roles for Amazon EC2"; AWS Config rule EC2_INSTANCE_PROFILE_ATTACHED.
    """
    if not instance.has("iamInstanceProfile"):
        _leave_to_template(instance, "iamInstanceProfile")
        yield instance.finding("the instance has no profile; set `iamInstanceProfile`", at="iamInstanceProfile")


@rule(INSTANCE, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def instance_termination_protection(instance: Resource) -> Findings:
    """An instance is protected from termination.

    Why: A slip in the console or a script ends it, and its root volume with it.
    Fix: Set `disableApiTermination` to `true`.
    Source: Amazon EC2 User Guide, "Change instance termination protection".
    """
    _leave_to_template(instance, "disableApiTermination")
    if not instance.flag("disableApiTermination"):
        yield instance.finding(
            "the instance can be terminated by one call; set `disableApiTermination=true`",
            at="disableApiTermination",
        )


@rule(
    (LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE),
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def launch_addresses_private(template: Resource) -> Findings:
    """Launch configurations and templates do not hand out public addresses.

    Why: Every instance that they launch can be reached from the internet.
    Fix: Set `associatePublicIpAddress` to `false`; put a load balancer in front.
    Source: Amazon EC2 Auto Scaling User Guide, "Provide network connectivity for your Auto Scaling instances"; AWS
    Config rule AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED.
    """
    views = template.each("networkInterfaces") if template.is_a(LAUNCH_TEMPLATE) else [template]
    for view in views:
        with deferred():
            if view.flag("associatePublicIpAddress"):
                yield view.finding(
                    "instances get a public address; set `associatePublicIpAddress=false`",
                    at="associatePublicIpAddress",
                )
