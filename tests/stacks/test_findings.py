"""What Preflight's own pack says: nothing about the pipeline, and each of its failures about the broken one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from preflight.preview.run import Request, preview
from preflight.reports.build import report_of
from preflight.reports.formats import Style
from preflight.reports.text import render
from tests.stacks.recording import ROOT


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_pipeline_deploys_and_meets_hipaa(environment: str) -> None:
    outcome = preview(Request(ROOT / "stacks" / "hipaa_pipeline", stack=environment))
    assert outcome.errors == []
    assert outcome.failures == []
    assert outcome.prerequisites == []
    assert outcome.findings == []


def test_the_broken_pipeline_shows_each_failure_once() -> None:
    outcome = preview(Request(ROOT / "examples" / "broken_pipeline", stack="dev"))
    assert outcome.errors == []
    found = sorted((finding["rule"], finding["type"].rsplit(":", 1)[-1]) for finding in outcome.findings)
    assert found == [
        ("apigateway-account-logging-role-set", "MethodSettings"),
        ("apigateway-stage-defined-once", "Stage"),
        ("aws-properties-known", "BucketLifecycleConfiguration"),
        ("cloudtrail-data-resource-type-supported", "Trail"),
        ("cloudtrail-data-resource-values-valid", "Trail"),
        ("ec2-security-group-rules-single-owner", "SecurityGroup"),
        ("ec2-security-groups-acyclic", "SecurityGroup"),
        ("kms-key-policy-admits-logs", "LogGroup"),
        ("rds-engine-version-offered", "Instance"),
        ("s3-replication-destination-exists", "BucketReplicationConfig"),
    ]


def test_the_readme_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed = render(report_of([preview(Request(Path("examples/broken_pipeline"), stack="dev"))]), Style())
    heads = r"(?m)^(?:(?:critical|high)  [a-z0-9-]+(?: \([a-z, ]+\))?|  \S+  aws:\S+  \S+:\d+(?:  at .+)?)$"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(heads, readme) == re.findall(heads, printed)


def test_findings_name_the_line_of_the_mistake() -> None:
    outcome = preview(Request(ROOT / "examples" / "broken_pipeline", stack="dev"))
    [stage] = [finding for finding in outcome.findings if finding["rule"] == "apigateway-stage-defined-once"]
    line = Path(stage["location"]["file"]).read_text(encoding="utf-8").splitlines()[stage["location"]["line"] - 1]
    assert "aws.apigateway.Stage(" in line
