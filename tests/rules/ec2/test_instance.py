"""Instances and launch templates that EC2 takes."""

from __future__ import annotations

import base64
from typing import Any

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided

COMPONENT = R("app:network:Network", "network")
VPC = R("aws:ec2/vpc:Vpc", "main")
SUBNET = R("aws:ec2/subnet:Subnet", "private", vpcId=VPC.id, availabilityZone="us-east-1a")
GROUP = R("aws:ec2/securityGroup:SecurityGroup", "web", vpcId=VPC.id)
PARIS = P("paris", region="eu-west-3")


def instance(**properties: Any) -> R:
    return R("aws:ec2/instance:Instance", "server", **properties)


def template(**properties: Any) -> R:
    return R("aws:ec2/launchTemplate:LaunchTemplate", "template", **properties)


test_type = table(
    "ec2-instance-type-offered",
    fails("a slip", instance(instanceType="t3.mirco"), at="instanceType", says=["t3.mirco", "t3."]),
    passes("offered", instance(instanceType="t3.micro")),
    fails(
        "offered elsewhere", template(instanceType="p5.48xlarge", provider=PARIS), at="instanceType", says="eu-west-3"
    ),
    fails(
        "a node group's",
        R("aws:eks/nodeGroup:NodeGroup", "nodes", instanceTypes=["t3.large", "t3.lagre"]),
        at="instanceTypes",
        says="t3.lagre",
    ),
    fails("a family the table lacks", instance(instanceType="z99.large"), severity=Severity.LOW, at="instanceType"),
    fails("a size the table lacks", instance(instanceType="m7i.96xlarge"), severity=Severity.LOW, at="instanceType"),
    passes("in some region", instance(instanceType="p5.48xlarge", provider=P(region=None))),
    passes("absent", template()),
    undecided("unknown", instance(instanceType=UNKNOWN), at="instanceType"),
)

OTHER = R("aws:ec2/vpc:Vpc", "other")
FOREIGN = R("aws:ec2/securityGroup:SecurityGroup", "foreign", vpcId=OTHER.id)
HOMELESS = R("aws:ec2/securityGroup:SecurityGroup", "homeless")
test_network = table(
    "ec2-instance-network-consistent",
    fails(
        "a group of another VPC",
        instance(subnetId=SUBNET.id, vpcSecurityGroupIds=[FOREIGN.id]),
        VPC,
        OTHER,
        SUBNET,
        FOREIGN,
        at="vpcSecurityGroupIds",
        says=["foreign", "private"],
    ),
    passes("one VPC", instance(subnetId=SUBNET.id, vpcSecurityGroupIds=[GROUP.id]), VPC, SUBNET, GROUP),
    fails(
        "a group of the default VPC",
        instance(subnetId=SUBNET.id, vpcSecurityGroupIds=[HOMELESS.id]),
        VPC,
        SUBNET,
        HOMELESS,
        says="default VPC",
    ),
    fails(
        "another zone", instance(subnetId=SUBNET.id, availabilityZone="us-east-1b"), VPC, SUBNET, at="availabilityZone"
    ),
    fails(
        "an interface and a subnet",
        instance(networkInterfaces=[{"networkInterfaceId": "eni-1"}], subnetId="subnet-1"),
        at="networkInterfaces",
    ),
    fails(
        "a group in a component",
        instance(
            subnetId=SUBNET.id,
            vpcSecurityGroupIds=[
                (child := R("aws:ec2/securityGroup:SecurityGroup", "child", parent=COMPONENT, vpcId=OTHER.id)).id
            ],
        ),
        VPC,
        OTHER,
        SUBNET,
        COMPONENT,
        child,
        at="vpcSecurityGroupIds",
    ),
    passes(
        "everything from outside",
        instance(subnetId="subnet-1", vpcSecurityGroupIds=["sg-1"], availabilityZone="us-east-1a"),
    ),
    undecided(
        "a group of an unknown VPC",
        instance(
            subnetId=SUBNET.id,
            vpcSecurityGroupIds=[(dark := R("aws:ec2/securityGroup:SecurityGroup", "dark", vpcId=UNKNOWN)).id],
        ),
        VPC,
        SUBNET,
        dark,
        at="vpcId",
    ),
    undecided(
        "an unknown zone", instance(subnetId=SUBNET.id, availabilityZone=UNKNOWN), VPC, SUBNET, at="availabilityZone"
    ),
)

SCRIPT = "#!/bin/bash\nyum -y update\n"
ENCODED = base64.b64encode(SCRIPT.encode()).decode()
test_user_data = table(
    "ec2-user-data-encoded-once",
    fails(
        "plain text in a template", template(userData=SCRIPT), at="userData", severity=Severity.CRITICAL, says="base64"
    ),
    passes("base64 in a template", template(userData=ENCODED)),
    passes("plain text on an instance", instance(userData=SCRIPT)),
    passes("base64 on an instance (the provider leaves it)", instance(userData=ENCODED)),
    fails("plain text as base64", instance(userDataBase64=SCRIPT), at="userDataBase64", severity=Severity.CRITICAL),
    fails("too long", instance(userData="#" * 17000), at="userData", severity=Severity.CRITICAL, says="17000"),
    passes("absent", template()),
    undecided("unknown", template(userData=UNKNOWN), at="userData"),
)

test_launch = table(
    "ec2-launch-template-used",
    fails("a launch configuration", R("aws:ec2/launchConfiguration:LaunchConfiguration", "old"), at=""),
    passes("a launch template", template()),
)
