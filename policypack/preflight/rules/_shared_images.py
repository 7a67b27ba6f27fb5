"""Container images: what their names say, and whether anything in the program fills the repository that they are in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..facts import images
from ..resource import Resource
from ..stack import Stack

REPOSITORY: Final = "aws:ecr/repository:Repository"

# Amazon ECR User Guide, "Private registry": the classic host, the FIPS one and the dual-stack one.
_ECR_HOST: Final = re.compile(
    r"(?P<account>\d{12})\.dkr(?:\.ecr(?:-fips)?|-ecr(?:-fips)?)\.(?P<region>[a-z0-9-]+)\."
    r"(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))"
)


@dataclass(frozen=True)
class Image:
    """An image's name in its parts; ``account`` and ``region`` are those of a private ECR registry, else empty."""

    host: str
    name: str
    tag: str
    digest: str
    account: str = ""
    region: str = ""

    @property
    def is_private_ecr(self) -> bool:
        """Tell whether the image is in a private ECR registry."""
        return bool(self.account)

    @property
    def repository_arn(self) -> str:
        """The ARN of the image's ECR repository, in the standard partition."""
        return f"arn:aws:ecr:{self.region}:{self.account}:repository/{self.name}"


def parse(text: str) -> Image:
    """Read an image's name: ``HOST/NAME:TAG@DIGEST``, where all but the name may be missing."""
    rest, _, digest = text.strip().partition("@")
    first, slash, _ = rest.partition("/")
    host = first if slash and (re.search(r"[.:]", first) or first == "localhost") else ""
    path = rest[len(host) + 1 :] if host else rest
    name, _, tag = path.partition(":")
    found = _ECR_HOST.fullmatch(host)
    return Image(host, name, tag, digest, found["account"] if found else "", found["region"] if found else "")


def is_filled(stack: Stack, repository: Resource) -> bool:
    """Tell whether the program pushes an image to a repository: something that builds images, or runs commands, depends
    on it, or on the component that it is in.
    """
    targets = [repository]
    parent = stack.parent(repository)
    if parent is not None and parent.parent:
        targets.append(parent)
    return any(
        stack.waits_for(pusher, target) for pusher in _pushers(stack) for target in targets if pusher is not target
    )


def _pushers(stack: Stack) -> list[Resource]:
    return stack.once(
        "images.pushers", lambda found: [resource for resource in found.resources if images.pushes(resource.type)]
    )
