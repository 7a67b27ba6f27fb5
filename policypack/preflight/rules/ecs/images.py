"""Images of containers: whether they exist, and whether they stay the same."""

from __future__ import annotations

from collections.abc import Iterator

from ...resource import Resource
from ...rule import Certainty, Findings, Kind, Severity, Undecided, rule
from ...stack import Stack
from .._shared_images import REPOSITORY, Image, is_filled, parse
from ._containers import DEFINITIONS, TASK, Container, containers, shown


def _images(task: Resource) -> Iterator[tuple[Container, str, Image]]:
    for container in containers(task):
        text = container.get("image")
        if isinstance(text, str) and text:
            yield container, text, parse(text)


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.HIGH)
def image_exists(task: Resource, stack: Stack) -> Findings:
    """The image of a container is there when the service starts: the program pushes it, or it comes from elsewhere.

    Why: A repository that the same update makes is empty. The service deploys and its tasks stop again and again
    ("CannotPullContainerError: … not found").
    Fix: Push the image in the program (docker_build.Image) and use its reference, make the repository in a stack of its
    own, or begin with a public image. Repositories that others fill are declared under "prerequisites".
    Source: Amazon ECS Developer Guide, "Troubleshooting Amazon ECS CannotPullContainer task errors".
    """
    found = stack.referred_by(task, DEFINITIONS, REPOSITORY).certain
    used = {text for repository in found for text in _names(stack, repository)}
    for repository in found:
        if is_filled(stack, repository) or stack.is_declared(*_names(stack, repository)):
            continue
        exists = repository.known_output("arn") is not None
        yield task.finding(
            f"nothing in the program pushes an image to repository '{repository.name}', which the "
            "containers use; push it here, or fill the repository before the service is made",
            at=DEFINITIONS,
            severity=Severity.LOW if exists else None,
            certainty=Certainty.OUTSIDE,
        )
    for container, text, image in _images(task):
        if not image.is_private_ecr or image.name in used:
            continue
        repository_here = _named(stack, image)
        if repository_here is None:
            if not stack.is_declared(image.name, image.repository_arn, text, text.partition("@")[0].partition(":")[0]):
                yield task.finding(
                    f"{shown(container)} uses an image of ECR repository '{image.name}', which is not created "
                    "here; make sure that it exists and has the image",
                    at=DEFINITIONS,
                    severity=Severity.LOW,
                    certainty=Certainty.OUTSIDE,
                )
        elif not is_filled(stack, repository_here) and not stack.is_declared(*_names(stack, repository_here)):
            yield task.finding(
                f"{shown(container)} uses an image of repository '{repository_here.name}', to which nothing in the "
                "program pushes; push the image here, or fill the repository before the service is made",
                at=DEFINITIONS,
                severity=Severity.LOW if repository_here.known_output("arn") is not None else None,
                certainty=Certainty.OUTSIDE,
            )


def _names(stack: Stack, repository: Resource) -> list[str]:
    return sorted(stack.identities(repository))


def _named(stack: Stack, image: Image) -> Resource | None:
    """The repository of the program that an image is in.

    Raises:
        Undecided: a repository's name is not known yet.
    """
    pending: Undecided | None = None
    for repository in stack.of_type(REPOSITORY):
        region = repository.known_region
        if region is not None and region != image.region:
            continue
        name = repository.known("name") or repository.known_output("name")
        if name == image.name:
            return repository
        if name is None and repository.is_unknown("name"):
            pending = pending or Undecided("name", repository.urn)
    if pending:
        raise pending
    return None


@rule(TASK, kind=Kind.DEPLOYMENT, severity=Severity.LOW)
def image_pinned(task: Resource) -> Findings:
    """The image of a container has a version tag or a digest.

    Why: 'latest', or no tag at all, means another image whenever a task starts: a restart is an unplanned deployment,
    and a rollback brings back nothing.
    Fix: Use a version tag, or a digest (NAME@sha256:…).
    Source: Amazon ECS Developer Guide, "Best practices for Amazon ECS container images".
    """
    for container, text, image in _images(task):
        if not image.digest and image.tag in ("", "latest"):
            what = "the tag 'latest'" if image.tag else "neither tag nor digest"
            yield task.finding(
                f"{shown(container)} has image '{text}' with {what}; pin a version or a digest", at=DEFINITIONS
            )
