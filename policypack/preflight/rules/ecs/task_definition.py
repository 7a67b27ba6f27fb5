"""Whether a task definition can be registered: its containers, and what Fargate accepts."""

from __future__ import annotations

from collections.abc import Iterator

from ...documents import jsontext
from ...facts import ecs
from ...rule import Findings, Kind, Resource, Severity, deferred, rule
from .._shared_graph import listed
from .._shared_images import parse
from ._containers import (
    DEFINITIONS,
    TASK,
    Container,
    containers,
    is_fargate,
    log_driver,
    log_options,
    objects,
    shown,
)


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def container_definitions_valid(task: Resource) -> Findings:
    """The container definitions of a task are ones that ECS registers.

    Why: RegisterTaskDefinition refuses others ("ClientException: Container.image should not be null or empty.",
    "ClientException: Invalid setting for container 'x'. At least one container in the task definition must be
    essential", " ""Log driver awslogs requires options: awslogs-group, awslogs-region"), and the provider refuses
    anything but a list of objects.
    Fix: Fix the entry that the message names.
    Source: Amazon ECS API Reference, "ContainerDefinition"; "RegisterTaskDefinition".
    """
    text = task.text(DEFINITIONS)
    if text is None:
        return
    read = jsontext.parse(text)
    if read.error:
        yield task.finding(f"the container definitions are not valid JSON: {read.error}", at=DEFINITIONS)
        return
    if not isinstance(read.value, list) or not all(isinstance(entry, dict) for entry in read.value):
        yield task.finding("the container definitions are not a JSON list of objects", at=DEFINITIONS)
        return
    entries = containers(task)
    if entries and all(entry.get("essential") is False for entry in entries):
        yield task.finding("no container is essential; leave 'essential' out of one", at=DEFINITIONS)
    names = [entry.get("name") for entry in entries]
    for name in sorted({name for name in names if isinstance(name, str) and names.count(name) > 1}):
        yield task.finding(f"two containers are named '{name}'; rename one", at=DEFINITIONS)
    for entry in entries:
        for problem in _problems(entry, names):
            yield task.finding(f"{shown(entry)} {problem}", at=DEFINITIONS)
    circle = _circle(entries)
    if circle:
        yield task.finding(f"containers wait for each other: {' → '.join(circle)}. Drop a `dependsOn`", at=DEFINITIONS)


def _problems(entry: Container, names: list[object]) -> Iterator[str]:
    name = entry.get("name")
    if not name:
        yield "needs a name"
    elif not isinstance(name, str) or not ecs.CONTAINER_NAME.fullmatch(name):
        yield "has a name that is not valid; it may contain only letters, digits, hyphens and underscores, at most 255"
    if not entry.get("image"):
        yield "has no image"
    if log_driver(entry) == "awslogs":
        missing = [key for key in ("awslogs-group", "awslogs-region") if not log_options(entry).get(key)]
        if missing:
            yield f"logs by awslogs without {listed(missing)}; add the options"
    variables = objects(entry, "environment")
    for variable in variables:
        if not isinstance(variable.get("value", ""), (str, type(None))):
            yield f"has a value of variable '{variable.get('name')}' that is not a string; put it in quotes"
    both = {item.get("name") for item in variables} & {item.get("name") for item in objects(entry, "secrets")}
    if both:
        yield f"has {listed(sorted(map(str, both)))} both as variable and as secret; keep one"
    for wait in objects(entry, "dependsOn"):
        on = wait.get("containerName")
        if on not in names:
            yield f"waits for a container '{on}' that is not in the task"


def _circle(entries: list[Container]) -> list[str]:
    """A chain of dependsOn that ends where it begins, by names; empty when there is none."""
    waits = {
        str(entry.get("name")): [str(wait.get("containerName")) for wait in objects(entry, "dependsOn")]
        for entry in entries
    }
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for following in waits.get(name, ()):
            found = walk(following, [*way, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in waits if (found := walk(name, []))), [])


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def execution_role_set(task: Resource) -> Findings:
    """A Fargate task that takes secrets, a private ECR image or the awslogs driver has an execution role.

    Why: ECS pulls images, reads secrets and writes logs for Fargate tasks by the execution role and refuses a task
    definition without it ("ClientException: Fargate requires task definition to have execution role ARN to support ECR
    images.", "… to support log driver awslogs.").
    Fix: Set `executionRoleArn` to a role that trusts ecs-tasks.amazonaws.com and has AmazonECSTaskExecutionRolePolicy.
    Source: Amazon ECS Developer Guide, "Amazon ECS task execution IAM role".
    """
    if not is_fargate(task) or task.has("executionRoleArn"):
        return
    for container in containers(task):
        image = container.get("image")
        if container.get("secrets"):
            needs = "takes secrets"
        elif isinstance(image, str) and parse(image).is_private_ecr:
            needs = "has a private ECR image"
        elif log_driver(container) == "awslogs":
            needs = "logs by awslogs"
        else:
            continue
        yield task.finding(
            f"{shown(container)} {needs}, so the task needs an `executionRoleArn`", at="executionRoleArn"
        )
        return


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def fargate_settings_supported(task: Resource) -> Findings:
    """A Fargate task keeps to the settings that Fargate supports.

    Why: ECS refuses the others when it registers the task ("ClientException: Fargate only supports network mode
    'awsvpc'.", "Fargate compatible task definitions do not support …").
    Fix: Set `networkMode="awsvpc"`, and take out what the message names.
    Source: Amazon ECS Developer Guide, "Amazon ECS task definition differences for Fargate".
    """
    if not is_fargate(task):
        return
    with deferred():
        mode = task.text("networkMode")
        if mode != "awsvpc":
            has = f"has network mode {mode}" if mode else "states no network mode"
            yield task.finding(f"a Fargate task {has}; set `networkMode` to awsvpc", at="networkMode")
    for path in ("ipcMode", "pidMode"):
        with deferred():
            if task.text(path) == "host":
                yield task.finding(f"Fargate does not support `{path}` host; remove it", at=path)
    if task.has("placementConstraints"):
        yield task.finding("Fargate does not support placement constraints; remove them", at="placementConstraints")
    for volume in task.each("volumes"):
        with deferred():
            if volume.has("dockerVolumeConfiguration"):
                yield volume.finding("Fargate does not support Docker volumes; use EFS", at="dockerVolumeConfiguration")
    for container in containers(task):
        for problem in _fargate_problems(container):
            yield task.finding(f"{shown(container)} {problem}", at=DEFINITIONS)


def _fargate_problems(container: Container) -> Iterator[str]:
    refused = sorted(key for key in ecs.FARGATE_REFUSED_CONTAINER_KEYS if container.get(key))
    if refused:
        yield f"sets {listed(refused)}, which Fargate does not support; remove it"
    for mapping in objects(container, "portMappings"):
        host, port = mapping.get("hostPort"), mapping.get("containerPort")
        if host and port and host != port:
            yield f'maps host port {host} to {port}; on Fargate both must be the same; remove "hostPort"'
    driver = log_driver(container)
    if driver and driver not in ecs.FARGATE_LOG_DRIVERS:
        yield f"logs by {driver}; Fargate accepts {listed(sorted(ecs.FARGATE_LOG_DRIVERS))}"


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def fargate_size_valid(task: Resource) -> Findings:
    """A Fargate task states a CPU and memory that Fargate has together.

    Why: ECS refuses others ("ClientException: Fargate requires that 'cpu' be defined at the task level.", "No Fargate
    configuration exists for given values").
    Fix: Use a pair that the message lists.
    Source: Amazon ECS Developer Guide, "Amazon ECS task definition parameters for Fargate" (Task size).
    """
    if not is_fargate(task):
        return
    for path in ("cpu", "memory"):
        if not task.has(path):
            yield task.finding(f"a Fargate task needs its {path}; set it", at=path)
            return
    cpu_text, memory_text = task.text("cpu") or "", task.text("memory") or ""
    cpu, memory = ecs.cpu_units(cpu_text), ecs.memory_mib(memory_text)
    if cpu is None or not ecs.fargate_memory_for(cpu):
        sizes = listed(map(str, ecs.FARGATE_MEMORY), most=8)
        yield task.finding(f"Fargate has no CPU of '{cpu_text}'; use {sizes} units", at="cpu")
    elif memory is None or not ecs.fargate_size_allowed(cpu, memory):
        sizes = listed(map(str, ecs.fargate_memory_for(cpu)), most=8)
        yield task.finding(f"Fargate has no {cpu} CPU units with memory '{memory_text}'; use {sizes} MiB", at="memory")
