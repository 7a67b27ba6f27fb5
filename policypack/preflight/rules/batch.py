"""Rules for Batch: compute environments and job definitions."""

from __future__ import annotations

from typing import Any, Final

from ..documents import jsontext
from ..facts import ecs
from ..rule import Findings, Kind, Resource, Severity, deferred, rule
from ._shared_graph import listed, marked

ENVIRONMENT: Final = "aws:batch/computeEnvironment:ComputeEnvironment"
JOB: Final = "aws:batch/jobDefinition:JobDefinition"
_CONTAINER: Final = "containerProperties"
_FARGATE: Final = ("FARGATE", "FARGATE_SPOT")


@rule(ENVIRONMENT, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def compute_environment_complete(environment: Resource) -> Findings:
    """A compute environment has the properties that go with its kind of resources.

    Why: Batch refuses others ("ClientException: Error executing request, Exception : instanceRole is required", "…
    instanceTypes must not be specified for Fargate").
    Fix: Instances take `instanceRole` and `instanceTypes`; Fargate accepts neither, nor `minVcpus`.
    Source: AWS Batch API Reference, "ComputeResource".
    """
    kind = environment.text("computeResources.type")
    names = {path: f"computeResources.{path}" for path in ("instanceTypes", "instanceRole", "minVcpus")}
    if kind in _FARGATE:
        wrong = [path for path, full in names.items() if environment.known(full) and environment.has(full)]
        if wrong:
            yield environment.finding(f"Fargate does not support {marked(wrong)}; remove it", at=names[wrong[0]])
    elif kind in ("EC2", "SPOT"):
        missing = [path for path in ("instanceRole", "instanceTypes") if not environment.has(names[path])]
        if missing:
            yield environment.finding(f"instances need {marked(missing)}", at=names[missing[0]])


def _container(job: Resource) -> dict[str, Any]:
    text = job.text(_CONTAINER)
    value = jsontext.parse(text).value if text else None
    if not isinstance(value, dict):
        return {}
    # The provider reads the keys in any case.
    return {key[:1].lower() + key[1:]: item for key, item in value.items()}


def _required(container: dict[str, Any]) -> dict[str, str]:
    listed_ = container.get("resourceRequirements")
    found: dict[str, str] = {}
    for entry in listed_ if isinstance(listed_, list) else []:
        if isinstance(entry, dict):
            values = {key.lower(): value for key, value in entry.items()}
            found[str(values.get("type"))] = str(values.get("value"))
    return found


@rule(JOB, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def job_fargate_complete(job: Resource) -> Findings:
    """A job for Fargate has an execution role, and a CPU and memory that Fargate has together.

    Why: Batch refuses others ("ClientException: Error executing request, Exception : executionRoleArn is required for
    Fargate", "… Fargate resource requirements (0.25 vCPU, 256 MiB) not valid").
    Fix: Set `executionRoleArn`, and a pair that the message lists.
    Source: AWS Batch User Guide, "Job definitions on Fargate"; API reference, "ResourceRequirement".
    """
    if "FARGATE" not in [str(value) for value in job.values("platformCapabilities")]:
        return
    with deferred():
        container = _container(job)
        if not container:
            return
        if not container.get("executionRoleArn"):
            yield job.finding("a job on Fargate accepts an execution role; add `executionRoleArn`", at=_CONTAINER)
        required = _required(container)
        vcpu, memory = required.get("VCPU"), ecs.memory_mib(required.get("MEMORY", ""))
        cpu = ecs.cpu_units(f"{vcpu} vCPU") if vcpu else None
        if cpu is not None and memory is not None and not ecs.fargate_size_allowed(cpu, memory):
            sizes = listed(map(str, ecs.fargate_memory_for(cpu)), most=8)
            use = f"use {sizes} MiB" if sizes else "use 0.25, 0.5, 1, 2, 4, 8 or 16 vCPU"
            yield job.finding(f"Fargate has no {vcpu} vCPU with {memory} MiB; {use}", at=_CONTAINER)


@rule(
    JOB,
    kind=Kind.COMPLIANCE,
    severity=Severity.HIGH,
)
def job_unprivileged(job: Resource) -> Findings:
    """The container of a job is not privileged.

    Why: A privileged container is root on its host.
    Fix: Leave privileged out of the container properties.
    Source: AWS Batch API Reference, "ContainerProperties".
    """
    if _container(job).get("privileged") is True:
        yield job.finding('the container is privileged; remove "privileged"', at=_CONTAINER)
