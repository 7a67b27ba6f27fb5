"""Whether the tasks of a service get their image and write their logs: the way out of their subnets."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, rule
from ...stack import Stack
from .._shared_graph import listed
from .._shared_ways_out import leads_out, leads_to_internet, missing_endpoints, subnets_and_vpc
from ._containers import SERVICE

_SUBNETS: Final = "networkConfiguration.subnets"
_PUBLIC: Final = "networkConfiguration.assignPublicIp"
_ENDPOINTS: Final = ("ecr.api", "ecr.dkr", "s3")


@rule(SERVICE, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def fargate_image_reachable(service: Resource, stack: Stack) -> Findings:
    """The tasks of a Fargate service have a way to the registry of their image.

    Why: Without one they stop ("ResourceInitializationError: unable to pull secrets or registry auth … i/o timeout",
    "CannotPullContainerError"), again and again.
    Fix: Route the subnets through a NAT gateway, add endpoints for ecr.api, ecr.dkr and s3, or (in subnets with an
    internet gateway) set `networkConfiguration.assignPublicIp=true`.
    Source: Amazon ECS Developer Guide, "Connect Amazon ECS applications to the internet"; "Amazon ECS interface VPC
    endpoints".
    """
    if not _on_fargate(service):
        return
    placed = subnets_and_vpc(stack, service, _SUBNETS)
    if placed is None:
        return
    subnets, vpc = placed
    if any(leads_out(stack, vpc, subnet) for subnet in subnets):
        return
    public = [subnet for subnet in subnets if leads_to_internet(stack, vpc, subnet)]
    if public and service.flag(_PUBLIC):
        return
    missing = missing_endpoints(stack, vpc, _ENDPOINTS)
    if not missing:
        return
    if public:
        yield service.finding(
            f"subnet '{public[0].name}' reaches the internet only from public addresses; set `assignPublicIp` to "
            "true, or use subnets behind a NAT gateway",
            at=_PUBLIC,
        )
    else:
        yield service.finding(
            f"the subnets have no way out and VPC '{vpc.name}' has no endpoint for {listed(missing)}; add them, "
            "or a NAT gateway",
            at=_SUBNETS,
        )


def _on_fargate(service: Resource) -> bool:
    launch = service.text("launchType")
    if launch:
        return launch == "FARGATE"
    strategies = [str(name) for name in service.values("capacityProviderStrategies.capacityProvider")]
    return bool(strategies) and all(name.startswith("FARGATE") for name in strategies)
