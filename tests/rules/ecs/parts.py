"""Container definitions for the situations of the ECS rules."""

from __future__ import annotations

import json
from typing import Any

from preflight.testing import R, document

TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
HERE = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
COMPONENT = R("program:app:App", "component")
LOGS = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"},
}


def container(**more: Any) -> dict[str, Any]:
    return {"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27", **more}


def definitions(*entries: dict[str, Any]) -> str:
    return json.dumps(entries)


def task(*entries: dict[str, Any], name: str = "task", **more: Any) -> R:
    """A task definition whose containers are all known."""
    more.setdefault("containerDefinitions", definitions(*(entries or (container(),))))
    return R(TASK, name, family="web", **more)


def task_of(*entries: Any, **more: Any) -> R:
    """A task definition whose containers hold references: unknown as a whole at preview."""
    return R(TASK, "task", family="web", containerDefinitions=document(list(entries)), **more)


def fargate(*entries: dict[str, Any], **more: Any) -> R:
    settings = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    return task(*entries, **{**settings, **more})


def without(resource: R, *paths: str) -> R:
    """The same resource without some properties."""
    kept = {key: value for key, value in resource.properties_.items() if key not in paths}
    return R(resource.type_, resource.name_, **kept)
