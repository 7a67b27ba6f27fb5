"""ECS: what Fargate takes, and the grammar of container definitions.

Written 2026-11 after the pages: 'Task size' and 'Task definition differences for Fargate', API ContainerDefinition.
"""

from __future__ import annotations

import re

# CPU units -> memory in MiB ('Task CPU and memory').
FARGATE_MEMORY: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}

FARGATE_LOG_DRIVERS = frozenset({"awslogs", "splunk", "awsfirelens"})

# Parameters of a container definition that a Fargate task refuses ('Task definition differences for Fargate').
FARGATE_REFUSED_CONTAINER_KEYS = frozenset(
    {
        "disableNetworking",
        "dnsSearchDomains",
        "dnsServers",
        "dockerSecurityOptions",
        "extraHosts",
        "links",
        "privileged",
    }
)

CONTAINER_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")

# API ContainerDefinition: values of dependsOn[].condition.
DEPENDENCY_CONDITIONS = frozenset({"START", "COMPLETE", "SUCCESS", "HEALTHY"})


def cpu_units(cpu: str | int) -> int | None:
    """CPU in units: '256', 256, '.25 vCPU', '1 vCPU' -> 1024; None for a text that is neither."""
    match = re.fullmatch(r"\s*(\d*\.?\d+)\s*(vcpu)?\s*", str(cpu), re.IGNORECASE)
    if not match:
        return None
    return round(float(match[1]) * 1024) if match[2] else int(match[1]) if match[1].isdigit() else None


def memory_mib(memory: str | int) -> int | None:
    """Memory in MiB: '512', 512, '0.5 GB', '2GB' -> 2048; None for a text that is neither."""
    match = re.fullmatch(r"\s*(\d*\.?\d+)\s*(gb)?\s*", str(memory), re.IGNORECASE)
    if not match:
        return None
    return round(float(match[1]) * 1024) if match[2] else int(match[1]) if match[1].isdigit() else None


def fargate_size_allowed(cpu: int, memory: int) -> bool:
    """Whether Fargate runs a task of `cpu` units and `memory` MiB."""
    return memory in FARGATE_MEMORY.get(cpu, ())


def fargate_memory_for(cpu: int) -> tuple[int, ...]:
    """The memory sizes in MiB that go with `cpu` units; empty when no task has that CPU."""
    return FARGATE_MEMORY.get(cpu, ())
