"""Cloud9."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

ENVIRONMENT = "aws:cloud9/environmentEC2:EnvironmentEC2"

test_environment_without_ingress = table(
    "cloud9-environment-without-ingress",
    passes("through Systems Manager", R(ENVIRONMENT, "desk", connectionType="CONNECT_SSM")),
    fails("over SSH", R(ENVIRONMENT, "desk", connectionType="CONNECT_SSH"), at="connectionType", says="CONNECT_SSM"),
    fails("absent", R(ENVIRONMENT, "desk"), at="connectionType"),
    undecided("unknown", R(ENVIRONMENT, "desk", connectionType=UNKNOWN), at="connectionType"),
)
