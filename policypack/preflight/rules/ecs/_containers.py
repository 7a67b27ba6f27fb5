"""The containers of a task definition, read from their JSON text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ...documents import jsontext
from ...resource import Resource
from ...rule import Undecided
from ...stack import Stack

TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE: Final = "aws:ecs/service:Service"
CLUSTER: Final = "aws:ecs/cluster:Cluster"

DEFINITIONS: Final = "containerDefinitions"
_FREE_KEYS: Final = ("options", "dockerLabels")
"""Maps whose keys are the program's own."""

Container = dict[str, Any]
"""One container definition, its keys as in the API (``portMappings``), whichever way the program writes them."""


def containers(task: Resource) -> list[Container]:
    """Return the container definitions; none where the text is no list of objects, which another rule says.

    Raises:
        Undecided: the text is not known yet.
    """
    text = task.text(DEFINITIONS)
    value = jsontext.parse(text).value if text else None
    return [_camel(entry) for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _camel(value: Any) -> Any:
    """Bring keys into the API's form: the provider reads them in any case (``PortMappings``)."""
    if isinstance(value, dict):
        return {
            key[:1].lower() + key[1:]: item if key[:1].lower() + key[1:] in _FREE_KEYS else _camel(item)
            for key, item in value.items()
        }
    return [_camel(item) for item in value] if isinstance(value, list) else value


def shown(container: Container) -> str:
    """Return how a message names a container."""
    name = container.get("name")
    return f"container '{name}'" if isinstance(name, str) and name else "a container without a name"


def objects(container: Container, key: str) -> list[dict[str, Any]]:
    """Return the objects in one list of a container definition."""
    value = container.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def log_driver(container: Container) -> str | None:
    """Return the log driver of a container, None when it has none."""
    configuration = container.get("logConfiguration")
    driver = configuration.get("logDriver") if isinstance(configuration, dict) else None
    return driver if isinstance(driver, str) and driver else None


def log_options(container: Container) -> dict[str, Any]:
    """Return the options of a container's log driver."""
    configuration = container.get("logConfiguration")
    options = configuration.get("options") if isinstance(configuration, dict) else None
    return options if isinstance(options, dict) else {}


def secret_references(task: Resource) -> Iterator[tuple[Container, str, str]]:
    """Yield container, name and ``valueFrom`` of each secret that the containers take."""
    for container in containers(task):
        for entry in objects(container, "secrets"):
            name, source = entry.get("name"), entry.get("valueFrom")
            if isinstance(source, str) and source:
                yield container, str(name), source


def is_fargate(task: Resource) -> bool:
    """Tell whether a task definition is made for Fargate.

    Raises:
        Undecided: an entry of requiresCompatibilities is not known yet.
    """
    return "FARGATE" in list_of(task, "requiresCompatibilities")


def list_of(task: Resource, path: str) -> list[str]:
    """Return a list of known texts.

    Raises:
        Undecided: one is not known yet.
    """
    return [str(value).upper() for value in task.values(path)]


def task_of(stack: Stack, service: Resource) -> Resource | None:
    """Return the task definition of the program that a service runs; None for one from elsewhere.

    Raises:
        Undecided: it is not known which one.
    """
    found = stack.referred_by(service, "taskDefinition", TASK)
    if found.certain:
        return found.certain[0]
    if found.maybe_more:
        raise Undecided("taskDefinition", service.urn)
    return None
