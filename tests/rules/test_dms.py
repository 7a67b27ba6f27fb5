"""Database Migration Service."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

COMPONENT = R("program:index:App", "app")

INSTANCE = "aws:dms/replicationInstance:ReplicationInstance"

test_instance_private = table(
    "dms-instance-private",
    fails("public", R(INSTANCE, "copy", publiclyAccessible=True), at="publiclyAccessible"),
    passes("private", R(INSTANCE, "copy", publiclyAccessible=False)),
    passes("private when absent", R(INSTANCE, "copy")),
    undecided("unknown", R(INSTANCE, "copy", publiclyAccessible=UNKNOWN), at="publiclyAccessible"),
)

SUBNETS = "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup"
ROLE = R("aws:iam/role:Role", "vpc", name="dms-vpc-role")
INSIDE = R("aws:iam/role:Role", "vpc", name="dms-vpc-role", parent=COMPONENT)
OTHER = R("aws:iam/role:Role", "other", name="app")

test_vpc_role_exists = table(
    "dms-vpc-role-exists",
    fails("does not wait", R(SUBNETS, "subnets"), ROLE, says="'vpc'"),
    passes("waits", R(SUBNETS, "subnets", depends_on=[ROLE]), ROLE),
    passes("waits for one in a component", R(INSTANCE, "copy", depends_on=[INSIDE]), INSIDE),
    passes("declared", R(INSTANCE, "copy"), prerequisites=frozenset({"dms-vpc-role"})),
    fails("not created here", R(INSTANCE, "copy"), OTHER, says="not created here", severity=Severity.LOW),
    fails(
        "its name is unknown",
        R(INSTANCE, "copy"),
        R("aws:iam/role:Role", "r", name=UNKNOWN),
        severity=Severity.LOW,
        says="DMS needs role dms-vpc-role",
    ),
    given=[INSIDE, COMPONENT],
)
