"""Quotas of VPCs and what is in them."""

from __future__ import annotations

from typing import Final

from ...rule import Certainty, Findings, Kind, Parameter, Parameters, Resource, Severity, rule
from ...stack import Stack
from .._shared_targets import sharing
from ._network import ENDPOINT, INTERNET_GATEWAY, VPC, VPCS
from ._permissions import GROUP

_SOURCES: Final = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups")


@rule(
    (VPC, INTERNET_GATEWAY, ENDPOINT, GROUP),
    kind=Kind.DEPLOYMENT,
    severity=Severity.LOW,
    parameters={
        "vpcs": Parameter.of(5, "VPCs, and internet gateways, that the account may have in a Region.", minimum=0),
        "interfaceEndpoints": Parameter.of(50, "Interface endpoints that a VPC may have.", minimum=0),
        "rules": Parameter.of(60, "Rules of one direction that a security group may have.", minimum=0),
    },
)
def vpc_resources_within_quota(resource: Resource, stack: Stack, parameters: Parameters) -> Findings:
    """VPCs, internet gateways, interface endpoints and inline rules stay within the account's quotas.

    Why: EC2 refuses the next one: "VpcLimitExceeded", "InternetGatewayLimitExceeded", "VpcEndpointLimitExceeded",
    "RulesPerSecurityGroupLimitExceeded". Other programs' VPCs count too.
    Fix: Make fewer, or have the quota raised and set it here.
    Source: Amazon VPC User Guide, "Amazon VPC quotas".
    """
    if resource.is_a(GROUP):
        yield from _inline_rules(resource, parameters["rules"])
    elif resource.is_a(ENDPOINT):
        if resource.text("vpcEndpointType") == "Interface":
            others = sharing(stack, resource, "vpcId", (ENDPOINT,), *VPCS)
            interfaces = [one for one in others if one.known("vpcEndpointType") == "Interface"]
            quota = parameters["interfaceEndpoints"]
            if len(interfaces) > quota and interfaces[quota] is resource:
                yield resource.finding(
                    f"this is interface endpoint number {quota + 1} of its VPC; the quota is {quota} unless it was "
                    "raised",
                    certainty=Certainty.OUTSIDE,
                )
    else:
        quota, number = (
            parameters["vpcs"],
            stack.once(f"numbers of {resource.kind}", lambda stack: _numbers(stack, resource.kind)),
        )
        if number.get(resource.urn) == quota + 1:
            what = "VPC" if resource.is_a(VPC) else "internet gateway"
            yield resource.finding(
                f"this is {what} number {quota + 1} of the program in {resource.known_region or 'one Region'}; the "
                f"quota is {quota} unless it was raised",
                certainty=Certainty.OUTSIDE,
            )


def _numbers(stack: Stack, kind: str) -> dict[str, int]:
    """Which number a resource of a kind is among those of its provider and region; by URN."""
    counts: dict[tuple[str, str], int] = {}
    numbers: dict[str, int] = {}
    for one in stack.of_type(kind):
        place = (one.provider.urn if one.provider else "", one.known_region or "")
        counts[place] = numbers[one.urn] = counts.get(place, 0) + 1
    return numbers


def _inline_rules(group: Resource, quota: int) -> Findings:
    for direction in ("ingress", "egress"):
        if not group.has(direction):
            continue
        count = 0
        for entry in group.each(direction):
            sources = [entry.raw(path) for path in _SOURCES]
            count += sum(len(source) if isinstance(source, list) else 1 for source in sources if source)
            count += 1 if entry.has("self") and entry.known("self") else 0
        if count > quota:
            yield group.finding(
                f"the group has {count} {direction} rules, one for each source; the quota is {quota} unless it was "
                "raised. Use a prefix list, or fewer sources",
                at=direction,
                certainty=Certainty.OUTSIDE,
            )
