"""Versions and runtimes whose support ends soon, in all stacks; the day of the audit decides, not that of a table."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from preflight.facts import eks, lambda_
from preflight.finding import Severity, Undecided
from preflight.fleet.across.model import Across, Fleet, Open
from preflight.fleet.across.rule import fleet_rule
from preflight.rule import Parameter, Parameters

_FUNCTION: Final = "aws:lambda/function:Function"
_CLUSTER: Final = "aws:eks/cluster:Cluster"
_DAYS: Final = Parameter.of(90, "How many days before the end of support a finding begins.", minimum=0)


def _days_left(fleet: Fleet, date: str) -> int:
    return (datetime.date.fromisoformat(date) - fleet.today).days


def _when(days: int, date: str) -> str:
    return f"ended on {date}" if days < 0 else f"ends on {date}, in {days} days"


@fleet_rule(_FUNCTION, severity=Severity.MEDIUM, parameters={"days": _DAYS})
def function_runtime_supported(fleet: Fleet, parameters: Parameters) -> Iterator[Across | Open]:
    """A deployed function's runtime is supported for some time to come.

    Why: After the end of support a runtime gets no security patches, and on a later day Lambda refuses every update of
    the function, an urgent fix too.
    Fix: Move to a newer runtime; the message names the successor where AWS does.
    Source: AWS Lambda Developer Guide, "Lambda runtimes" (deprecation policy).
    """
    for function in fleet.of_type(_FUNCTION):
        try:
            name = function["runtime"]
        except Undecided as unknown:
            yield function.undecided(unknown.path)
            continue
        found = lambda_.runtime(str(name)) if name else None
        if found is None or not found.deprecated:
            continue
        days = _days_left(fleet, found.deprecated)
        if days <= parameters["days"]:
            successor = f"use {found.successor}" if found.successor else "use a newer runtime"
            yield function.finding(
                f"support of {name} {_when(days, found.deprecated)}; {successor}",
                at="runtime",
                severity=Severity.HIGH if days < 0 else None,
            )


@fleet_rule(_CLUSTER, severity=Severity.MEDIUM, parameters={"days": _DAYS})
def cluster_version_supported(fleet: Fleet, parameters: Parameters) -> Iterator[Across | Open]:
    """A deployed EKS cluster's Kubernetes version is in standard support for some time to come.

    Why: Extended support costs six times as much per hour, and at its end EKS upgrades the control plane by itself.
    Fix: Upgrade the cluster one minor version at a time, and its node groups with it.
    Source: Amazon EKS User Guide, "Amazon EKS Kubernetes release calendar".
    """
    for cluster in fleet.of_type(_CLUSTER):
        try:
            version = cluster["version"]
        except Undecided as unknown:
            yield cluster.undecided(unknown.path)
            continue
        found = eks.VERSIONS.get(str(version))
        if found is None:
            continue
        days = _days_left(fleet, found.standard_support_ends)
        if days <= parameters["days"]:
            yield cluster.finding(
                f"standard support of Kubernetes {version} {_when(days, found.standard_support_ends)}; upgrade it",
                at="version",
                severity=Severity.HIGH if _days_left(fleet, found.extended_support_ends) < 0 else None,
            )
