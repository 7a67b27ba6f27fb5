"""Properties that bound each other: a minimum is not above its maximum."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from ...resource import Resource
from ...rule import Findings, Kind, Severity, View, deferred, rule

_SCALING: Final = ("minSize", "desiredSize", "maxSize")
_CAPACITY: Final = ("minCapacity", "maxCapacity")
_TTLS: Final = ("minTtl", "defaultTtl", "maxTtl")
_INSTANCE_RANGES: Final = tuple(
    (f"mixedInstancesPolicy.launchTemplate.overrides.instanceRequirements.{name}", ("min", "max"))
    for name in ("memoryMib", "vcpuCount", "memoryGibPerVcpu", "networkBandwidthGbps", "totalLocalStorageGb")
)

RANGES: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion": (("", ("minSize", "maxSize")),),
    "aws:autoscaling/group:Group": _INSTANCE_RANGES,
    "aws:batch/computeEnvironment:ComputeEnvironment": (
        ("computeResources", ("minVcpus", "desiredVcpus", "maxVcpus")),
    ),
    "aws:cloudfront/cachePolicy:CachePolicy": (("", _TTLS),),
    "aws:cloudfront/distribution:Distribution": (("defaultCacheBehavior", _TTLS), ("orderedCacheBehaviors", _TTLS)),
    "aws:docdb/cluster:Cluster": (("serverlessV2ScalingConfiguration", _CAPACITY),),
    "aws:ecs/capacityProvider:CapacityProvider": (
        ("autoScalingGroupProvider.managedScaling", ("minimumScalingStepSize", "maximumScalingStepSize")),
    ),
    "aws:eks/nodeGroup:NodeGroup": (("scalingConfig", _SCALING),),
    "aws:elasticache/serverlessCache:ServerlessCache": (
        ("cacheUsageLimits.dataStorage", ("minimum", "maximum")),
        ("cacheUsageLimits.ecpuPerSeconds", ("minimum", "maximum")),
    ),
    "aws:emr/managedScalingPolicy:ManagedScalingPolicy": (
        ("computeLimits", ("minimumCapacityUnits", "maximumCapacityUnits")),
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (
        ("provisionedPollerConfig", ("minimumPollers", "maximumPollers")),
    ),
    "aws:mwaa/environment:Environment": (
        ("", ("minWorkers", "maxWorkers")),
        ("", ("minWebservers", "maxWebservers")),
    ),
    "aws:neptune/cluster:Cluster": (("serverlessV2ScalingConfiguration", _CAPACITY),),
    "aws:rds/cluster:Cluster": (("scalingConfiguration", _CAPACITY),),
    "aws:redshiftserverless/workgroup:Workgroup": (("", ("baseCapacity", "maxCapacity")),),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        ("rules.filter", ("objectSizeGreaterThan", "objectSizeLessThan")),
        ("rules.filter.and", ("objectSizeGreaterThan", "objectSizeLessThan")),
    ),
}
"""Type → holder and its properties, each not above the next; from the API reference of each service."""


@rule(tuple(RANGES), kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def ranges_ordered(resource: Resource) -> Findings:
    """A minimum is not above its maximum, nor a default or desired value outside them.

    Why: AWS refuses the resource when it is created ("InvalidArgument: The parameter MinTTL is greater than MaxTTL",
    "InvalidParameterException: desired capacity … must be between min and max").
    Fix: Put the values that the message names in order.
    Source: each service's API Reference, for example Amazon CloudFront, "CachePolicyConfig"; Amazon EKS,
    "NodegroupScalingConfig"; AWS Batch, "ComputeResource".
    """
    for holder, names in RANGES[resource.kind]:
        for view in resource.each(holder) if holder else (resource,):
            with deferred():
                yield from _disorder(view, names)


def _disorder(view: View, names: tuple[str, ...]) -> Findings:
    given = [(name, view.number(name)) for name in names if view.has(name)]
    present = [(name, value) for name, value in given if value is not None]
    for (low, below), (high, above) in pairwise(present):
        if below > above:
            yield view.finding(
                f"`{low}` {below:g} is above `{high}` {above:g}; set `{low}` to {above:g} or less", at=low
            )
