"""Databases that stay: deletion, exposure, upgrades, zones."""

from __future__ import annotations

from ...resource import Resource
from ...rule import Findings, Kind, Severity, rule
from ...stack import Stack
from ._parts import CLUSTER, CLUSTER_INSTANCE, INSTANCE, instances_of, is_aurora, is_member, off


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def deletion_protection(db: Resource) -> Findings:
    """RDS instances and clusters are protected against deletion.

    Why: One wrong destroy or replacement deletes the data with the database.
    Fix: Set `deletionProtection=true`; take it off in an update of its own when the database really has to go.
    Source: Amazon RDS User Guide, "Deleting a DB instance"; AWS Config rule rds-instance-deletion-protection-enabled.
    """
    if not is_member(db):
        yield from off(db, "deletionProtection", "has no deletion protection; set `deletionProtection=true`")


@rule(
    (INSTANCE, CLUSTER_INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def instance_private(db: Resource) -> Findings:
    """No database instance has a public address.

    Why: A public address exposes the database to everyone who guesses or steals a password.
    Fix: Leave `publiclyAccessible` out (it is false by default) and reach the database through the VPC.
    Source: Amazon RDS User Guide, "Hiding a DB instance in a VPC from the internet"; AWS Config rule
    rds-instance-public-access-check.
    """
    if db.flag("publiclyAccessible"):
        yield db.finding("is publicly accessible; remove `publiclyAccessible`", at="publiclyAccessible")


@rule(
    (INSTANCE, CLUSTER_INSTANCE),
    kind=Kind.COMPLIANCE,
    severity=Severity.LOW,
)
def minor_upgrades(db: Resource) -> Findings:
    """RDS instances take minor versions automatically.

    Why: Minor versions carry the security fixes of the engine.
    Fix: Leave `autoMinorVersionUpgrade` out (it is true by default), or set it to true.
    Source: Amazon RDS User Guide, "Automatically upgrading the minor engine version"; AWS Config rule
    rds-automatic-minor-version-upgrade-enabled.
    """
    if db.flag("autoMinorVersionUpgrade") is False:
        yield db.finding(
            "does not upgrade minor versions automatically; set `autoMinorVersionUpgrade=true`",
            at="autoMinorVersionUpgrade",
        )


@rule(
    (INSTANCE, CLUSTER),
    kind=Kind.COMPLIANCE,
    severity=Severity.MEDIUM,
)
def multi_az(db: Resource, stack: Stack) -> Findings:
    """Databases stand in more than one Availability Zone.

    Why: An instance in one zone is down with its zone, for as long as a restore takes.
    Fix: Set `multiAz=true` on an instance; give an Aurora cluster two instances.
    Source: Amazon RDS User Guide, "Configuring and managing a Multi-AZ deployment"; AWS Config rules
    rds-multi-az-support and rds-cluster-multi-az-enabled.
    """
    if db.is_a(INSTANCE):
        if not db.has("replicateSourceDb") and not is_aurora(db.text("engine")):
            yield from off(db, "multiAz", "stands in one zone; set `multiAz=true`")
        return
    # A Multi-AZ cluster of a plain engine always spans three zones.
    if not is_aurora(db.text("engine")):
        return
    found = instances_of(stack, db)
    if len(found.certain) < 2 and len(found) < 2:
        what = "has one instance" if found.certain else "has no instance"
        yield db.finding(f"{what} in this program: a second one lets it survive the loss of a zone")
