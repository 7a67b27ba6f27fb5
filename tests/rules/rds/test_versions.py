"""Engines, versions and parameter groups of databases."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, P, R, fails, passes, table, undecided
from tests.rules.rds.parts import COMPONENT, DB, GLOBAL, MEMBER, cluster, db

GROUP = "aws:rds/parameterGroup:ParameterGroup"


CLUSTER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"


OREGON = P("oregon", region="us-west-2")


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
        at="engineVersion",
    ),
    fails(
        "of a restore",
        R(DB, "db", provider=OREGON, engine="postgres", engineVersion="15.4", snapshotIdentifier="s"),
        severity=Severity.LOW,
        at="engineVersion",
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
    fails(
        "of a restore", cluster(engineMode="serverless", snapshotIdentifier="s"), severity=Severity.LOW, at="engineMode"
    ),
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
