"""What exists once per account, Region or VPC, and what one name or ARN stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from preflight.facts import scopes
from preflight.finding import Certainty, Severity, Undecided
from preflight.fleet.across.model import Across, Fleet, Holding, Open
from preflight.fleet.across.rule import fleet_rule
from preflight.fleet.across.rules._groups import grouped, located, once, owners

_SHARED: Final = tuple(token for token, scope in scopes.by_type().items() if scope.level in ("account", "region"))
_OF_VPC: Final = tuple(token for token, scope in scopes.by_type().items() if scope.level == "vpc")
_GLOBAL: Final = "aws:s3/bucket:Bucket"


def _key(holding: Holding) -> tuple[object, ...]:
    scope = scopes.of(holding.kind)
    assert scope is not None
    account, region = located(holding)
    if scope.level == "region" and not region:
        raise Undecided("region", holding.urn, "can't be told")
    keys = [str(holding[key]) for key in scope.key]
    return (holding.kind, account, region if scope.level == "region" else "", *keys)


@fleet_rule(_SHARED, severity=Severity.HIGH)
def singleton_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A setting that exists once per account or Region is managed by one stack.

    Why: Each update of one stack silently replaces what the other has set, or AWS refuses the second one; destroying
    either removes the setting for everyone in the account.
    Fix: Keep the resource in one stack, a baseline of the account, and remove it from the others' states with
    "pulumi state delete".
    Source: pulumi-aws, documentation of each of these resources; AWS API references ("one per account and Region").
    """
    for found in grouped(fleet.of_type(*_SHARED), _key):
        if isinstance(found, Open):
            yield found
            continue
        holding, others = found
        scope = scopes.of(holding.kind)
        assert scope is not None
        what = "account" if scope.level == "account" else "account and Region"
        severity = Severity.LOW if scope.second_create == "idempotent" else None
        yield holding.finding(
            f"exists once per {what} ({holding.place}), and {owners(others)} manages it too; keep it in one stack",
            severity=severity,
        )


@fleet_rule(_OF_VPC, severity=Severity.HIGH)
def vpc_default_adopted_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A VPC's default security group, network ACL or route table is adopted by one stack.

    Why: Adopting one removes every rule or route that the adopting program does not list, so two stacks take each
    other's rules away at each update.
    Fix: Keep the resource in the stack that owns the VPC.
    Source: pulumi-aws, "DefaultSecurityGroup", "DefaultNetworkAcl", "DefaultRouteTable".
    """
    yield from once(
        fleet.of_type(*_OF_VPC),
        lambda holding: (holding.kind, holding.id) if holding.id else None,
        lambda holding, others: f"adopts {holding.id}, and {owners(others)} adopts it too; keep it in one stack",
    )


@fleet_rule("aws:*", severity=Severity.CRITICAL)
def resource_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A resource of AWS is managed by one stack.

    Why: Two stacks that manage one ARN (after an import, a copied state or an equal name) undo each other's changes,
    and destroying one stack deletes the resource under the other.
    Fix: Keep the resource in one stack; in the others, look it up and remove it with "pulumi state delete".
    Source: Pulumi, "Importing resources" and "pulumi state delete".
    """
    shared = {*_SHARED, *_OF_VPC}
    for group in fleet.owned_twice("arn"):
        for holding in group:
            others = [other for other in group if other.state != holding.state]
            if others and holding.kind not in shared:
                yield holding.finding(f"{holding.arn} is managed by {owners(others)} too; keep it in one stack")


@fleet_rule("aws:*", severity=Severity.HIGH)
def name_owned_once(fleet: Fleet) -> Iterator[Across | Open]:
    """A physical name is used by one stack in its account and Region.

    Why: The second stack that creates a resource of this name is refused, or takes the first one's over without a word.
    Fix: Leave the name out, so that Pulumi adds a random suffix, or put the stack's name in it.
    Source: API reference of each service, "Create" operations; Pulumi, "Resource names".
    """
    for group in fleet.owned_twice("physical"):
        for holding in group:
            others = [other for other in group if other.state != holding.state and _apart(holding, other)]
            if not others:
                continue
            if not holding.account:
                yield holding.undecided("account", "can't be told: no ARN in this stack names it")
            else:
                yield holding.finding(
                    f"the name '{holding.physical}' ({holding.place}) is also that of {owners(others)}; give each "
                    "stack a name of its own"
                )


def _apart(holding: Holding, other: Holding) -> bool:
    """Whether ``fleet-resource-owned-once`` does not say it already."""
    return not (holding.arn and holding.arn == other.arn)


@fleet_rule(_GLOBAL, severity=Severity.HIGH, certainty=Certainty.CERTAIN)
def bucket_name_global(fleet: Fleet) -> Iterator[Across | Open]:
    """A bucket's name is used once in all accounts of the fleet.

    Why: Bucket names are unique over all accounts of a partition: of two states that hold one name, one is out of date,
    and its next update fails or reaches for the other account's bucket.
    Fix: Refresh both stacks, and rename the bucket of the one that lost it.
    Source: Amazon S3 User Guide, "General purpose bucket naming rules".
    """
    yield from once(
        fleet.of_type(_GLOBAL),
        lambda holding: (holding.physical,) if holding.physical and not _one_account(fleet, holding) else None,
        lambda holding, others: (
            f"the bucket '{holding.physical}' is also in {owners(others)}, of another account or Region; refresh both "
            "stacks"
        ),
    )


def _one_account(fleet: Fleet, holding: Holding) -> bool:
    """Whether every state has this name in one account and Region: then it is one resource, managed twice."""
    found = fleet.by_identity(_GLOBAL).get(holding.physical, ())
    return len({(other.account, other.region) for other in found}) < 2
