"""Values, and types, that AWS or the provider has replaced and that the SDK's own messages don't tell (written
2026-11).

Properties and types that the SDK marks are in the schema facts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OldValue:
    """A value that has a successor. `where`: input path -> value that must hold beside it, all of the resource or of
    the same list entry.
    """

    type: str
    path: str
    value: str
    successor: str
    reason: str
    where: tuple[tuple[str, str], ...] = ()


OLD_VALUES: tuple[OldValue, ...] = (
    OldValue(
        "aws:ecs/cluster:Cluster",
        "settings.value",
        "enabled",
        "enhanced",
        "Container Insights with enhanced observability replaces the older form ('Amazon ECS Container Insights')",
        (("settings.name", "containerInsights"),),
    ),
    OldValue(
        "aws:ecs/accountSettingDefault:AccountSettingDefault",
        "value",
        "enabled",
        "enhanced",
        "Container Insights with enhanced observability replaces the older form ('Amazon ECS Container Insights')",
        (("name", "containerInsights"),),
    ),
    OldValue(
        "aws:ec2/eip:Eip",
        "domain",
        "standard",
        "vpc",
        "EC2-Classic ended in 2022 ('EC2-Classic networking is retiring')",
    ),
)
