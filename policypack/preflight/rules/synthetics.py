"""CloudWatch Synthetics."""

from __future__ import annotations

from typing import Final

from ..facts import synthetics
from ..rule import Findings, Kind, Resource, Severity, deferred, rule

CANARY: Final = "aws:synthetics/canary:Canary"


@rule(CANARY, kind=Kind.DEPLOYMENT, severity=Severity.CRITICAL)
def runtime_offered(canary: Resource) -> Findings:
    """A canary has a runtime that can still be created, a name that is allowed, and a place in S3 for its results.

    Why: Synthetics refuses others ("ValidationException: Deprecated runtime version specified: …", "Value at 'name'
    failed to satisfy constraint").
    Fix: Use a current runtime, a name of a-z, 0-9, - and _, and an `artifactS3Location` that begins with s3://.
    Source: Amazon CloudWatch User Guide, "Synthetics runtime versions"; API Reference, "CreateCanary".
    """
    with deferred():
        runtime = canary.text("runtimeVersion")
        if runtime and synthetics.retired(runtime):
            yield canary.finding(f"runtime {runtime} can't be created any more; use a current one", at="runtimeVersion")
    with deferred():
        name = canary.text("name")
        if name and not synthetics.NAME.fullmatch(name):
            yield canary.finding(
                f"name '{name}' may contain only a-z, 0-9, - and _, and at most 255 characters",
                at="name",
            )
    with deferred():
        place = canary.text("artifactS3Location")
        if place and not place.startswith("s3://"):
            yield canary.finding(f"'{place}' must begin with s3://", at="artifactS3Location")
