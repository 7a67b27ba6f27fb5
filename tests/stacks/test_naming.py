"""Physical names: the pattern, the limits, and what shortening must never lose."""

import re

import pytest

from components.naming import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH, Kind, Names

ACCOUNT = "210987654321"


def names(project: str = "hipaa-pipeline", environment: str = "dev") -> Names:
    return Names(project=project, environment=environment, account_id=ACCOUNT)


@pytest.mark.parametrize(
    ("purpose", "kind", "expected"),
    [
        ("service", Kind.CLUSTER, "hipaa-pipeline-service-dev"),
        ("phi", Kind.BUCKET, f"hipaa-pipeline-phi-dev-{ACCOUNT}"),
        ("service", Kind.LOAD_BALANCER, "hipaa-pipeline-service-dev"),
    ],
)
def test_short_names_keep_every_part(purpose: str, kind: Kind, expected: str) -> None:
    assert names().physical(purpose, kind) == expected


def test_underscores_of_a_project_become_hyphens() -> None:
    assert names(project="web_app").physical("phi", Kind.BUCKET) == f"web-app-phi-dev-{ACCOUNT}"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("environment", ["dev", "pr-123", "team-a-4711", "e" * MAX_ENVIRONMENT_LENGTH])
@pytest.mark.parametrize("project", ["p", "hipaa-pipeline", "p" * MAX_PROJECT_LENGTH])
def test_every_name_fits_and_ends_in_its_environment(kind: Kind, environment: str, project: str) -> None:
    name = names(project, environment).physical("a-purpose-with-a-long-description", kind)
    assert len(name) <= kind.limit
    assert name.endswith(f"-{environment}-{ACCOUNT}" if kind.is_global else f"-{environment}")
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)


def test_shortened_names_of_two_purposes_differ() -> None:
    long = names(project="p" * MAX_PROJECT_LENGTH)
    first, second = (long.physical(f"purpose-{end}", Kind.LOAD_BALANCER) for end in ("one", "two"))
    assert first != second
    assert first == long.physical("purpose-one", Kind.LOAD_BALANCER)


def test_an_environment_that_no_name_has_room_for_is_refused() -> None:
    with pytest.raises(ValueError, match=r"doesn't fit a load balancer name of 32 characters"):
        names(environment="e" * 30).physical("service", Kind.LOAD_BALANCER)


def test_paths_hold_project_and_environment() -> None:
    assert names().path("api") == "/hipaa-pipeline/dev/api"
