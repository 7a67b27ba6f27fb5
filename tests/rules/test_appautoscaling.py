"""Rules for Application Auto Scaling."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided


def target(**more: Any) -> R:
    given = {
        "serviceNamespace": "ecs",
        "resourceId": "service/main/web",
        "scalableDimension": "ecs:service:DesiredCount",
        "minCapacity": 1,
        "maxCapacity": 4,
    }
    return R("aws:appautoscaling/target:Target", "target", **{**given, **more})


POLICY: dict[str, Any] = {
    "serviceNamespace": "ecs",
    "resourceId": "web",
    "scalableDimension": "ecs:service:DesiredCount",
}
test_target_consistent = table(
    "appautoscaling-target-consistent",
    fails(
        "a service without its cluster",
        target(resourceId="service/web"),
        at="resourceId",
        says="service/CLUSTER/SERVICE",
    ),
    passes("a service", target()),
    fails(
        "a dimension of another service",
        target(scalableDimension="dynamodb:table:ReadCapacityUnits"),
        at="scalableDimension",
    ),
    fails("upside down", target(minCapacity=5), at="minCapacity", says="5"),
    fails("a policy", R("aws:appautoscaling/policy:Policy", "policy", **POLICY), at="resourceId"),
    passes(
        "a table's index",
        target(
            serviceNamespace="dynamodb",
            resourceId="table/orders/index/by-day",
            scalableDimension="dynamodb:index:ReadCapacityUnits",
            provider=V6,
        ),
    ),
    passes("another service", target(serviceNamespace="custom-resource", resourceId="https://example.com")),
    undecided("unknown", target(resourceId=UNKNOWN), at="resourceId"),
)
