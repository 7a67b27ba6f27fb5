"""How instances are protected."""

from __future__ import annotations

from typing import Any

import pytest

from preflight.judging.remediation import apply
from preflight.resource import Resource
from preflight.testing import UNKNOWN, P, R, fails, not_applicable, passes, table, undecided
from preflight.testing.remedy import remediates
from preflight.testing.tables import find_rule

COMPONENT = R("app:network:Network", "network")
WEST = P("west", region="us-west-2")
FROM_TEMPLATE = {"id": "lt-1"}


def instance(**properties: Any) -> R:
    return R("aws:ec2/instance:Instance", "server", **properties)


def template(**properties: Any) -> R:
    return R("aws:ec2/launchTemplate:LaunchTemplate", "template", **properties)


def configuration(**properties: Any) -> R:
    return R("aws:ec2/launchConfiguration:LaunchConfiguration", "old", **properties)


DEFAULTS = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults"
TOKENS = {"httpTokens": "required"}
test_imdsv2 = table(
    "ec2-imdsv2-required",
    fails(
        "optional",
        instance(metadataOptions={"httpTokens": "optional"}),
        at="metadataOptions.httpTokens",
        says="optional",
    ),
    passes("required", instance(metadataOptions=TOKENS)),
    fails("absent", template(), at="metadataOptions.httpTokens"),
    fails("a launch configuration", configuration(), at="metadataOptions.httpTokens"),
    passes("the endpoint is off", configuration(metadataOptions={"httpEndpoint": "disabled"})),
    passes("the region's default", instance(), R(DEFAULTS, "d", httpTokens="required")),
    passes(
        "the region's default, in a component",
        template(),
        COMPONENT,
        R(DEFAULTS, "d", parent=COMPONENT, httpTokens="required"),
    ),
    fails(
        "another region's default",
        instance(),
        R(DEFAULTS, "d", provider=WEST, httpTokens="required"),
        at="metadataOptions.httpTokens",
    ),
    not_applicable("the template decides", instance(launchTemplate=FROM_TEMPLATE)),
    undecided("unknown", instance(metadataOptions={"httpTokens": UNKNOWN}), at="metadataOptions.httpTokens"),
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"ami": UNKNOWN}, {"ami": UNKNOWN, "metadataOptions": TOKENS}),
        ({"metadataOptions": {"httpTokens": "optional"}}, {"metadataOptions": TOKENS}),
        ({"metadataOptions": {"httpTokens": UNKNOWN}}, None),
        ({"metadataOptions": {"httpEndpoint": "disabled"}}, None),
        ({"metadataOptions": TOKENS}, None),
        ({"launchTemplate": FROM_TEMPLATE}, None),
    ],
)
def test_imdsv2_remediation(before: dict[str, Any], after: dict[str, Any] | None) -> None:
    remediation = find_rule("ec2-imdsv2-required").remediation
    assert remediation is not None
    server = Resource(urn="urn", type_token="aws:ec2/instance:Instance", name="server", load_inputs=lambda: before)
    assert apply(before, remediation(server) or {}) == after


def test_imdsv2_remediated_passes() -> None:
    for subject in (instance(ami=UNKNOWN), template(metadataOptions={"httpTokens": "optional"}), configuration()):
        assert remediates("ec2-imdsv2-required", subject)["metadataOptions"] == TOKENS


ENCRYPTED = {"encrypted": True}
DEFAULT = R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all")
test_encrypted = table(
    "ec2-instance-block-devices-encrypted",
    fails(
        "a device that is not",
        instance(rootBlockDevice=ENCRYPTED, ebsBlockDevices=[{"deviceName": "/dev/sdb"}]),
        at="ebsBlockDevices[0].encrypted",
        says="/dev/sdb",
    ),
    passes(
        "both are",
        instance(rootBlockDevice=ENCRYPTED, ebsBlockDevices=[{"deviceName": "/dev/sdb", "encrypted": "true"}]),
    ),
    fails("no root device given", instance(), at="rootBlockDevice.encrypted"),
    fails(
        "a root device that says nothing", instance(rootBlockDevice={"volumeSize": 20}), at="rootBlockDevice.encrypted"
    ),
    passes("the account's default", instance(), DEFAULT),
    passes(
        "the account's default, in a component",
        instance(),
        COMPONENT,
        R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all", parent=COMPONENT),
    ),
    fails(
        "the default switched off",
        instance(),
        R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all", enabled=False),
        at="rootBlockDevice.encrypted",
    ),
    fails(
        "another region's default",
        instance(),
        R("aws:ebs/encryptionByDefault:EncryptionByDefault", "all", provider=WEST),
        at="rootBlockDevice.encrypted",
    ),
    not_applicable("the template decides", instance(launchTemplate=FROM_TEMPLATE)),
    undecided("unknown", instance(rootBlockDevice={"encrypted": UNKNOWN}), at="rootBlockDevice.encrypted"),
    undecided(
        "a snapshot's",
        instance(rootBlockDevice=ENCRYPTED, ebsBlockDevices=[{"snapshotId": "snap-1"}]),
        at="ebsBlockDevices[0].encrypted",
    ),
)

test_launch_encrypted = table(
    "ec2-launch-block-devices-encrypted",
    fails(
        "a template's device",
        template(blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20}}]),
        at="blockDeviceMappings[0].ebs.encrypted",
    ),
    passes(
        "encrypted, as text", template(blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}])
    ),
    fails(
        "a configuration's root", configuration(rootBlockDevice={"encrypted": False}), at="rootBlockDevice.encrypted"
    ),
    fails(
        "a configuration's device",
        configuration(ebsBlockDevices=[{"deviceName": "/dev/sdb"}]),
        at="ebsBlockDevices[0].encrypted",
    ),
    passes("no device", configuration(ebsBlockDevices=[{"deviceName": "/dev/sdb", "noDevice": True}])),
    passes("the account's default", template(blockDeviceMappings=[{"ebs": {"volumeSize": 20}}]), DEFAULT),
    passes("absent", template()),
    undecided(
        "unknown",
        template(blockDeviceMappings=[{"ebs": {"encrypted": UNKNOWN}}]),
        at="blockDeviceMappings[0].ebs.encrypted",
    ),
)

test_monitoring = table(
    "ec2-instance-detailed-monitoring",
    fails("absent", instance(), at="monitoring"),
    passes("on", instance(monitoring=True)),
    fails("a template's", template(monitoring={"enabled": False}), at="monitoring.enabled"),
    passes("a template's, on", template(monitoring={"enabled": True})),
    passes("a configuration, absent", configuration()),
    fails("a configuration, off", configuration(enableMonitoring=False), at="enableMonitoring"),
    not_applicable("the template decides", instance(launchTemplate=FROM_TEMPLATE)),
    undecided("unknown", instance(monitoring=UNKNOWN), at="monitoring"),
)

test_optimized = table(
    "ec2-instance-ebs-optimized",
    fails("an older type", instance(instanceType="m3.xlarge"), at="ebsOptimized", says="m3.xlarge"),
    passes("by its type", instance(instanceType="t3.micro")),
    passes("explicitly", instance(instanceType="m3.xlarge", ebsOptimized="true")),
    passes("a type that can't be", instance(instanceType="t2.micro", ebsOptimized=False)),
    passes("absent", instance()),
    undecided("unknown", instance(instanceType=UNKNOWN), at="instanceType"),
)

test_in_vpc = table(
    "ec2-instance-in-vpc",
    fails("absent", instance(), at="subnetId"),
    passes("a subnet", instance(subnetId="subnet-1")),
    passes("an unknown subnet", instance(subnetId=UNKNOWN)),
    passes("an interface", instance(primaryNetworkInterface={"networkInterfaceId": "eni-1"})),
    not_applicable("the template decides", instance(launchTemplate=FROM_TEMPLATE)),
)

PUBLIC = R("aws:ec2/subnet:Subnet", "public", mapPublicIpOnLaunch=True)
PRIVATE = R("aws:ec2/subnet:Subnet", "private")
SERVER = instance(subnetId=PRIVATE.id)
test_private = table(
    "ec2-instance-private",
    fails("its own flag", instance(associatePublicIpAddress=True), at="associatePublicIpAddress"),
    passes("a private subnet", SERVER, PRIVATE),
    fails("a public subnet", instance(subnetId=PUBLIC.id), PUBLIC, at="subnetId", says="public"),
    passes("a public subnet, switched off", instance(subnetId=PUBLIC.id, associatePublicIpAddress=False), PUBLIC),
    fails("an Elastic IP", SERVER, PRIVATE, R("aws:ec2/eip:Eip", "ip", instance=SERVER.id), says="ip"),
    fails(
        "an association in a component",
        SERVER,
        PRIVATE,
        COMPONENT,
        R("aws:ec2/eipAssociation:EipAssociation", "ip", parent=COMPONENT, instanceId=SERVER.id),
        says="ip gives the instance an Elastic IP address",
    ),
    passes("another's Elastic IP", SERVER, PRIVATE, R("aws:ec2/eip:Eip", "ip", instance="i-9")),
    fails(
        "a default subnet",
        instance(subnetId=(own := R("aws:ec2/defaultSubnet:DefaultSubnet", "default")).id),
        own,
        at="subnetId",
    ),
    undecided("a subnet from outside", instance(subnetId="subnet-1"), at="subnetId", only="up"),
    undecided("unknown", instance(associatePublicIpAddress=UNKNOWN), at="associatePublicIpAddress"),
)

test_profile = table(
    "ec2-instance-profile-attached",
    fails("absent", instance(), at="iamInstanceProfile"),
    passes("a profile", instance(iamInstanceProfile="web")),
    passes("an unknown profile", instance(iamInstanceProfile=UNKNOWN)),
    not_applicable("the template decides", instance(launchTemplate=FROM_TEMPLATE)),
)

test_termination = table(
    "ec2-instance-termination-protection",
    fails("absent", instance(), at="disableApiTermination"),
    passes("on", instance(disableApiTermination=True)),
    fails("off, as text", instance(disableApiTermination="false"), at="disableApiTermination"),
    undecided("unknown", instance(disableApiTermination=UNKNOWN), at="disableApiTermination"),
)

test_launch_private = table(
    "ec2-launch-addresses-private",
    fails(
        "a template's interface, as text",
        template(networkInterfaces=[{"associatePublicIpAddress": "true"}]),
        at="networkInterfaces[0].associatePublicIpAddress",
    ),
    passes("off", template(networkInterfaces=[{"associatePublicIpAddress": "false"}])),
    fails("a configuration's", configuration(associatePublicIpAddress=True), at="associatePublicIpAddress"),
    passes("absent", configuration()),
    undecided("unknown", configuration(associatePublicIpAddress=UNKNOWN), at="associatePublicIpAddress"),
)
