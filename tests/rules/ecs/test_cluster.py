"""Clusters: what is watched."""

from __future__ import annotations

from typing import Any

from preflight.testing import UNKNOWN, V6, P, R, fails, passes, table, undecided
from tests.rules.ecs.parts import COMPONENT

CLUSTER = "aws:ecs/cluster:Cluster"


ACCOUNT = "aws:ecs/accountSettingDefault:AccountSettingDefault"


WEST = P("west", region="us-west-2")


def cluster(value: Any, **more: Any) -> R:
    return R(CLUSTER, "cluster", settings=[{"name": "containerInsights", "value": value}], **more)


test_container_insights = table(
    "ecs-container-insights",
    fails("not set", R(CLUSTER, "cluster"), at="settings", says="enhanced"),
    passes("enhanced", cluster("enhanced")),
    passes("enabled", cluster("enabled", provider=V6)),
    fails("disabled", cluster("disabled"), at="settings[0].value"),
    passes("by the account", R(CLUSTER, "cluster"), R(ACCOUNT, "insights", name="containerInsights", value="enabled")),
    passes(
        "by the account, in a component",
        R(CLUSTER, "cluster"),
        COMPONENT,
        R(ACCOUNT, "insights", name="containerInsights", value="enabled", parent=COMPONENT),
    ),
    fails(
        "by the account in another region",
        R(CLUSTER, "cluster"),
        R(ACCOUNT, "insights", name="containerInsights", value="enabled", provider=WEST),
        at="settings",
    ),
    fails(
        "another setting of the account",
        R(CLUSTER, "cluster"),
        R(ACCOUNT, "a", name="fargateFIPSMode", value="on"),
        at="settings",
    ),
    undecided("unknown", cluster(UNKNOWN), at="settings[0].value"),
)
