"""Redshift."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, P, R, fails, passes, table, undecided

CLUSTER = "aws:redshift/cluster:Cluster"
LOGGING = "aws:redshift/logging:Logging"
PARAMETER_GROUP = "aws:redshift/parameterGroup:ParameterGroup"
UNVERSIONED = P("explicit", version="")
INSIDE = R("program:index:App", "app")


def cluster(**properties: object) -> R:
    return R(CLUSTER, "warehouse", **properties)


test_encrypted = table(
    "redshift-encrypted",
    fails("off", cluster(encrypted=False), at="encrypted"),
    passes("on", cluster(encrypted=True)),
    passes("as a text", cluster(encrypted="true")),
    passes("on by default from version 7 on", cluster()),
    fails("off by default before", cluster(provider=V6), at="encrypted"),
    undecided("a provider of unknown version", cluster(provider=UNVERSIONED), at="encrypted"),
    undecided("unknown", cluster(encrypted=UNKNOWN), at="encrypted"),
)

test_cluster_private = table(
    "redshift-cluster-private",
    fails("public", cluster(publiclyAccessible=True), at="publiclyAccessible"),
    passes("private", cluster(publiclyAccessible=False, provider=V6)),
    passes("private by default from version 7 on", cluster()),
    fails("public by default before", cluster(provider=V6), at="publiclyAccessible"),
    undecided("unknown", cluster(publiclyAccessible=UNKNOWN), at="publiclyAccessible"),
)

test_enhanced_vpc_routing = table(
    "redshift-enhanced-vpc-routing",
    fails("absent", cluster(), at="enhancedVpcRouting"),
    passes("on", cluster(enhancedVpcRouting=True)),
    fails("off", cluster(enhancedVpcRouting=False), at="enhancedVpcRouting"),
    undecided("unknown", cluster(enhancedVpcRouting=UNKNOWN), at="enhancedVpcRouting"),
)

test_backup_retention = table(
    "redshift-backup-retention",
    fails("off", cluster(automatedSnapshotRetentionPeriod=0), at="automatedSnapshotRetentionPeriod"),
    passes("a day by default", cluster()),
    passes("a week", cluster(automatedSnapshotRetentionPeriod=7), parameters={"days": 7}),
    fails("fewer than configured", cluster(), parameters={"days": 7}, says="fewer than 7"),
    undecided("unknown", cluster(automatedSnapshotRetentionPeriod=UNKNOWN), at="automatedSnapshotRetentionPeriod"),
)

WINDOW = {"window": "sun:05:00-sun:06:00"}
test_maintenance_settings = table(
    "redshift-maintenance-settings",
    fails("no upgrades", cluster(allowVersionUpgrade=False), at="allowVersionUpgrade"),
    passes("absent", cluster()),
    passes("the window", cluster(preferredMaintenanceWindow="Sun:05:00-Sun:06:00"), parameters=WINDOW),
    fails("another window", cluster(), parameters=WINDOW, at="preferredMaintenanceWindow"),
    fails("another retention", cluster(), parameters={"days": 7}, at="automatedSnapshotRetentionPeriod"),
    undecided("unknown", cluster(allowVersionUpgrade=UNKNOWN), at="allowVersionUpgrade"),
)

test_node_type = table(
    "redshift-node-type",
    fails("another family", cluster(nodeType="ds2.xlarge"), at="nodeType", says="ra3.*"),
    passes("listed", cluster(nodeType="ra3.xlplus")),
    passes("as configured", cluster(nodeType="dc2.large"), parameters={"types": ["dc2.large"]}),
    undecided("unknown", cluster(nodeType=UNKNOWN), at="nodeType"),
)

BARE = cluster()
OTHER = R(CLUSTER, "other", provider=V6, logging={"enable": True})
test_audit_logging = table(
    "redshift-audit-logging",
    fails("none", BARE, says="has no audit logging created here"),
    passes("a Logging", BARE, R(LOGGING, "log", clusterIdentifier=BARE.id, logDestinationType="cloudwatch")),
    passes("in a component", BARE, R(LOGGING, "log", clusterIdentifier=BARE.id, parent=INSIDE), INSIDE),
    passes("inline, provider v6", OTHER),
    fails(
        "of another cluster",
        BARE,
        OTHER,
        R(LOGGING, "log", clusterIdentifier=OTHER.id),
        on=["warehouse"],
        says="has no audit logging created here",
    ),
    fails(
        "off, provider v6",
        R(CLUSTER, "c", provider=V6, logging={"enable": False}),
        says="has no audit logging created here",
    ),
    undecided("of an unknown cluster", BARE, R(LOGGING, "log", clusterIdentifier=UNKNOWN), at="clusterIdentifier"),
)


def parameters(value: object, family: str = "redshift-1.0") -> R:
    entries = [{"name": "wlm", "value": "[]"}] + ([{"name": "require_ssl", "value": value}] if value else [])
    return R(PARAMETER_GROUP, "parameters", family=family, parameters=entries)


ON, OFF, LEFT_OUT, NEWER = parameters("true"), parameters("false"), parameters(None), parameters(None, "redshift-2.0")
test_ssl_required = table(
    "redshift-ssl-required",
    fails("off", cluster(clusterParameterGroupName=OFF.name), OFF, at="clusterParameterGroupName", says="'parameters'"),
    passes("on", cluster(clusterParameterGroupName=ON.name), ON),
    passes("family redshift-2.0", cluster(clusterParameterGroupName=NEWER.id), NEWER),
    passes("the newer default", cluster(clusterParameterGroupName="default.redshift-2.0")),
    fails("left out", cluster(clusterParameterGroupName=LEFT_OUT.name), LEFT_OUT, at="clusterParameterGroupName"),
    fails(
        "the older default", cluster(clusterParameterGroupName="default.redshift-1.0"), at="clusterParameterGroupName"
    ),
    fails("absent", cluster(), at="clusterParameterGroupName", severity=Severity.LOW),
    undecided("a group from outside", cluster(clusterParameterGroupName="shared"), only="up"),
    undecided("unknown", cluster(clusterParameterGroupName=UNKNOWN), at="clusterParameterGroupName"),
)

test_in_vpc = table(
    "redshift-in-vpc",
    fails("absent", cluster(), at="clusterSubnetGroupName"),
    passes("a subnet group", cluster(clusterSubnetGroupName="private")),
    passes("an unknown name is one", cluster(clusterSubnetGroupName=UNKNOWN)),
)

test_kms_key = table(
    "redshift-kms-key",
    fails("absent", cluster(encrypted=True), at="kmsKeyId"),
    passes("an unknown key is one", cluster(kmsKeyId=UNKNOWN)),
)

test_port_non_default = table(
    "redshift-port-non-default",
    fails("absent", cluster(), at="port"),
    passes("another", cluster(port=8192)),
    fails("the default", cluster(port=5439), at="port"),
    undecided("unknown", cluster(port=UNKNOWN), at="port"),
)

test_username_non_default = table(
    "redshift-username-non-default",
    fails("the default", cluster(masterUsername="awsuser"), at="masterUsername"),
    passes("another", cluster(masterUsername="keeper")),
    passes("a restore has its snapshot's", cluster(snapshotIdentifier="s")),
    undecided("unknown", cluster(masterUsername=UNKNOWN), at="masterUsername"),
)

LOGS = R(
    PARAMETER_GROUP, "p", family="redshift-2.0", parameters=[{"name": "enable_user_activity_logging", "value": True}]
)
test_user_activity_logging = table(
    "redshift-user-activity-logging",
    fails("absent", cluster(), at="clusterParameterGroupName"),
    passes("on", cluster(clusterParameterGroupName=LOGS.name), LOGS),
    fails("left out", cluster(clusterParameterGroupName=NEWER.name), NEWER, says="'parameters'"),
    undecided("a group from outside", cluster(clusterParameterGroupName="shared"), only="up"),
    undecided("unknown", cluster(clusterParameterGroupName=UNKNOWN), at="clusterParameterGroupName"),
)

test_multi_az = table(
    "redshift-multi-az",
    fails("absent", cluster(), at="multiAz"),
    passes("on", cluster(multiAz=True)),
    undecided("unknown", cluster(multiAz=UNKNOWN), at="multiAz"),
)
