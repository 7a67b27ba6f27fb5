"""Service principals: which exist, which one is meant by a misspelt one, and which assume the roles of a property.

The list is dated and joins AWS managed policies with the trust policies of AWS's user guides (written 2026-11). It
isn't complete, so only a near miss of a listed one says that a principal is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from preflight.facts import iam, regions
from preflight.facts.table import load

_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".aws.internal", ".api.aws")

# What people write in place of '.amazonaws.com'.
_WRONG_SUFFIX = re.compile(
    r"\.(amazonaws?|amazon|aws|amzonaws|amazonws|amazonas|amazoneaws)(\.(com?|org|net|amazon\.com))?"
)


def dated() -> str:
    """The date (YYYY-MM-DD) of the list."""
    return load("service_principals").dated


def exists(principal: str) -> bool:
    """Whether a service principal is listed, also with a region ('logs.us-west-2.amazonaws.com') or with another
    partition's suffix, or carries the prefix of a service's IAM actions.
    """
    service = _service(principal)
    return service is not None and (f"{service}.amazonaws.com" in _listed() or iam.service_exists(service))


def nearest(principal: str) -> str | None:
    """The listed principal that a misspelt one means: a wrong ending ('lambda.aws.com'), or one or two edits in a name
    long enough for that ('ecs-task' for 'ecs-tasks'). None for one that exists, and for one far from every other.
    """
    if exists(principal):
        return None
    head = _WRONG_SUFFIX.sub("", principal) if _service(principal) is None else None
    if head is not None and head != principal and f"{head}.amazonaws.com" in _listed():
        return f"{head}.amazonaws.com"
    service = _service(principal)
    if service is None or len(service) < 5:
        return None
    allowed = 2 if len(service) >= 8 else 1
    candidates = [(iam.edits(service, other.removesuffix(".amazonaws.com")), other) for other in _listed()]
    distance, best = min(candidates)
    return best if distance <= allowed else None


def _service(principal: str) -> str | None:
    """'logs.us-west-2.amazonaws.com' -> 'logs'; None when the ending is no partition's."""
    suffix = next((s for s in sorted(_SUFFIXES, key=len, reverse=True) if principal.endswith(s)), None)
    if suffix is None:
        return None
    labels = principal.removesuffix(suffix).lower().split(".")
    return ".".join(label for label in labels if not regions.exists(label)) or None


@cache
def _listed() -> frozenset[str]:
    return frozenset(load("service_principals").data)


# (type token, path of the role) -> principals of which the trust policy must allow one ('... execution role', '...
# service role' pages of each service). Paths are without list indexes.
ASSUMED_BY: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("aws:apigateway/account:Account", "cloudwatchRoleArn"): ("apigateway.amazonaws.com",),
    ("aws:appsync/graphQLApi:GraphQLApi", "logConfig.cloudwatchLogsRoleArn"): ("appsync.amazonaws.com",),
    ("aws:backup/selection:Selection", "iamRoleArn"): ("backup.amazonaws.com",),
    ("aws:batch/computeEnvironment:ComputeEnvironment", "serviceRole"): ("batch.amazonaws.com",),
    ("aws:cfg/recorder:Recorder", "roleArn"): ("config.amazonaws.com",),
    ("aws:cloudtrail/trail:Trail", "cloudWatchLogsRoleArn"): ("cloudtrail.amazonaws.com",),
    ("aws:cloudwatch/eventTarget:EventTarget", "roleArn"): ("events.amazonaws.com",),
    ("aws:codebuild/project:Project", "serviceRole"): ("codebuild.amazonaws.com",),
    ("aws:codedeploy/deploymentGroup:DeploymentGroup", "serviceRoleArn"): ("codedeploy.amazonaws.com",),
    ("aws:codepipeline/pipeline:Pipeline", "roleArn"): ("codepipeline.amazonaws.com",),
    ("aws:dlm/lifecyclePolicy:LifecyclePolicy", "executionRoleArn"): ("dlm.amazonaws.com",),
    ("aws:ec2/flowLog:FlowLog", "iamRoleArn"): ("vpc-flow-logs.amazonaws.com",),
    ("aws:ecs/taskDefinition:TaskDefinition", "executionRoleArn"): ("ecs-tasks.amazonaws.com",),
    ("aws:ecs/taskDefinition:TaskDefinition", "taskRoleArn"): ("ecs-tasks.amazonaws.com",),
    ("aws:eks/cluster:Cluster", "roleArn"): ("eks.amazonaws.com",),
    ("aws:eks/fargateProfile:FargateProfile", "podExecutionRoleArn"): ("eks-fargate-pods.amazonaws.com",),
    ("aws:eks/nodeGroup:NodeGroup", "nodeRoleArn"): ("ec2.amazonaws.com",),
    ("aws:glue/crawler:Crawler", "role"): ("glue.amazonaws.com",),
    ("aws:glue/job:Job", "roleArn"): ("glue.amazonaws.com",),
    ("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "extendedS3Configuration.roleArn"): (
        "firehose.amazonaws.com",
    ),
    ("aws:lambda/function:Function", "role"): ("lambda.amazonaws.com",),
    ("aws:pipes/pipe:Pipe", "roleArn"): ("pipes.amazonaws.com",),
    ("aws:rds/cluster:Cluster", "monitoringRoleArn"): ("monitoring.rds.amazonaws.com",),
    ("aws:rds/clusterInstance:ClusterInstance", "monitoringRoleArn"): ("monitoring.rds.amazonaws.com",),
    ("aws:rds/instance:Instance", "monitoringRoleArn"): ("monitoring.rds.amazonaws.com",),
    ("aws:rds/proxy:Proxy", "roleArn"): ("rds.amazonaws.com",),
    ("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "role"): ("s3.amazonaws.com",),
    ("aws:scheduler/schedule:Schedule", "target.roleArn"): ("scheduler.amazonaws.com",),
    ("aws:sfn/stateMachine:StateMachine", "roleArn"): ("states.amazonaws.com",),
    ("aws:synthetics/canary:Canary", "executionRoleArn"): ("lambda.amazonaws.com",),
}
