"""Names and passwords of a new database, and what goes in pairs."""

from __future__ import annotations

from ...facts import rds
from ...resource import Resource
from ...rule import Findings, Kind, Severity, rule
from ._parts import CLUSTER, CLUSTER_INSTANCE, DOCDB_CLUSTER, INSTANCE, NEPTUNE_CLUSTER, is_copy, is_member

_INTERVALS = (0, 1, 5, 10, 15, 30, 60)


@rule((INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def database_name_valid(db: Resource) -> Findings:
    """The name of a database's first schema is one that its engine accepts.

    Why: CreateDBInstance refuses it ("InvalidParameterValue: DBName must begin with a letter and contain only
    alphanumeric characters"); hyphens are the usual cause.
    Fix: Use letters, digits and underscores, a letter first, within the engine's length; none for SQL Server.
    Source: Amazon RDS API Reference, CreateDBInstance (DBName) and CreateDBCluster (DatabaseName).
    """
    path = "dbName" if db.is_a(INSTANCE) else "databaseName"
    name, engine = db.text(path), db.text("engine")
    if not name or not engine:
        return
    rules = rds.database_name(engine)
    if rules is None:
        yield db.finding(f"{engine} does not support a database name at creation; remove `{path}`", at=path)
        return
    problem = rules.problem(name)
    if problem:
        yield db.finding(f"the database name '{name}' {problem}", at=path)


@rule((INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def master_username_allowed(db: Resource) -> Findings:
    """The master user's name is one that the engine does not reserve.

    Why: RDS refuses reserved names ("InvalidParameterValue: MasterUsername admin cannot be used as it is a reserved
    word used by the engine").
    Fix: Use another name, for example dbadmin.
    Source: Amazon RDS API Reference, CreateDBInstance and CreateDBCluster (MasterUsername).
    """
    path = "username" if db.is_a(INSTANCE) else "masterUsername"
    name, engine = db.text(path), db.text("engine")
    if not name or not engine:
        return
    problem = rds.master_username(engine).problem(name)
    if problem:
        yield db.finding(f"the master user's name {problem} ({engine}); use for example dbadmin", at=path)


@rule((INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def master_password_valid(db: Resource) -> Findings:
    """A new database has a master password that RDS accepts, or lets RDS make one.

    Why: Without a password, or with one that is too short, too long, or holds '/', '"', '@' or a space, the database is
    refused ("InvalidParameterValue: The parameter MasterUserPassword is not a valid password").
    Fix: Set `manageMasterUserPassword=true`: RDS makes the password, keeps it in Secrets Manager and rotates it.
    Source: Amazon RDS API Reference, CreateDBInstance and CreateDBCluster (MasterUserPassword).
    """
    path = "password" if db.is_a(INSTANCE) else "masterPassword"
    if is_copy(db) or is_member(db):
        return
    if not db.has(path):
        if not db.flag("manageMasterUserPassword") and not db.has(f"{path}Wo"):
            yield db.finding(
                "has no master password and does not let RDS manage one; set `manageMasterUserPassword=true`", at=path
            )
        return
    password = db.text(path) or ""
    longest = rds.password_max_length(db.text("engine") or "")
    if len(password) < rds.PASSWORD_MIN_LENGTH:
        yield db.finding(f"the master password is shorter than {rds.PASSWORD_MIN_LENGTH} characters", at=path)
    elif len(password) > longest:
        yield db.finding(
            f"the master password is longer than the {longest} characters that the engine accepts", at=path
        )
    elif rds.PASSWORD_FORBIDDEN & set(password):
        yield db.finding("the master password holds a '/', '\"', '@' or space, which RDS refuses", at=path)


@rule((INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def kms_key_encrypts(db: Resource) -> Findings:
    """A database with a KMS key has storage encryption switched on.

    Why: RDS refuses a key without encryption ("InvalidParameterCombination: To specify a KMS key, StorageEncrypted must
    be true").
    Fix: Set `storageEncrypted=true` beside the key.
    Source: Amazon RDS API Reference, CreateDBInstance (KmsKeyId, StorageEncrypted).
    """
    if db.has("kmsKeyId") and not is_copy(db) and not is_member(db) and not db.flag("storageEncrypted"):
        yield db.finding("has a `kmsKeyId` but does not set `storageEncrypted=true`", at="storageEncrypted")


@rule((INSTANCE, CLUSTER_INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def monitoring_role_set(db: Resource) -> Findings:
    """Enhanced monitoring has both an interval and a role.

    Why: RDS refuses one without the other ("InvalidParameterCombination: A MonitoringRoleARN value is required if you
    specify a MonitoringInterval value other than 0").
    Fix: Set `monitoringInterval` to 1, 5, 10, 15, 30 or 60 seconds and `monitoringRoleArn` to a role that trusts
    monitoring.rds.amazonaws.com, or leave both out.
    Source: Amazon RDS API Reference, CreateDBInstance (MonitoringInterval, MonitoringRoleArn).
    """
    has_role = db.has("monitoringRoleArn")
    interval = db.number("monitoringInterval")
    if interval is not None and interval not in _INTERVALS:
        yield db.finding(f"{interval} s is not supported; use 0, 1, 5, 10, 15, 30 or 60", at="monitoringInterval")
    elif interval and not has_role:
        yield db.finding(
            f"has a monitoring interval of {interval} s but no `monitoringRoleArn`", at="monitoringRoleArn"
        )
    elif has_role and not interval:
        yield db.finding("has a `monitoringRoleArn` but no monitoring interval above 0", at="monitoringInterval")


@rule(
    (INSTANCE, CLUSTER, DOCDB_CLUSTER, NEPTUNE_CLUSTER, "aws:redshift/cluster:Cluster"),
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
)
def final_snapshot_named(db: Resource) -> Findings:
    """A database that keeps a final snapshot names it.

    Why: Destroying or replacing it fails otherwise ("final_snapshot_identifier is required when skip_final_snapshot is
    false"), after everything that depends on it is gone.
    Fix: Set `finalSnapshotIdentifier`, or `skipFinalSnapshot=true` where the data may go.
    Source: Amazon RDS API Reference, DeleteDBInstance and DeleteDBCluster (FinalDBSnapshotIdentifier).
    """
    if db.has("replicateSourceDb") or db.flag("skipFinalSnapshot") or db.has("finalSnapshotIdentifier"):
        return
    if is_member(db):
        return
    yield db.finding(
        "can't be destroyed: set `finalSnapshotIdentifier`, or `skipFinalSnapshot` to true",
        at="finalSnapshotIdentifier",
    )
