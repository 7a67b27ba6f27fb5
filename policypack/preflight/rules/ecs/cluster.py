"""Clusters: what is watched."""

from __future__ import annotations

from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_graph import same_scope
from ._containers import CLUSTER

ACCOUNT_SETTING: Final = "aws:ecs/accountSettingDefault:AccountSettingDefault"


_INSIGHTS_ON: Final = ("enabled", "enhanced")


@rule(CLUSTER, kind=Kind.COMPLIANCE, severity=Severity.LOW)
def container_insights(cluster: Resource, stack: Stack) -> Findings:
    """A cluster has Container Insights, enabled or enhanced, by its own setting or the account's.

    Why: Without it ECS records no metrics of tasks and containers, and not why tasks restart.
    Fix: Set settings=[{"name": "containerInsights", "value": "enhanced"}] on the cluster.
    Source: Amazon ECS Developer Guide, "Monitor Amazon ECS containers using Container Insights"; AWS Config rule
    ecs-container-insights-enabled.
    """
    pending: Undecided | None = None
    own = [setting for setting in cluster.each("settings") if setting.text("name") == "containerInsights"]
    for setting in own:
        if setting.text("value") not in _INSIGHTS_ON:
            yield setting.finding("Container Insights is off; set the value to enhanced", at="value")
    if own:
        return
    for default in stack.of_type(ACCOUNT_SETTING):
        try:
            is_on = default.text("name") == "containerInsights" and default.text("value") in _INSIGHTS_ON
            if is_on and same_scope(stack, cluster, default) is not False:
                return
        except Undecided as unknown:
            pending = unknown
    if pending:
        raise pending
    yield cluster.finding("Container Insights is not set; add settings with value enhanced", at="settings")
