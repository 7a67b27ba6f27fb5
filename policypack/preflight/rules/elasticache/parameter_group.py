"""ElastiCache: parameter groups and the engine, version and cluster mode that they are for."""

from __future__ import annotations

import re
from typing import Final

from ...rule import Findings, Kind, Resource, Severity, rule
from ...stack import Stack
from .group import CLUSTER, GROUP

PARAMETER_GROUP: Final = "aws:elasticache/parameterGroup:ParameterGroup"
_DEFAULT_GROUP: Final = re.compile(r"default\.(?P<family>[a-z]+[\d.x]+?)(?P<clustered>\.cluster\.on)?")
_TWO_NUMBERS: Final = re.compile(r"(\d+)\.(\d+)")


def family(engine: str, version: str) -> str | None:
    """The parameter group family of an engine and version; None for a version that says too little."""
    major = version.split(".")[0]
    if engine == "redis" and major.isdigit() and int(major) >= 7:
        return f"redis{major}"
    if engine == "redis" and major == "6":
        return "redis6.x"
    if engine == "valkey" and major.isdigit():
        return f"valkey{major}"
    both = _TWO_NUMBERS.match(version)
    return f"{engine}{both[1]}.{both[2]}" if both and engine in ("redis", "memcached") else None


@rule((GROUP, CLUSTER), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def parameter_group_family_matches(cache: Resource, stack: Stack) -> Findings:
    """A cache's parameter group is of the family of its engine and version.

    Why: ElastiCache refuses the cache ("InvalidParameterCombination: Expected a parameter group of family redis7 but
    found one of family redis6.x").
    Fix: Set the group's `family` to the one that the message names, or use the version's default group.
    Source: Amazon ElastiCache User Guide, "Parameter management"; API Reference, "CreateReplicationGroup".
    """
    engine = cache.text("engine") or ("redis" if cache.is_a(GROUP) else "")
    version = cache.text("engineVersion")
    if not version or not cache.has("parameterGroupName"):
        return
    wanted = family(engine, version)
    if wanted is None:
        return
    for found, name in _families(cache, stack):
        if found != wanted:
            yield cache.finding(
                f"the parameter group '{name}' is of family {found}, but {engine} {version} needs {wanted}",
                at="parameterGroupName",
            )


def _families(cache: Resource, stack: Stack) -> list[tuple[str, str]]:
    groups = stack.referred_by(cache, "parameterGroupName", PARAMETER_GROUP).certain
    if groups:
        return [(group.text("family") or "", group.name) for group in groups]
    name = cache.text("parameterGroupName") or ""
    default = _DEFAULT_GROUP.fullmatch(name)
    return [(default["family"], name)] if default else []


@rule(GROUP, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def cluster_mode_parameter_group(group: Resource, stack: Stack) -> Findings:
    """A replication group with several shards has a parameter group that turns cluster mode on.

    Why: ElastiCache refuses the group ("InvalidParameterCombination: Use a parameter group with cluster-enabled
    parameter to yes to create more than one node group").
    Fix: Use the default group whose name ends in ".cluster.on", or set the parameter cluster-enabled to "yes" in the
    group.
    Source: Amazon ElastiCache API Reference, "CreateReplicationGroup" (NumNodeGroups).
    """
    shards = group.number("numNodeGroups")
    if shards is None or shards < 2 or not group.has("parameterGroupName"):
        return
    partners = stack.referred_by(group, "parameterGroupName", PARAMETER_GROUP).certain
    for partner in partners:
        values = [
            entry.text("value") for entry in partner.each("parameters") if entry.text("name") == "cluster-enabled"
        ]
        if "yes" not in values:
            yield group.finding(
                f"has {shards:g} shards, but the parameter group '{partner.name}' does not set cluster-enabled to yes",
                at="parameterGroupName",
            )
    name = "" if partners else group.text("parameterGroupName") or ""
    default = _DEFAULT_GROUP.fullmatch(name)
    if default and not default["clustered"]:
        yield group.finding(
            f"has {shards:g} shards, but '{name}' leaves cluster mode off; use '{name}.cluster.on'",
            at="parameterGroupName",
        )
