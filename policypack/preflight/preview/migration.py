"""What changed in pulumi-aws from version 6 to 7, for programs that still use the former names.

Source: the schemas of both versions (:mod:`preflight.facts.schema`), and for what replaces a removed name the provider's
migration guide (https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/).
"""

from __future__ import annotations

import difflib
import re
from typing import Any, Final

from preflight.facts import schema

_INSTEAD: Final = {
    (
        "aws:apigateway/deployment:Deployment",
        "stageName",
    ): "stages are resources of their own now: aws.apigateway.Stage(..., deployment=..., rest_api=..., stage_name=...)",
    (
        "aws:apigateway/deployment:Deployment",
        "stageDescription",
    ): "it belongs to the stage: aws.apigateway.Stage(..., description=...)",
    (
        "aws:apigateway/deployment:Deployment",
        "canarySettings",
    ): "they belong to the stage: aws.apigateway.Stage(..., canary_settings=...)",
    ("aws:ec2/eip:Eip", "vpc"): 'use domain="vpc"',
    ("aws:ec2/instance:Instance", "cpuCoreCount"): "use cpu_options=aws.ec2.InstanceCpuOptionsArgs(core_count=...)",
    (
        "aws:ec2/instance:Instance",
        "cpuThreadsPerCore",
    ): "use cpu_options=aws.ec2.InstanceCpuOptionsArgs(threads_per_core=...)",
    (
        "aws:ec2/launchTemplate:LaunchTemplate",
        "elasticGpuSpecifications",
    ): "AWS has retired Elastic Graphics; leave it out",
    (
        "aws:ec2/launchTemplate:LaunchTemplate",
        "elasticInferenceAccelerator",
    ): "AWS has retired Elastic Inference; leave it out",
    ("aws:rds/instance:Instance", "name"): "use db_name",
    ("aws:rds/instance:Instance", "characterSetName"): "use character_set_name only with Oracle and SQL Server",
    ("aws:elasticache/replicationGroup:ReplicationGroup", "replicationGroupDescription"): "use description",
    ("aws:elasticache/replicationGroup:ReplicationGroup", "authTokenUpdateStrategy"): "use it together with auth_token",
    ("aws:redshift/cluster:Cluster", "logging"): "it is a resource of its own now: aws.redshift.Logging(...)",
    ("aws:redshift/cluster:Cluster", "snapshotCopy"): "it is a resource of its own now: aws.redshift.SnapshotCopy(...)",
    (
        "aws:lb/listener:Listener",
        "mutualAuthentication",
    ): "use mutual_authentication=aws.lb.ListenerMutualAuthenticationArgs(...)",
}

_WRAPPED: Final = re.compile(r"^aws\.(?P<module>\w+)\.(?P<name>\w+?)(?P<args>Args)?$")


def argument_hint(report: dict[str, Any]) -> str:
    """Return the way out for an argument that a resource no longer has; empty when the schema knows nothing of it."""
    token = report.get("token")
    if not isinstance(token, str):
        return ""
    name = _camel(str(report["name"]))
    instead = _INSTEAD.get((token, name))
    now, former = schema.resource(token), schema.resource(token, 6)
    if now is None:
        return ""
    if name in now.inputs and name not in [_camel(item) for item in report.get("parameters") or ()]:
        return f"{report['callable']} has `{report['name']}` in pulumi-aws 7, but not in the version that the program uses; update pulumi-aws"
    was_there = former is not None and name in former.inputs
    if instead:
        return f"{report['callable']} has no `{report['name']}`{' any more (removed in pulumi-aws 7)' if was_there else ''}; {instead}"
    if was_there:
        close = [_snake(item) for item in difflib.get_close_matches(name, list(now.inputs), n=2, cutoff=0.5)]
        offered = f"; the nearest one is `{'` or `'.join(close)}`" if close else ""
        return f"{report['callable']} has no `{report['name']}` any more (removed in pulumi-aws 7){offered}"
    if name in now.outputs:
        return f"`{report['name']}` is an output of {report['callable']}, which AWS sets; it cannot be given"
    return ""


def name_hint(report: dict[str, Any]) -> str:
    """Return the way out for a class or module of pulumi_aws that is gone; empty when the schema knows nothing of it."""
    owner, name = str(report.get("owner", "")), str(report["name"])
    if not owner.startswith("pulumi_aws"):
        return ""
    module = owner.removeprefix("pulumi_aws").strip(".").split(".")[0]
    former = _find(module, name, 6)
    if former is None:
        return ""
    close = [str(item) for item in report.get("names") or ()]
    offered = f"; the nearest one is `{'` or `'.join(close)}`" if close else ""
    return f"aws.{module}.{name} was removed in pulumi-aws 7{offered}"


def _find(module: str, name: str, version: int) -> str | None:
    """Return the token of the class ``aws.module.Name``, if that version has it."""
    if not module or not name:
        return None
    token = f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"
    return token if schema.resource(token, version) is not None else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
