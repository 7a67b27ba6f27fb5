"""Database Migration Service."""

from __future__ import annotations

from typing import Final

from ..rule import Certainty, Findings, Kind, Resource, Severity, rule
from ..stack import Stack
from ._shared_flags import asked

INSTANCE: Final = "aws:dms/replicationInstance:ReplicationInstance"
SUBNET_GROUP: Final = "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup"
ROLE: Final = "aws:iam/role:Role"
VPC_ROLE: Final = "dms-vpc-role"


@rule(
    INSTANCE,
    kind=Kind.COMPLIANCE,
    severity=Severity.CRITICAL,
)
def instance_private(instance: Resource) -> Findings:
    """The replication instance has no public address.

    Why: It holds the credentials of both databases, and all data passes through it.
    Fix: Set `publiclyAccessible=false`; the provider does so when it is left out.
    Source: AWS DMS User Guide, "Setting up a network for a replication instance"; AWS Config rule
    dms-replication-not-public.
    """
    message = "is publicly accessible; set `publiclyAccessible=false`"
    yield from asked(instance, "publiclyAccessible", message, wanted=False, absent=False)


@rule((INSTANCE, SUBNET_GROUP), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def vpc_role_exists(subject: Resource, stack: Stack) -> Findings:
    """The account has the role dms-vpc-role before DMS is used.

    Why: DMS looks it up by that name ("AccessDeniedFault: The IAM Role arn:aws:iam::…:role/dms-vpc-role is not
    configured properly"). It exists once per account: where the program does not create it, this is only a reminder.
    Fix: Create an `aws.iam.Role` named dms-vpc-role that trusts dms.amazonaws.com, attach
    service-role/AmazonDMSVPCManagementRole, and depend on both; or declare the role as a prerequisite.
    Source: AWS DMS User Guide, "Creating the IAM roles to use with AWS DMS".
    """
    roles = [role for role in stack.of_type(ROLE) if role.known("name") == VPC_ROLE]
    if roles:
        if not any(stack.waits_for(subject, role) for role in roles):
            yield subject.finding(
                f"DMS needs role {VPC_ROLE}; add '{roles[0].name}' and its policy to `dependsOn`",
                certainty=Certainty.RACE,
            )
    elif not stack.is_declared(VPC_ROLE) and not any(name.endswith(f"/{VPC_ROLE}") for name in stack.prerequisites):
        yield subject.finding(
            f"DMS needs role {VPC_ROLE}, which is not created here; create it, or declare it as a prerequisite",
            severity=Severity.LOW,
            certainty=Certainty.OUTSIDE,
        )
