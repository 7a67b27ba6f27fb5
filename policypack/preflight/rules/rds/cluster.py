"""Aurora clusters and what must fit around them: serverless scaling, global databases, subnet groups."""

from __future__ import annotations

from ...facts import rds
from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, deferred, rule
from ...stack import Stack
from ._parts import CLUSTER, CLUSTER_INSTANCE, GLOBAL_CLUSTER, instances_of

_SCALING = "serverlessv2ScalingConfiguration"
_SUBNET = "aws:ec2/subnet:Subnet"


@rule(CLUSTER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def serverless_class_serverless(cluster: Resource, stack: Stack) -> Findings:
    """An Aurora Serverless v2 cluster has a valid scaling block and db.serverless instances, both or neither.

    Why: A db.serverless instance in a cluster without scaling is refused ("InvalidDBClusterStateFault: Set the
    Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance"); a
    scaling block beside provisioned classes alone is ignored, and the cluster never scales.
    Fix: Set `serverlessv2ScalingConfiguration` on the cluster and `instanceClass="db.serverless"` on its instances.
    Source: Amazon Aurora User Guide, "Requirements and limitations for Aurora Serverless v2".
    """
    if cluster.has(_SCALING):
        yield from _capacity_findings(cluster)
    found = instances_of(stack, cluster)
    serverless: list[Resource] = []
    provisioned: list[Resource] = []
    for instance in found.certain:
        with deferred():
            wanted = instance.text("instanceClass")
            (serverless if wanted == rds.SERVERLESS_CLASS else provisioned).append(instance)
    if serverless and not cluster.has(_SCALING):
        for instance in serverless:
            yield instance.finding(
                f"is db.serverless, but its cluster '{cluster.name}' has no {_SCALING}", at="instanceClass"
            )
    elif cluster.has(_SCALING) and provisioned and len(provisioned) == len(found.certain) and not found.maybe_more:
        yield cluster.finding(
            "scales serverless, but every instance is of a provisioned class "
            f"({provisioned[0].known('instanceClass')}): the scaling block is ignored",
            at=_SCALING,
            severity=Severity.HIGH,
        )


def _capacity_findings(cluster: Resource) -> Findings:
    least, most = cluster.number(f"{_SCALING}.minCapacity"), cluster.number(f"{_SCALING}.maxCapacity")
    low, high = rds.SERVERLESS_MAX_CAPACITY_RANGE
    for name, value in (("minCapacity", least), ("maxCapacity", most)):
        if value is not None and value % rds.SERVERLESS_CAPACITY_STEP:
            yield cluster.finding(f"`{name}` {value} ACU is not a multiple of 0.5", at=f"{_SCALING}.{name}")
            return
    if least is not None and least < rds.SERVERLESS_MIN_CAPACITY:
        yield cluster.finding(f"`minCapacity` {least} ACU is below 0", at=f"{_SCALING}.minCapacity")
    elif most is not None and not low <= most <= high:
        yield cluster.finding(f"`maxCapacity` {most} ACU is not between 1 and 256", at=f"{_SCALING}.maxCapacity")
    elif least is not None and most is not None and least > most:
        yield cluster.finding(f"`minCapacity` {least} ACU is above `maxCapacity` {most}", at=f"{_SCALING}.minCapacity")


@rule(CLUSTER_INSTANCE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def global_cluster_class_supported(instance: Resource, stack: Stack) -> Findings:
    """Instances of an Aurora global database are not of a burstable class.

    Why: Global databases do not support db.t classes: the instance is refused ("RDS does not support creating a DB
    instance with the following combination").
    Fix: Use db.serverless or an r class for every instance of a cluster that is part of a global database.
    Source: Amazon Aurora User Guide, "Configuration requirements of an Amazon Aurora global database".
    """
    name = instance.text("instanceClass")
    if not name or not rds.GLOBAL_CLUSTER_REFUSED_CLASSES.fullmatch(name):
        return
    for cluster in stack.referred_by(instance, "clusterIdentifier", CLUSTER):
        if cluster.has("globalClusterIdentifier") or stack.referring_to(
            cluster, GLOBAL_CLUSTER, via="sourceDbClusterIdentifier"
        ):
            yield instance.finding(
                f"{name} is burstable, and the cluster '{cluster.name}' is part of a global database; "
                "use db.serverless or an r class",
                at="instanceClass",
            )


@rule(
    (
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:docdb/subnetGroup:SubnetGroup",
        "aws:neptune/subnetGroup:SubnetGroup",
        "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup",
    ),
    kind=Kind.DEPLOYMENT,
    severity=Severity.CRITICAL,
)
def subnet_group_in_two_zones(group: Resource, stack: Stack) -> Findings:
    """A database's subnet group covers at least two Availability Zones.

    Why: The group, or the database in it, is refused ("DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't
    meet Availability Zone (AZ) coverage requirement. Current AZ coverage: us-east-1a. Add subnets to cover at least 2
    AZs").
    Fix: Add subnets in a second Availability Zone.
    Source: Amazon RDS User Guide, "Working with a DB instance in a VPC"; AWS DMS User Guide, "Creating a replication
    subnet group".
    """
    subnets = group.list("subnetIds")
    if subnets is None:
        return
    if len(subnets) < 2:
        yield group.finding(f"has {len(subnets)} subnet; two in different zones are needed", at="subnetIds")
        return
    partners = stack.referred_by(group, "subnetIds", _SUBNET).certain
    if len(partners) < len(subnets):
        return
    try:
        zones = {partner.text("availabilityZone") or partner.text("availabilityZoneId") for partner in partners}
    except Undecided:
        return
    if len(zones) == 1 and None not in zones:
        yield group.finding(f"has all its subnets in {zones.pop()}; two zones are needed", at="subnetIds")
