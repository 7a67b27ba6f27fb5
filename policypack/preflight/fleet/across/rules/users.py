"""Resources that other stacks use: deleting them breaks the others, and they should say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from preflight.finding import Certainty, Severity
from preflight.fleet.across.model import Across, Fleet, Holding, Open
from preflight.fleet.across.rule import fleet_rule
from preflight.fleet.across.rules._groups import owners

_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
_KEY: Final = "aws:kms/key:Key"
_ROLE: Final = "aws:iam/role:Role"
_NETWORK: Final = ("aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet")
_BUCKET: Final = "aws:s3/bucket:Bucket"


def _unprotected(fleet: Fleet, *types: str) -> Iterator[Across | Open]:
    used: dict[tuple[str, str], tuple[Holding, dict[str, Holding]]] = {}
    for user, _, owner in fleet.uses(*types):
        if not owner.protect:
            used.setdefault((owner.state, owner.urn), (owner, {}))[1].setdefault(user.state, user)
    for owner, users in used.values():
        yield owner.finding(
            f"is used by {owners(users.values())}, and is not protected; set the option `protect=true`", at=""
        )


@fleet_rule(_KEY, severity=Severity.HIGH, certainty=Certainty.OUTSIDE)
def used_key_protected(fleet: Fleet) -> Iterator[Across | Open]:
    """A KMS key that other stacks use is protected from deletion.

    Why: Destroying its stack schedules the key's deletion: what the other stacks encrypted under it is lost for good.
    Fix: Set the resource option `protect`, and destroy the users first.
    Source: AWS KMS Developer Guide, "Delete an AWS KMS key"; Pulumi, "Resource option: protect".
    """
    return _unprotected(fleet, _KEY)


@fleet_rule(_GROUP, severity=Severity.MEDIUM, certainty=Certainty.OUTSIDE)
def used_security_group_protected(fleet: Fleet) -> Iterator[Across | Open]:
    """A security group that other stacks use is protected from deletion.

    Why: EC2 refuses to delete it while it is in use ("DependencyViolation"): an update that replaces the group hangs,
    and fails after minutes.
    Fix: Set the resource option `protect`, and change the users first.
    Source: Amazon EC2 API Reference, "DeleteSecurityGroup".
    """
    return _unprotected(fleet, _GROUP)


@fleet_rule(_ROLE, severity=Severity.MEDIUM, certainty=Certainty.OUTSIDE)
def used_role_protected(fleet: Fleet) -> Iterator[Across | Open]:
    """An IAM role that other stacks use is protected from deletion.

    Why: IAM deletes a role that functions and tasks of other stacks run with; they fail at their next call, and a new
    role of the same name does not repair trust policies that named the old one.
    Fix: Set the resource option `protect`, or give each stack a role of its own.
    Source: IAM User Guide, "Delete roles or instance profiles".
    """
    return _unprotected(fleet, _ROLE)


@fleet_rule(_NETWORK, severity=Severity.MEDIUM, certainty=Certainty.OUTSIDE)
def used_network_protected(fleet: Fleet) -> Iterator[Across | Open]:
    """A VPC or subnet that other stacks use is protected from deletion.

    Why: EC2 refuses to delete it while it is in use ("DependencyViolation"), after the rest of the stack is gone.
    Fix: Set the resource option `protect`, and destroy the users first.
    Source: Amazon VPC User Guide, "Delete your VPC".
    """
    return _unprotected(fleet, *_NETWORK)


@fleet_rule(_BUCKET, severity=Severity.MEDIUM, certainty=Certainty.OUTSIDE)
def used_bucket_protected(fleet: Fleet) -> Iterator[Across | Open]:
    """A bucket that other stacks use is protected from deletion.

    Why: Destroying its stack takes the bucket from the others, with its objects where `forceDestroy` is set.
    Fix: Set the resource option `protect`.
    Source: Amazon S3 User Guide, "Deleting a general purpose bucket".
    """
    return _unprotected(fleet, _BUCKET)


@fleet_rule("aws:*", severity=Severity.HIGH)
def used_resource_stays(fleet: Fleet) -> Iterator[Across | Open]:
    """No stack uses a resource that another stack is about to delete.

    Why: The other stack has replaced it, and deletes the old one at its next update: then this one's reference is dead.
    Fix: Deploy this stack again, so that it uses the replacement, before the other one is updated.
    Source: Pulumi, "Resource option: deleteBeforeReplace" (replaced resources are kept as pending deletion).
    """
    for user, path, owner in fleet.uses(status="deleted"):
        yield user.finding(
            f"uses {owner.id}, which stack '{owner.stack}' has replaced and is going to delete; deploy this stack "
            "again",
            at=path,
        )
