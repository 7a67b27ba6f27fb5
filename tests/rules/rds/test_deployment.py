"""RDS and Aurora: what AWS refuses, or what deploys and does not work."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, fails, passes, secret, table, undecided

DB = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
GLOBAL = "aws:rds/globalCluster:GlobalCluster"
GROUP = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
SUBNET = "aws:ec2/subnet:Subnet"
COMPONENT = R("mine:data:Database", "database")
OREGON = P("oregon", region="us-west-2")


def db(**properties: object) -> R:
    return R(DB, "db", **properties)


def cluster(name: str = "cluster", **properties: object) -> R:
    return R(CLUSTER, name, **properties)


test_engine_version_offered = table(
    "rds-engine-version-offered",
    passes("an offered version", db(engine="postgres", engineVersion="15.14")),
    passes("the major version alone", db(engine="postgres", engineVersion="15")),
    passes("no version", db(engine="postgres")),
    passes("an engine without a table", db(engine="oracle-ee", engineVersion="1.2.3")),
    passes("a line newer than the table", db(engine="postgres", engineVersion="99.1")),
    passes("a minor just above the newest listed", db(engine="postgres", engineVersion="15.18")),
    fails(
        "a version the region refuses",
        R(DB, "db", provider=OREGON, engine="postgres", engineVersion="15.4"),
        at="engineVersion",
        says=["15.4", "us-west-2", "15.14"],
    ),
    fails("a version that never was", db(engine="postgres", engineVersion="15.99"), at="engineVersion"),
    fails("of a cluster", cluster(engine="aurora-mysql", engineVersion="5.7.12"), at="engineVersion"),
    fails("of a global cluster", R(GLOBAL, "g", engine="aurora-postgresql", engineVersion="10.4"), at="engineVersion"),
    fails(
        "a version being retired",
        R(DB, "db", provider=OREGON, engine="postgres", engineVersion="15.7"),
        severity=Severity.LOW,
    ),
    fails(
        "of a restore",
        R(DB, "db", provider=OREGON, engine="postgres", engineVersion="15.4", snapshotIdentifier="s"),
        severity=Severity.LOW,
    ),
    undecided("an unknown version", db(engine="postgres", engineVersion=UNKNOWN), at="engineVersion"),
    undecided("an unknown engine", db(engine=UNKNOWN, engineVersion="15.4"), at="engine"),
)

test_instance_class_offered = table(
    "rds-instance-class-offered",
    passes("an offered class", db(engine="postgres", instanceClass="db.t3.micro")),
    passes("no class", db(engine="postgres")),
    passes("Aurora's class is another rule's", R(MEMBER, "m", engine="aurora-mysql", instanceClass="db.t3.micro")),
    passes("DocumentDB", R("aws:docdb/clusterInstance:ClusterInstance", "m", instanceClass="db.r5.large")),
    fails(
        "without its prefix", db(engine="postgres", instanceClass="t3.micro"), at="instanceClass", says="db.t3.micro"
    ),
    fails("no such size", db(engine="postgres", instanceClass="db.t3.huge"), at="instanceClass"),
    fails(
        "an unheard-of family",
        db(engine="postgres", instanceClass="db.q99.large"),
        at="instanceClass",
        severity=Severity.LOW,
    ),
    undecided("an unknown class", db(engine="postgres", instanceClass=UNKNOWN), at="instanceClass"),
)

test_cluster_class_supported = table(
    "rds-cluster-class-supported",
    passes("serverless", R(MEMBER, "m", engine="aurora-postgresql", instanceClass="db.serverless")),
    passes("an r class", R(MEMBER, "m", engine="aurora-mysql", instanceClass="db.r6g.large")),
    passes("no class", R(MEMBER, "m", engine="aurora-mysql")),
    fails(
        "a class of plain RDS",
        R(MEMBER, "m", engine="aurora-mysql", instanceClass="db.t3.micro"),
        at="instanceClass",
        says="aurora-mysql",
    ),
    fails("another", R(MEMBER, "m", engine="aurora-postgresql", instanceClass="db.m5.large"), at="instanceClass"),
    undecided("unknown", R(MEMBER, "m", engine="aurora-mysql", instanceClass=UNKNOWN), at="instanceClass"),
)

test_engine_mode_offered = table(
    "rds-engine-mode-offered",
    passes("provisioned", cluster(engineMode="provisioned")),
    passes("absent", cluster()),
    fails("Serverless v1", cluster(engineMode="serverless"), at="engineMode", says="Serverless v2"),
    fails("of a restore", cluster(engineMode="serverless", snapshotIdentifier="s"), severity=Severity.LOW),
    undecided("unknown", cluster(engineMode=UNKNOWN), at="engineMode"),
)

test_parameter_apply_method_valid = table(
    "rds-parameter-apply-method-valid",
    passes(
        "at the next reboot",
        R(
            GROUP,
            "g",
            family="postgres15",
            parameters=[{"name": "max_connections", "value": "9", "applyMethod": "pending-reboot"}],
        ),
    ),
    passes(
        "a dynamic parameter",
        R(GROUP, "g", family="postgres15", parameters=[{"name": "log_statement", "value": "ddl"}]),
    ),
    passes("no parameters", R(GROUP, "g", family="postgres15")),
    fails(
        "a static parameter at once",
        R(GROUP, "g", family="postgres15", parameters=[{"name": "max_connections", "value": "9"}]),
        at="parameters[0].applyMethod",
        says=["max_connections", "pending-reboot"],
    ),
    fails(
        "behind an unknown entry",
        R(
            CLUSTER_GROUP,
            "g",
            family="aurora-postgresql15",
            parameters=[
                {"name": UNKNOWN},
                {"name": "shared_preload_libraries", "value": "x", "applyMethod": "immediate"},
            ],
        ),
        at="parameters[1].applyMethod",
        also_undecided=True,
    ),
    undecided("an unknown name", R(GROUP, "g", family="postgres15", parameters=[{"name": UNKNOWN}])),
)

PG14 = R(GROUP, "pg14", family="postgres14")
PG15 = R(GROUP, "pg15", family="postgres15", parent=COMPONENT)
test_parameter_group_family_matches = table(
    "rds-parameter-group-family-matches",
    passes("the family of the version", db(engine="postgres", engineVersion="15.14", parameterGroupName=PG15.prop("name")), PG15, COMPONENT),
    passes("no version: the engine fits", db(engine="postgres", parameterGroupName=PG14.prop("name")), PG14),
    passes("an unknown version: the engine fits", db(engine="postgres", engineVersion=UNKNOWN, parameterGroupName=PG14.id), PG14),
    passes("no group", db(engine="postgres", engineVersion="15.14")),
    passes("a group made elsewhere", db(engine="postgres", engineVersion="15.14", parameterGroupName="default.postgres14")),
    passes("another database's group", db(engine="postgres", engineVersion="15.14", parameterGroupName=PG15.id), PG15, PG14, COMPONENT),
    fails(
        "the family of another version",
        db(engine="postgres", engineVersion="15.14", parameterGroupName=PG14.prop("name")),
        PG14,
        at="parameterGroupName",
        says=["postgres14", "postgres15"],
    ),
    fails(
        "the family of another engine",
        cluster(engine="aurora-mysql", dbClusterParameterGroupName=R(CLUSTER_GROUP, "cg", family="aurora-postgresql15").prop("name")),
        R(CLUSTER_GROUP, "cg", family="aurora-postgresql15"),
        at="dbClusterParameterGroupName",
    ),
    undecided("an unknown family", db(engine="postgres", parameterGroupName=R(GROUP, "u", family=UNKNOWN).id), R(GROUP, "u", family=UNKNOWN)),
)  # fmt: skip

test_database_name_valid = table(
    "rds-database-name-valid",
    passes("letters and underscores", db(engine="postgres", dbName="app_data")),
    passes("absent", db(engine="postgres")),
    fails("with a hyphen", db(engine="postgres", dbName="app-data"), at="dbName", says="app-data"),
    fails("of a cluster", cluster(engine="aurora-mysql", databaseName="1app"), at="databaseName"),
    fails("for SQL Server", db(engine="sqlserver-ex", dbName="app"), at="dbName"),
    undecided("unknown", db(engine="postgres", dbName=UNKNOWN), at="dbName"),
)

test_master_username_allowed = table(
    "rds-master-username-allowed",
    passes("a free name", db(engine="postgres", username="dbadmin")),
    passes("admin is free on MySQL", db(engine="mysql", username="admin")),
    passes("absent", db(engine="postgres")),
    fails("admin on PostgreSQL", db(engine="postgres", username="admin"), at="username", says="dbadmin"),
    fails("rdsadmin anywhere", cluster(engine="aurora-mysql", masterUsername="rdsadmin"), at="masterUsername"),
    undecided("unknown", db(engine="postgres", username=UNKNOWN), at="username"),
)

test_master_password_valid = table(
    "rds-master-password-valid",
    passes("managed by RDS", db(engine="postgres", manageMasterUserPassword=True)),
    passes("a good one", db(engine="postgres", password=secret("correct-horse-battery"))),
    passes("write-only", db(engine="postgres", passwordWo=secret("correct-horse-battery"))),
    passes("a replica", db(replicateSourceDb="source")),
    passes("a restore", cluster(engine="aurora-mysql", snapshotIdentifier="s")),
    passes("in a global database", cluster(engine="aurora-mysql", globalClusterIdentifier="g")),
    fails("none at all", db(engine="postgres"), at="password", says="manageMasterUserPassword"),
    fails("too short", db(engine="postgres", password=secret("short")), at="password", says="shorter than 8"),
    fails("too long", db(engine="mysql", password="x" * 42), at="password", says="41"),
    fails("with a slash", cluster(engine="aurora-mysql", masterPassword="with/slash"), at="masterPassword"),
    undecided("unknown", db(engine="postgres", password=UNKNOWN), at="password"),
)

test_kms_key_encrypts = table(
    "rds-kms-key-encrypts",
    passes("both", db(kmsKeyId="arn:aws:kms:us-east-1:210987654321:key/k", storageEncrypted=True)),
    passes("neither", db()),
    passes("a replica", db(kmsKeyId="k", replicateSourceDb="s")),
    fails("the key alone", db(kmsKeyId=R("aws:kms/key:Key", "key").arn), at="storageEncrypted"),
    fails("switched off", cluster(kmsKeyId=UNKNOWN, storageEncrypted=False), at="storageEncrypted"),
    undecided("unknown encryption", db(kmsKeyId="k", storageEncrypted=UNKNOWN), at="storageEncrypted"),
)

test_monitoring_role_set = table(
    "rds-monitoring-role-set",
    passes("both", db(monitoringInterval=60, monitoringRoleArn=R("aws:iam/role:Role", "r").arn)),
    passes("neither", db()),
    passes("off", db(monitoringInterval=0)),
    fails("no role", db(monitoringInterval=60), at="monitoringRoleArn"),
    fails("no interval", R(MEMBER, "m", monitoringRoleArn=UNKNOWN), at="monitoringInterval"),
    fails("an odd interval", db(monitoringInterval=45, monitoringRoleArn="r"), at="monitoringInterval", says="45"),
    undecided("unknown interval", db(monitoringInterval=UNKNOWN), at="monitoringInterval"),
)

test_final_snapshot_named = table(
    "rds-final-snapshot-named",
    passes("named", db(finalSnapshotIdentifier="last")),
    passes("skipped", db(skipFinalSnapshot=True)),
    passes("a replica", db(replicateSourceDb="s")),
    fails("neither", db(), at="finalSnapshotIdentifier"),
    fails("of a cluster", R("aws:docdb/cluster:Cluster", "c", skipFinalSnapshot="false"), at="finalSnapshotIdentifier"),
    undecided("unknown", db(skipFinalSnapshot=UNKNOWN), at="skipFinalSnapshot"),
)

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
