"""Clusters, their members and networks."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, fails, passes, table, undecided
from tests.rules.rds.parts import COMPONENT, GLOBAL, MEMBER, cluster

SUBNETS = "aws:rds/subnetGroup:SubnetGroup"


SUBNET = "aws:ec2/subnet:Subnet"


SCALING = {"minCapacity": 0.5, "maxCapacity": 4}


SERVERLESS = cluster("serverless", engine="aurora-mysql", serverlessv2ScalingConfiguration=SCALING)


PLAIN = cluster("plain", engine="aurora-mysql")


def member(of: R, name: str = "m", **properties: object) -> R:
    return R(MEMBER, name, clusterIdentifier=of.id, engine="aurora-mysql", **properties)


test_serverless_class_serverless = table(
    "rds-serverless-class-serverless",
    passes("both", SERVERLESS, member(SERVERLESS, instanceClass="db.serverless")),
    passes("neither", PLAIN, member(PLAIN, instanceClass="db.r6g.large")),
    passes("mixed", SERVERLESS, member(SERVERLESS, "a", instanceClass="db.serverless"), member(SERVERLESS, "b", instanceClass="db.r6g.large")),
    passes("instances elsewhere", SERVERLESS, PLAIN, member(PLAIN, instanceClass="db.r6g.large")),
    fails("no scaling block", member(PLAIN, instanceClass="db.serverless", parent=COMPONENT), PLAIN, COMPONENT, at="instanceClass"),
    fails(
        "ignored by provisioned classes",
        SERVERLESS,
        member(SERVERLESS, instanceClass="db.r6g.large"),
        at="serverlessv2ScalingConfiguration",
        severity=Severity.HIGH,
    ),
    fails("upside down", cluster(serverlessv2ScalingConfiguration={"minCapacity": 8, "maxCapacity": 4}), says="above `maxCapacity`"),
    fails("too large", cluster(serverlessv2ScalingConfiguration={"minCapacity": 1, "maxCapacity": 512}), says="256"),
    fails("no half steps", cluster(serverlessv2ScalingConfiguration={"minCapacity": 0.7, "maxCapacity": 4}), says="0.5"),
    undecided("an unknown class", SERVERLESS, member(SERVERLESS, instanceClass=UNKNOWN)),
    undecided("unknown capacity", cluster(serverlessv2ScalingConfiguration={"minCapacity": UNKNOWN, "maxCapacity": 4})),
)  # fmt: skip


IN_GLOBAL = cluster("member", globalClusterIdentifier="g")


test_global_cluster_class_supported = table(
    "rds-global-cluster-class-supported",
    passes("an r class", member(IN_GLOBAL, instanceClass="db.r6g.large"), IN_GLOBAL),
    passes("burstable in an ordinary cluster", member(PLAIN, instanceClass="db.t4g.medium"), PLAIN),
    passes("another cluster is global", member(PLAIN, instanceClass="db.t4g.medium"), PLAIN, IN_GLOBAL),
    fails("burstable in a global one", member(IN_GLOBAL, instanceClass="db.t4g.medium"), IN_GLOBAL, at="instanceClass"),
    fails(
        "as its source",
        member(PLAIN, instanceClass="db.t3.medium"),
        PLAIN,
        R(GLOBAL, "g", sourceDbClusterIdentifier=PLAIN.arn),
        at="instanceClass",
    ),
    undecided("an unknown class", member(IN_GLOBAL, instanceClass=UNKNOWN), IN_GLOBAL),
)


A, B = R(SUBNET, "a", availabilityZone="us-east-1a"), R(SUBNET, "b", availabilityZone="us-east-1b")


A2, ANY = R(SUBNET, "a2", availabilityZone="us-east-1a"), R(SUBNET, "any", availabilityZone=UNKNOWN)


test_subnet_group_in_two_zones = table(
    "rds-subnet-group-in-two-zones",
    passes("two zones", R(SUBNETS, "g", subnetIds=[A.id, B.id]), A, B),
    passes("subnets made elsewhere", R(SUBNETS, "g", subnetIds=["subnet-1", "subnet-2"])),
    passes("an unknown zone", R(SUBNETS, "g", subnetIds=[A.id, ANY.id]), A, ANY, only="preview"),
    fails("one subnet", R(SUBNETS, "g", subnetIds=[A.id]), A, at="subnetIds", says="two"),
    fails("one zone", R(SUBNETS, "g", subnetIds=[A.id, A2.id]), A, A2, B, at="subnetIds", says="us-east-1a"),
    fails(
        "of DMS",
        R("aws:dms/replicationSubnetGroup:ReplicationSubnetGroup", "g", subnetIds=["subnet-1"]),
        at="subnetIds",
    ),
    undecided("unknown subnets", R(SUBNETS, "g", subnetIds=UNKNOWN), at="subnetIds"),
)
