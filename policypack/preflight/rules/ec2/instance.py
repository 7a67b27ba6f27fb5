"""Instances and launch templates that EC2 accepts."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from ...facts import ec2
from ...rule import Findings, Kind, Resource, Severity, Undecided, deferred, rule
from ...stack import Stack
from .._shared_targets import target_or_none
from ._network import SUBNET, VPCS
from ._permissions import GROUP

INSTANCE: Final = "aws:ec2/instance:Instance"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
LAUNCH_CONFIGURATION: Final = "aws:ec2/launchConfiguration:LaunchConfiguration"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"

_SIZE: Final = re.compile(r"nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?")


@rule((INSTANCE, LAUNCH_TEMPLATE, NODE_GROUP), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def instance_type_offered(instance: Resource) -> Findings:
    """Instances have a type that EC2 offers in their Region.

    Why: EC2 refuses others when the instance is launched: "InvalidParameterValue: Invalid value 't3.mirco' for
    InstanceType", "Unsupported: The requested configuration is currently not supported"; a node group or an Auto
    Scaling group only fails after minutes.
    Fix: Use one of the types that the message lists.
    Source: Amazon EC2 User Guide, "Instance types", "Find an Amazon EC2 instance type".
    """
    path = "instanceTypes" if instance.is_a(NODE_GROUP) else "instanceType"
    table = ec2.instance_types()
    for name in instance.values(path):
        if not isinstance(name, str) or not name or ":" in name:
            continue
        region = instance.known_region
        offer = table.offer(name, region)
        if offer is ec2.Offer.OFFERED:
            continue
        size = name.partition(".")[2]
        near = ", ".join(table.nearest(name, region))
        hint = f"; {near} are" if near else ""
        if offer is ec2.Offer.ELSEWHERE:
            yield instance.finding(f"{name} is not offered in {region} (table of {table.dated}){hint}", at=path)
        elif offer is ec2.Offer.REFUSED and not _SIZE.fullmatch(size):
            yield instance.finding(f"instance type {name} does not exist (table of {table.dated}){hint}", at=path)
        else:
            yield instance.finding(
                f"the table of {table.dated} has no instance type {name}{hint}; check its spelling, unless it is newer",
                at=path,
                severity=Severity.LOW,
            )


@rule(INSTANCE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def instance_network_consistent(instance: Resource, stack: Stack) -> Findings:
    """An instance's subnet, zone and security groups belong together.

    Why: EC2 refuses others: "InvalidParameter: Security group sg-… and subnet subnet-… belong to different networks",
    "InvalidParameterValue: … availability zone"; the provider refuses network interfaces beside a subnet or groups.
    Fix: Make the security group in the VPC of the subnet (`vpcId`); leave `availabilityZone` to the subnet; give the
    interface the subnet and the groups.
    Source: Amazon EC2 API Reference, "RunInstances"; Pulumi AWS, "`aws.ec2.Instance`".
    """
    for path in ("networkInterfaces", "primaryNetworkInterface"):
        beside = [other for other in ("subnetId", "vpcSecurityGroupIds") if instance.has(other)]
        if instance.has(path) and beside:
            yield instance.finding(
                f"`{path}` is set together with `{beside[0]}`, which then belongs to the interface; remove one of them",
                at=path,
            )
    subnets = stack.referred_by(instance, "subnetId", SUBNET).certain
    if len(subnets) != 1:
        return
    subnet = subnets[0]
    with deferred():
        zone, theirs = instance.text("availabilityZone"), subnet.known("availabilityZone")
        if zone and theirs and zone != theirs:
            yield instance.finding(
                f"is placed in {zone}, but its subnet {subnet.name} is in {theirs}; remove `availabilityZone`",
                at="availabilityZone",
            )
    vpc = target_or_none(stack, subnet, "vpcId", *VPCS)
    if vpc is None:
        return
    for group in stack.referred_by(instance, "vpcSecurityGroupIds", GROUP).certain:
        with deferred():
            home = target_or_none(stack, group, "vpcId", *VPCS)
            if group.has("vpcId") and home is None:
                raise Undecided("vpcId", group.urn)
            in_default = not group.has("vpcId") and any(one.urn == vpc for one in stack.of_type(VPCS[0]))
            if (home and home != vpc) or in_default:
                where = "another VPC" if home else "the default VPC (it has no `vpcId`)"
                yield instance.finding(
                    f"security group {group.name} is in {where}, but subnet {subnet.name} is not; "
                    "create the group in the subnet's VPC",
                    at="vpcSecurityGroupIds",
                )


USER_DATA_LIMIT: Final = 16384


@rule((LAUNCH_TEMPLATE, INSTANCE), kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def user_data_encoded_once(instance: Resource) -> Findings:
    """A launch template's user data is base64 text, and user data is not longer than 16 KiB.

    Why: EC2 refuses a launch template with plain text when it launches ("InvalidUserData.Malformed: Invalid BASE64
    encoding of user data"), and more than 16,384 bytes: "User data is limited to 16384 bytes". An instance's `userData`
    is encoded by the provider, unless it is base64 already.
    Fix: Encode for launch templates (and `userDataBase64`) only; fetch long scripts from S3.
    Source: Amazon EC2 User Guide, "Run commands when you launch an EC2 instance with user data input"; Amazon EC2 API
    Reference, "RequestLaunchTemplateData".
    """
    encoded = ("userData",) if instance.is_a(LAUNCH_TEMPLATE) else ("userDataBase64",)
    plain = () if instance.is_a(LAUNCH_TEMPLATE) else ("userData",)
    for path in (*encoded, *plain):
        with deferred():
            text = instance.text(path)
            if not text:
                continue
            content = _decoded(text)
            if content is None and path in encoded:
                yield instance.finding(f"`{path}` is not base64; encode it", at=path, severity=Severity.CRITICAL)
                continue
            size = len(content if content is not None else text.encode())
            if size > USER_DATA_LIMIT:
                yield instance.finding(
                    f"the user data has {size} bytes, EC2 accepts {USER_DATA_LIMIT}; fetch the script from S3",
                    at=path,
                    severity=Severity.CRITICAL,
                )


def _decoded(text: str) -> bytes | None:
    """What a base64 text holds, None when it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


@rule(LAUNCH_CONFIGURATION, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def launch_template_used(configuration: Resource) -> Findings:
    """Auto Scaling groups start instances from launch templates, not from launch configurations.

    Why: Accounts opened since October 2024 can't create launch configurations ("UnsupportedOperation: The Launch
    Configuration creation operation is not available in your account"), and new instance types don't work with them.
    Fix: Use an `aws.ec2.LaunchTemplate`.
    Source: Amazon EC2 Auto Scaling User Guide, "Auto Scaling launch configurations".
    """
    yield configuration.finding(
        "launch configurations can't be created in newer accounts; use an `aws.ec2.LaunchTemplate`"
    )
