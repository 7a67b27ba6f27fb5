"""What changed in pulumi-aws from version 6 to 7, for programs that still use the former names.

Which names went is read from the schemas of both versions (:mod:`preflight.facts.schema`). What replaces them stands
here, after the provider's migration guide (https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/).
"""

from __future__ import annotations

import re
from typing import Any, Final

from preflight.facts import schema
from preflight.nearest import nearest

_INSTEAD: Final = {
    "aws:apigateway/deployment:Deployment": {
        "stageName": "stages are resources of their own: aws.apigateway.Stage(..., deployment=…, stage_name=…)",
        "stageDescription": "it belongs to the stage: aws.apigateway.Stage(..., description=…)",
        "canarySettings": "they belong to the stage: aws.apigateway.Stage(..., canary_settings=…)",
    },
    "aws:apigateway/account:Account": {"resetOnDelete": "leave it out, the role is always removed on delete"},
    "aws:batch/computeEnvironment:ComputeEnvironment": {
        "computeEnvironmentName": "it is called `name` now",
        "computeEnvironmentNamePrefix": "it is called `name_prefix` now",
    },
    "aws:batch/jobQueue:JobQueue": {"computeEnvironments": "use `compute_environment_orders`"},
    "aws:directconnect/gatewayAssociation:GatewayAssociation": {"vpnGatewayId": "use `associated_gateway_id`"},
    "aws:dms/endpoint:Endpoint": {"s3Settings": "it is a resource of its own: aws.dms.S3Endpoint(...)"},
    "aws:ec2/eip:Eip": {"vpc": 'use domain="vpc"'},
    "aws:ec2/flowLog:FlowLog": {"logGroupName": "use `log_destination`, the log group's ARN"},
    "aws:ec2/instance:Instance": {
        "cpuCoreCount": "use cpu_options with `core_count`",
        "cpuThreadsPerCore": "use cpu_options with `threads_per_core`",
    },
    "aws:ec2/launchTemplate:LaunchTemplate": {
        "elasticGpuSpecifications": "AWS has retired Elastic Graphics; leave it out",
        "elasticInferenceAccelerator": "AWS has retired Elastic Inference; leave it out",
    },
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": {
        "blockDurationMinutes": "AWS has retired it; leave it out",
        "cpuCoreCount": "use cpu_options with `core_count`",
        "cpuThreadsPerCore": "use cpu_options with `threads_per_core`",
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        "inferenceAccelerators": "AWS has retired Elastic Inference; leave it out"
    },
    "aws:eks/addon:Addon": {
        "resolveConflicts": "use `resolve_conflicts_on_create` and `resolve_conflicts_on_update`",
    },
    "aws:guardduty/organizationConfiguration:OrganizationConfiguration": {
        "autoEnable": "use `auto_enable_organization_members`",
    },
    "aws:networkmanager/coreNetwork:CoreNetwork": {"basePolicyRegion": "use `base_policy_regions`"},
    "aws:rds/instance:Instance": {"name": "it is called `db_name` now"},
    "aws:redshift/cluster:Cluster": {
        "logging": "it is a resource of its own: aws.redshift.Logging(...)",
        "snapshotCopy": "it is a resource of its own: aws.redshift.SnapshotCopy(...)",
    },
}
"""Type token → removed input → what to do."""


def argument_hint(report: dict[str, Any]) -> str:
    """Return the way out for an argument that a resource no longer has; empty when the schema knows nothing of it.

    ``report`` has ``token``, ``callable`` (as programs write the class), ``name`` and the ``parameters`` of the class.
    """
    token = report.get("token")
    if not isinstance(token, str):
        return ""
    now, former = schema.resource(token), schema.resource(token, 6)
    if now is None:
        return ""
    name, class_name = _camel(str(report["name"])), report["callable"]
    if name in now.inputs:
        return (
            f"{class_name} has `{report['name']}` in pulumi-aws 7, but not in the program's version; update pulumi-aws"
        )
    if former is not None and name in former.inputs:
        gone = f"{class_name} has no `{report['name']}` any more (removed in pulumi-aws 7)"
        instead = _INSTEAD.get(token, {}).get(name, "")
        if not instead and name in now.outputs:
            return f"{gone}: it is an output, which AWS sets"
        close = [_snake(item) for item in nearest(name, now.inputs, count=2, cutoff=0.5)]
        return f"{gone}; {instead}" if instead else gone + _nearest(close)
    if name in now.outputs:
        return f"`{report['name']}` is an output of {class_name}, which AWS sets; it cannot be given"
    return ""


def name_hint(report: dict[str, Any]) -> str:
    """Return the way out for a class or module of pulumi_aws that is gone; empty when the schema knows nothing of it.

    ``report`` has ``owner`` (a module's name), ``name`` and the near ``names`` that exist.
    """
    owner, name = str(report.get("owner", "")), str(report["name"])
    if not owner.startswith("pulumi_aws"):
        return ""
    module = owner.removeprefix("pulumi_aws").strip(".").split(".")[0]
    last = name.rpartition(".")[2]
    near = [str(item) for item in report.get("names") or ()]
    if not module:
        had = any(token.startswith(f"aws:{last}/") for token in schema.resource_tokens(6))
        return f"aws.{last} was removed in pulumi-aws 7{_nearest(near)}" if had else ""
    token = f"aws:{module}/{last[:1].lower()}{last[1:]}:{last}"
    if schema.resource(token, 6) is not None and schema.resource(token) is None:
        return f"aws.{module}.{last} was removed in pulumi-aws 7{_nearest(near)}"
    if schema.resource(token) is not None:
        return f"aws.{module}.{last} exists in pulumi-aws 7, but not in the program's version; update pulumi-aws"
    return ""


def _nearest(names: list[str]) -> str:
    return f"; the nearest one is {' or '.join(f'`{name}`' for name in names)}" if names else ""


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
