"""Rules for Batch."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import UNKNOWN, V6, R, fails, passes, table, undecided

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
JOB = "aws:batch/jobDefinition:JobDefinition"


def environment(kind: Any, **more: Any) -> R:
    given = {"type": kind, "maxVcpus": 16, "subnets": ["subnet-0a1b"], **more}
    return R(ENVIRONMENT, "environment", type="MANAGED", computeResources=given)


INSTANCES: dict[str, Any] = {
    "instanceRole": "arn:aws:iam::210987654321:instance-profile/batch",
    "instanceTypes": ["optimal"],
}
test_compute_environment_complete = table(
    "batch-compute-environment-complete",
    fails(
        "Fargate with instances",
        environment("FARGATE", **INSTANCES),
        at="computeResources.instanceTypes",
        says="instanceRole",
    ),
    passes("Fargate", environment("FARGATE")),
    fails(
        "instances without a role", environment("EC2", instanceTypes=["optimal"]), at="computeResources.instanceRole"
    ),
    passes("instances", environment("SPOT", minVcpus=0, **INSTANCES)),
    fails("Fargate with a minimum", environment("FARGATE_SPOT", minVcpus=4), at="computeResources.minVcpus"),
    passes("unmanaged", R(ENVIRONMENT, "environment", type="UNMANAGED", provider=V6)),
    undecided("unknown", environment(UNKNOWN), at="computeResources.type"),
)

ROLE = "arn:aws:iam::210987654321:role/exec"


def container(vcpu: str = "0.25", memory: str = "512", **more: Any) -> str:
    sizes = [{"type": "VCPU", "value": vcpu}, {"type": "MEMORY", "value": memory}]
    return json.dumps({"image": "busybox:1", "executionRoleArn": ROLE, "resourceRequirements": sizes, **more})


def job(properties: Any, *capabilities: Any) -> R:
    return R(JOB, "job", type="container", platformCapabilities=list(capabilities), containerProperties=properties)


test_job_fargate_complete = table(
    "batch-job-fargate-complete",
    fails("too little memory", job(container(memory="256"), "FARGATE"), at="containerProperties", says="512"),
    passes("a pair", job(container(), "FARGATE")),
    fails("no role", job(container(executionRoleArn=""), "FARGATE"), says="executionRoleArn"),
    fails("no such CPU", job(container(vcpu="3", memory="6144"), "FARGATE"), says="0.25"),
    passes("on instances", job(container(vcpu="3"), "EC2")),
    undecided("unknown", job(UNKNOWN, "FARGATE"), at="containerProperties"),
)

test_job_unprivileged = table(
    "batch-job-unprivileged",
    fails("privileged", job(container(privileged=True)), at="containerProperties"),
    passes("not stated", job(container())),
    passes("several nodes", R(JOB, "job", type="multinode", provider=V6)),
    undecided("unknown", job(UNKNOWN), at="containerProperties"),
)
