"""Lambda runtimes and what comes with them."""

from __future__ import annotations

import pytest

from preflight.facts import lambda_
from preflight.facts.lambda_ import RuntimeStatus


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("python3.7", RuntimeStatus.BLOCKED),
        ("python2.7", RuntimeStatus.BLOCKED),
        ("nodejs14.x", RuntimeStatus.BLOCKED),
        ("go1.x", RuntimeStatus.BLOCKED),
        ("provided", RuntimeStatus.BLOCKED),
        # AWS has put their block dates off several times.
        ("python3.8", RuntimeStatus.DEPRECATED),
        ("nodejs16.x", RuntimeStatus.DEPRECATED),
        ("nodejs18.x", RuntimeStatus.DEPRECATED),
        ("python3.12", RuntimeStatus.SUPPORTED),
        ("provided.al2023", RuntimeStatus.SUPPORTED),
        ("nodejs26.x", RuntimeStatus.SUPPORTED),
        ("python3.99", RuntimeStatus.UNKNOWN),
        ("pyton3.12", RuntimeStatus.UNKNOWN),
    ],
)
def test_runtimes(name: str, status: RuntimeStatus) -> None:
    assert lambda_.runtime(name).status is status


def test_a_blocked_runtime_has_dates_and_a_supported_successor() -> None:
    runtime = lambda_.runtime("python3.7")
    assert runtime.create_block == "2024-01-09"
    assert runtime.successor is not None
    assert lambda_.runtime(runtime.successor).status is RuntimeStatus.SUPPORTED


def test_supported_runtimes_come_in_the_order_of_their_versions() -> None:
    python = lambda_.supported_runtimes("python")
    assert python[-3:] == ("python3.13", "python3.14", "python3.15")
    assert "python3.9" not in python
    assert set(python) < set(lambda_.supported_runtimes())


@pytest.mark.parametrize(
    ("name", "supported"),
    [
        ("python3.11", False),
        ("python3.12", True),
        ("java8.al2", False),
        ("java11", True),
        ("dotnet6", False),
        ("dotnet8", True),
        ("dotnetcore3.1", False),
        ("nodejs22.x", False),
        ("provided.al2023", False),
        ("python3.99", None),
        ("perl5", None),
    ],
)
def test_snap_start(name: str, supported: bool | None) -> None:
    assert lambda_.snap_start_supported(name) is supported


@pytest.mark.parametrize(
    ("name", "runtime", "there"),
    [
        ("json", "python3.12", True),
        ("distutils", "python3.11", True),
        ("distutils", "python3.12", False),
        ("cgi", "python3.12", True),
        ("cgi", "python3.13", False),
        ("tomllib", "python3.10", False),
        ("tomllib", "python3.11", True),
        ("requests", "python3.12", False),
    ],
)
def test_the_standard_library_of_a_runtime(name: str, runtime: str, there: bool) -> None:
    assert (name in lambda_.python_standard_library(runtime)) is there


def test_reserved_environment_names() -> None:
    assert {"AWS_REGION", "_HANDLER", "LAMBDA_TASK_ROOT"} <= lambda_.RESERVED_ENVIRONMENT_NAMES
    assert "AWS_LAMBDA_EXEC_WRAPPER" not in lambda_.RESERVED_ENVIRONMENT_NAMES


def test_handlers_by_runtime() -> None:
    assert lambda_.handler_file_suffixes("python3.12") == (".py",)
    assert ".mjs" in lambda_.handler_file_suffixes("nodejs22.x")
    assert lambda_.handler_file_suffixes("java21") == ()
