"""Rules for Application Auto Scaling: targets."""

from __future__ import annotations

import re
from typing import Final

from ..rule import Findings, Kind, Resource, Severity, rule

TARGET: Final = "aws:appautoscaling/target:Target"
POLICY: Final = "aws:appautoscaling/policy:Policy"

# API RegisterScalableTarget: ResourceId of each namespace, read 2026-11. Namespaces that are not here are not judged.
_FORMS: Final = {
    "ecs": (r"service/[^/]+/[^/]+", "service/CLUSTER/SERVICE"),
    "dynamodb": (r"table/[^/]+(/index/[^/]+)?", "table/NAME or table/NAME/index/INDEX"),
    "rds": (r"cluster:.+", "cluster:NAME"),
    "ec2": (r"spot-fleet-request/.+", "spot-fleet-request/ID"),
    "appstream": (r"fleet/.+", "fleet/NAME"),
    "lambda": (r"function:[^:]+:[^:]+", "function:NAME:ALIAS"),
    "elasticache": (r"(replication-group|cache-cluster)/.+", "replication-group/NAME"),
}


@rule((TARGET, POLICY), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def target_consistent(resource: Resource) -> Findings:
    """The resource id and the dimension of a scaling target are of its service, and its minimum is not above its
    maximum.

    Why: Application Auto Scaling refuses others ("ValidationException: Unsupported service namespace, resource type or
    scalable dimension", "Maximum capacity cannot be less than minimum capacity").
    Fix: Write the id as the message says; in a policy take the three values from the target.
    Source: Application Auto Scaling API Reference, "RegisterScalableTarget".
    """
    if resource.is_a(TARGET):
        least, most = resource.known("minCapacity"), resource.known("maxCapacity")
        if isinstance(least, (int, float)) and isinstance(most, (int, float)) and least > most:
            yield resource.finding(f"the minimum {least} is above the maximum {most}; swap them", at="minCapacity")
    namespace = resource.text("serviceNamespace")
    if namespace not in _FORMS:
        return
    dimension = resource.text("scalableDimension")
    if dimension and not dimension.startswith(f"{namespace}:"):
        yield resource.finding(
            f"the dimension '{dimension}' is not of {namespace}; take one that begins with '{namespace}:'",
            at="scalableDimension",
        )
    identifier = resource.text("resourceId")
    pattern, form = _FORMS[namespace]
    if identifier and not re.fullmatch(pattern, identifier):
        yield resource.finding(f"the id '{identifier}' is not {form}, as {namespace} takes it", at="resourceId")
