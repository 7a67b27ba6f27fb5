"""Images of containers."""

from __future__ import annotations

from preflight.finding import Severity
from preflight.testing import UNKNOWN, V6, R, concat, fails, passes, table, undecided
from tests.rules.ecs.parts import COMPONENT, HERE, TASK, container, task, task_of

REPOSITORY = "aws:ecr/repository:Repository"
REPO = R(REPOSITORY, "repo", name="app")
AUTO = R(REPOSITORY, "repo")
IN_COMPONENT = R(REPOSITORY, "repo", name="app", parent=COMPONENT)
OTHER = R(REPOSITORY, "other", name="other")


def image_of(repository: R, kind: str = "docker-build:index:Image") -> R:
    return R(kind, "image", tags=[concat(repository.repositoryUrl, ":1")], push=True)


IMAGE = image_of(REPO)
COMMAND = R("command:local:Command", "push", create=concat("docker push ", REPO.repositoryUrl))
BY_URL = task_of(container(image=concat(REPO.repositoryUrl, ":1")))
AUTO_URL = task_of(container(image=concat(AUTO.repositoryUrl, ":1")))

test_image_exists = table(
    "ecs-image-exists",
    fails(
        "an empty repository",
        BY_URL,
        REPO,
        at="containerDefinitions",
        says="'repo'",
        only="preview",
        also_undecided=True,
    ),
    passes("pushed by Docker", task_of(container(image=IMAGE.ref)), IMAGE, REPO, only="up"),
    fails("an auto-named one", AUTO_URL, AUTO, only="preview", also_undecided=True, at="containerDefinitions"),
    fails("once it exists", BY_URL, REPO, severity=Severity.LOW, only="up", at="containerDefinitions"),
    fails("by its known name", task(container(image=f"{HERE}/app:1")), REPO, only="preview", at="containerDefinitions"),
    fails(
        "in v6",
        task(container(image=f"{HERE}/app:1"), provider=V6),
        R(REPOSITORY, "repo", name="app", provider=V6),
        only="preview",
        at="containerDefinitions",
    ),
    passes("pushed by a command", BY_URL, REPO, COMMAND, only="up"),
    passes("known name, pushed", task(container(image=f"{HERE}/app:1")), REPO, IMAGE),
    fails(
        "another one is pushed",
        task(container(image=f"{HERE}/app:1")),
        REPO,
        OTHER,
        image_of(OTHER),
        only="preview",
        at="containerDefinitions",
    ),
    fails(
        "in a component",
        task(container(image=f"{HERE}/app:1")),
        COMPONENT,
        IN_COMPONENT,
        only="preview",
        at="containerDefinitions",
    ),
    passes(
        "in a component, pushed",
        task(container(image=f"{HERE}/app:1")),
        COMPONENT,
        IN_COMPONENT,
        image_of(IN_COMPONENT),
    ),
    passes("declared", task(container(image=f"{HERE}/app:1")), REPO, prerequisites=frozenset({"app"})),
    fails(
        "from elsewhere", task(container(image=f"{HERE}/tools:1")), REPO, severity=Severity.LOW, says="not created here"
    ),
    passes("from elsewhere, declared", task(container(image=f"{HERE}/tools:1")), prerequisites=frozenset({"tools"})),
    passes("a public image", task(container()), REPO),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
    undecided(
        "a repository of unknown name", task(container(image=f"{HERE}/app:1")), R(REPOSITORY, "repo", name=UNKNOWN)
    ),
)

test_image_pinned = table(
    "ecs-image-pinned",
    fails("latest", task(container(image="nginx:latest")), at="containerDefinitions", says="latest"),
    passes("a version", task(container(image="nginx:1.27"))),
    fails("no tag", task(container(image="nginx")), says="neither"),
    fails(
        "a registry with a port, no tag",
        task(container(image="registry.example.com:5000/nginx")),
        at="containerDefinitions",
    ),
    passes("a digest", task(container(image=f"{HERE}/app@sha256:{'a' * 64}"))),
    passes("latest with a digest", task(container(image=f"nginx:latest@sha256:{'a' * 64}"))),
    fails("one of two", task(container(), container(name="app", image="app")), says="'app'"),
    undecided("unknown", R(TASK, "task", containerDefinitions=UNKNOWN), at="containerDefinitions"),
)
