"""Engine versions, instance classes, and parameter groups that go with them."""

from __future__ import annotations

from ...facts import rds
from ...facts.rds import Offer, Status
from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, deferred, rule
from ...stack import Stack
from ._parts import (
    CLUSTER,
    CLUSTER_INSTANCE,
    DOCDB_INSTANCE,
    GLOBAL_CLUSTER,
    INSTANCE,
    NEPTUNE_INSTANCE,
    engine_of,
    is_aurora,
    is_copy,
)

PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_PARAMETER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"


@rule((INSTANCE, CLUSTER, GLOBAL_CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def engine_version_offered(db: Resource) -> Findings:
    """RDS databases use an engine version that AWS offers in their Region.

    Why: RDS refuses a retired version only when the database is created, minutes into the update
    ("InvalidParameterCombination: Cannot find version 15.4 for postgres").
    Fix: Use one of the versions that the message lists, or the major version alone ("15") to get its newest.
    Source: Amazon RDS User Guide, "Amazon RDS for PostgreSQL versions", and its siblings for the other engines; Amazon
    Aurora User Guide, "Aurora versions".
    """
    engine, version = db.text("engine"), db.text("engineVersion")
    if not engine or not version:
        return
    known = rds.engine_versions(engine, db.known_region)
    status = known.status(version) if known else Status.UNKNOWN
    if known is None or status not in (Status.REFUSED, Status.DEPRECATED):
        return
    where = f"in {known.region}" if known.region else "in any region"
    nearest = ", ".join(known.nearest(version))
    instead = f"; offered: {nearest}" if nearest else ""
    if status is Status.DEPRECATED:
        yield db.finding(
            f"{engine} {version} is being retired (table of {known.dated}): a new database may be refused{instead}",
            at="engineVersion",
            severity=Severity.LOW,
        )
        return
    yield db.finding(
        f"{engine} {version} is not offered {where} for a new database (table of {known.dated}){instead}",
        at="engineVersion",
        severity=Severity.LOW if is_copy(db) else None,
    )


@rule((INSTANCE, CLUSTER_INSTANCE, DOCDB_INSTANCE, NEPTUNE_INSTANCE), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def instance_class_offered(db: Resource) -> Findings:
    """Database instances use a class that AWS offers for their engine in their Region.

    Why: The instance is refused after its subnet groups and keys exist ("InvalidParameterCombination: RDS does not
    support creating a DB instance with the following combination: DBInstanceClass=…").
    Fix: Use one of the classes that the message proposes; every class begins with "db.".
    Source: Amazon RDS User Guide, "DB instance classes"; Amazon Aurora User Guide, "Supported DB engines for classes".
    """
    name = db.text("instanceClass")
    if not name:
        return
    if not name.startswith("db."):
        yield db.finding(f"{name} is not a database class; use db.{name}", at="instanceClass")
        return
    # Aurora's classes, and Serverless, are rds-cluster-class-supported's matter.
    engine = engine_of(db)
    if not engine or is_aurora(engine):
        return
    yield from _class_findings(db, engine, name)


@rule(CLUSTER_INSTANCE, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def cluster_class_supported(instance: Resource) -> Findings:
    """Aurora cluster instances use a class that Aurora has.

    Why: Classes of plain RDS (db.t3.micro, db.m5.large) do not exist for Aurora: CreateDBInstance refuses them ("RDS
    does not support creating a DB instance with the following combination").
    Fix: Use db.serverless with a scaling block on the cluster, db.t4g.medium for tests, or an r class.
    Source: Amazon Aurora User Guide, "Amazon Aurora DB instance classes".
    """
    engine, name = instance.text("engine"), instance.text("instanceClass")
    if not engine or not name or not is_aurora(engine) or not name.startswith("db."):
        return
    yield from _class_findings(instance, engine, name)


def _class_findings(db: Resource, engine: str, name: str) -> Findings:
    known = rds.instance_classes(engine)
    if known is None or name == rds.SERVERLESS_CLASS:
        return
    region = db.known_region
    offer = known.offer(name, region)
    if offer is Offer.OFFERED:
        return
    nearest = ", ".join(known.nearest(name, region))
    instead = f"; near it: {nearest}" if nearest else ""
    if offer is Offer.ELSEWHERE:
        yield db.finding(
            f"{name} is not offered for {engine} in {region} (table of {known.dated}){instead}", at="instanceClass"
        )
    elif offer is Offer.REFUSED:
        yield db.finding(
            f"{name} is offered for {engine} in no region (table of {known.dated}){instead}", at="instanceClass"
        )
    elif offer is Offer.UNKNOWN:
        yield db.finding(
            f"{name} is of a class family that the table of {known.dated} does not know for {engine}{instead}",
            at="instanceClass",
            severity=Severity.LOW,
        )


@rule(CLUSTER, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def engine_mode_offered(cluster: Resource) -> Findings:
    """Aurora clusters use an engine mode that can still be created.

    Why: Serverless v1, parallel query, multi-master and global as engine modes have ended: CreateDBCluster refuses them
    ("The engine mode serverless you requested is currently unavailable").
    Fix: Leave `engineMode` out (or "provisioned") and set serverlessv2ScalingConfiguration with db.serverless
    instances.
    Source: Amazon Aurora User Guide, "Amazon Aurora Serverless v1 end of life"; API CreateDBCluster.
    """
    mode = cluster.text("engineMode")
    if mode in rds.RETIRED_ENGINE_MODES:
        yield cluster.finding(
            f"the engine mode {mode} is no longer offered; remove it and use Serverless v2",
            at="engineMode",
            severity=Severity.LOW if cluster.has("snapshotIdentifier") else None,
        )


@rule((PARAMETER_GROUP, CLUSTER_PARAMETER_GROUP), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def parameter_apply_method_valid(group: Resource) -> Findings:
    """Static parameters of a parameter group are applied at the next reboot.

    Why: RDS refuses to apply a static parameter at once ("InvalidParameterCombination: cannot use immediate apply
    method for static parameter"), and the provider's default is immediate.
    Fix: Set `applyMethod="pending-reboot"` on the parameter.
    Source: Amazon RDS User Guide, "Working with parameter groups"; API ModifyDBParameterGroup.
    """
    family = group.text("family")
    if not family:
        return
    static = rds.static_parameters(family)
    for parameter in group.each("parameters"):
        with deferred():
            name, method = parameter.text("name"), parameter.text("applyMethod")
            if name in static and method in (None, "", "immediate"):
                yield parameter.finding(
                    f"'{name}' is a static parameter of {family}: it needs `applyMethod` 'pending-reboot'",
                    at="applyMethod",
                )


@rule((INSTANCE, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def parameter_group_family_matches(db: Resource, stack: Stack) -> Findings:
    """A database's parameter group is of the family of its engine and major version.

    Why: The database is refused ("InvalidParameterCombination: The parameter group … with DBParameterGroupFamily
    postgres14 can't be used for this instance").
    Fix: Set the group's family to match, for example postgres15 for PostgreSQL 15.
    Source: Amazon RDS User Guide, "Working with parameter groups".
    """
    engine = db.text("engine")
    path, kind = (
        ("parameterGroupName", PARAMETER_GROUP)
        if db.is_a(INSTANCE)
        else ("dbClusterParameterGroupName", CLUSTER_PARAMETER_GROUP)
    )
    if not engine or not db.has(path):
        return
    for group in stack.referred_by(db, path, kind).certain:
        family = group.text("family")
        if not family:
            continue
        version = _known_version(db)
        wanted = rds.parameter_group_family(engine, version) if version else None
        if wanted is not None and wanted != family:
            yield db.finding(
                f"the parameter group '{group.name}' is of family {family}; {engine} {version} needs {wanted}", at=path
            )
        elif wanted is None and not rds.family_fits_engine(engine, family):
            yield db.finding(f"the parameter group '{group.name}' is of family {family}, not one of {engine}", at=path)


def _known_version(db: Resource) -> str | None:
    try:
        return db.text("engineVersion")
    except Undecided:
        return None
