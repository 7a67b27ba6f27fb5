"""The offline provider: what a Pulumi provider says during a preview, without AWS, credentials or a plugin.

`make_provider` gives the one for a package: AWS by the schema facts, every other package generically.
"""

from __future__ import annotations

from preflight.preview.provider.aws import AwsProvider
from preflight.preview.provider.base import OfflineProvider
from preflight.preview.provider.environment import Environment
from preflight.preview.provider.results import CheckResult, Failure, InvokeResult, Prerequisite

__all__ = [
    "CheckResult",
    "Environment",
    "Failure",
    "InvokeResult",
    "OfflineProvider",
    "Prerequisite",
    "make_provider",
]


def make_provider(package: str, version: str | None, environment: Environment) -> OfflineProvider:
    """The offline provider of a package ("aws", "random"…) in the version that the program's SDK names."""
    if package == "aws":
        return AwsProvider(package, version, environment)
    return OfflineProvider(package, version, environment)
