"""Databases that stay: deletion, exposure, upgrades, zones."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided
from tests.rules.rds.parts import AURORA_MEMBER, CLUSTER, MEMBER, aurora, db

test_deletion_protection = table(
    "rds-deletion-protection",
    passes("on", db(deletionProtection=True)),
    passes("an Aurora instance has its cluster's", AURORA_MEMBER),
    fails("absent", db(), at="deletionProtection"),
    fails("off", aurora(deletionProtection=False), at="deletionProtection"),
    undecided("unknown", aurora(deletionProtection=UNKNOWN), at="deletionProtection"),
)


test_instance_private = table(
    "rds-instance-private",
    passes("absent", db()),
    passes("off", R(MEMBER, "m", publiclyAccessible=False)),
    fails("on", db(publiclyAccessible=True), at="publiclyAccessible"),
    undecided("unknown", db(publiclyAccessible=UNKNOWN), at="publiclyAccessible"),
)


test_minor_upgrades = table(
    "rds-minor-upgrades",
    passes("absent: on by default", db()),
    passes("on", R(MEMBER, "m", autoMinorVersionUpgrade=True)),
    fails("off", db(autoMinorVersionUpgrade=False), at="autoMinorVersionUpgrade"),
    undecided("unknown", db(autoMinorVersionUpgrade=UNKNOWN), at="autoMinorVersionUpgrade"),
)


PAIR = aurora("pair")


ALONE = aurora("alone")


test_multi_az = table(
    "rds-multi-az",
    passes("on", db(engine="postgres", multiAz=True)),
    passes("a replica", db(replicateSourceDb="s")),
    passes(
        "a cluster of two", PAIR, R(MEMBER, "a", clusterIdentifier=PAIR.id), R(MEMBER, "b", clusterIdentifier=PAIR.id)
    ),
    passes("a Multi-AZ cluster", R(CLUSTER, "c", engine="postgres")),
    fails("absent", db(engine="postgres"), at="multiAz"),
    fails(
        "a cluster of one, beside another of two",
        ALONE,
        R(MEMBER, "one", clusterIdentifier=ALONE.id),
        PAIR,
        R(MEMBER, "a", clusterIdentifier=PAIR.id),
        R(MEMBER, "b", clusterIdentifier=PAIR.id),
        says="one instance",
    ),
    undecided("unknown", db(engine="postgres", multiAz=UNKNOWN), at="multiAz"),
    undecided("an instance that may be its own", ALONE, R(MEMBER, "x", clusterIdentifier=UNKNOWN)),
)
