"""Credentials of databases."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, secret, table, undecided
from tests.rules.rds.parts import KEY, MEMBER, cluster, db

ROLE = R("aws:iam/role:Role", "monitoring")

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
    given=[KEY],
)


test_monitoring_role_set = table(
    "rds-monitoring-role-set",
    passes("both", db(monitoringInterval=60, monitoringRoleArn=ROLE.arn), ROLE),
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
