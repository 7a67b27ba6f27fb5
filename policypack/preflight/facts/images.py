"""Container images: which resources of other providers build or push one (their registries' pages, written 2026-11)."""

from __future__ import annotations

# Type tokens, or beginnings of them, of resources that put an image into a repository on `pulumi up`.
PUSHING_TYPES = (
    "docker:index/image:Image",
    "docker:index/registryImage:RegistryImage",
    "docker:image:Image",
    "docker-build:index:Image",
    "docker-build:index:Index",
    "awsx:ecr:Image",
    "awsx:ecr:RegistryImage",
    "aws:imagebuilder/",
    "command:local:",
    "command:remote:",
    "null:index/resource:Resource",
)


def pushes(type_token: str) -> bool:
    """Whether a resource of this type may push an image: it builds one, or runs a command that can.

    Dynamic providers and components of the program count, for nothing tells what they do.
    """
    return type_token.startswith(PUSHING_TYPES) or type_token.startswith(
        ("pulumi-python:dynamic", "pulumi-nodejs:dynamic")
    )
