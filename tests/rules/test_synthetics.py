"""Synthetics."""

from __future__ import annotations

from preflight.testing import UNKNOWN, R, fails, passes, table, undecided

CANARY = "aws:synthetics/canary:Canary"


def canary(**properties: object) -> R:
    return R(CANARY, "probe", **{"runtimeVersion": "syn-nodejs-puppeteer-9.1", **properties})


test_runtime_offered = table(
    "synthetics-runtime-offered",
    passes("a current one", canary(name="probe", artifactS3Location="s3://results/probe")),
    passes("one that the table does not know", canary(runtimeVersion="syn-rust-1.0")),
    passes("absent", R(CANARY, "probe")),
    fails("a retired one", canary(runtimeVersion="syn-nodejs-puppeteer-3.9"), at="runtimeVersion", says="3.9"),
    fails("a name in capitals", canary(name="Probe"), at="name", says="a-z"),
    fails("no address of S3", canary(artifactS3Location="results/probe"), at="artifactS3Location", says="s3://"),
    undecided("unknown", canary(runtimeVersion=UNKNOWN), at="runtimeVersion"),
)
