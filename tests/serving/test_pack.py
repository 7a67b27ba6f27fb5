"""The pack as a process and as an object: it serves only where Pulumi runs it, and never hangs anywhere else."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pulumi_policy
import pytest

from preflight import PolicyPack, policies
from preflight.finding import Findings
from preflight.rule import Parameter, Parameters, Resource
from preflight.stack import Stack
from preflight.testing import UNKNOWN, R
from preflight.testing.requests import analyze_request, analyze_stack_request
from tests.conftest import MakeRule

POLICYPACK = Path(__file__).parents[2] / "policypack"
BUCKET = "aws:s3/bucket:Bucket"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(POLICYPACK), **environment},
        check=False,
    )


def test_importing_has_no_side_effect() -> None:
    code = """
        import sys, threading
        import preflight
        heavy = {"grpc", "pulumi", "pulumi_policy", "yaml", "jsonschema", "click", "rich"} & set(sys.modules)
        assert not heavy, heavy
        assert threading.active_count() == 1
        """
    done = run(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_two_packs_in_one_process_do_not_hang() -> None:
    code = """
        import pulumi_policy as stock
        from preflight import PolicyPack
        policy = stock.ResourceValidationPolicy("a", "A.", lambda args, report: None)
        PolicyPack("one", [policy])
        PolicyPack("two", [policy])
        """
    done = run(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def start_pack(folder: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(POLICYPACK), **environment},
    )


def test_a_wrong_settings_file_is_one_message(tmp_path: Path) -> None:
    settings = tmp_path / "preflight.yaml"
    settings.write_text("framworks: [hipaa]\n")
    process = start_pack(POLICYPACK, PREFLIGHT_SETTINGS=str(settings))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert err == "preflight: preflight.yaml:1: framworks: there is no such key; did you mean frameworks?\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "", "policies": [1]}, "Missing name argument"),
        ({"name": "a b", "policies": [1]}, "Invalid policy pack name a b."),
        ({"name": "a", "policies": []}, "Missing policies argument"),
        ({"name": "a", "policies": [1]}, "Expected each policy in policies to be a Policy"),
        ({"name": "a", "policies": "x"}, "Expected policies to be a list of policies"),
    ],
)
def test_arguments_are_checked_in_the_stock_words(arguments: dict[str, Any], message: str) -> None:
    for make in (PolicyPack, pulumi_policy.PolicyPack):
        with pytest.raises(TypeError) as raised:
            make(**arguments)
        assert message in str(raised.value)


def days_kept(bucket: Resource, parameters: Parameters) -> Findings:
    if bucket.number("days") != parameters["days"]:
        yield bucket.finding(f"keeps {bucket.number('days')} days, not {parameters['days']}", at="days")


def policy_attached(bucket: Resource, stack: Stack) -> Findings:
    if bucket.flag("needsPolicy") and not stack.referring_to(bucket, "aws:s3/bucketPolicy:BucketPolicy", via="bucket"):
        yield bucket.finding("has no policy")


def test_the_way_back(make_rule: MakeRule) -> None:
    """Rules as stock policies, in the stock servicer."""
    rules = [
        make_rule(days_kept, BUCKET, parameters={"days": Parameter.of(5, "Days.")}),
        make_rule(policy_attached, BUCKET),
    ]
    made = policies(rules)
    servicer: Any = pulumi_policy.policy._PolicyAnalyzerServicer(
        "mine", "1", made, pulumi_policy.EnforcementLevel.ADVISORY
    )
    lone, held = R(BUCKET, "lone", days=3, needsPolicy=True), R(BUCKET, "held", days=5, needsPolicy=True)
    late = R(BUCKET, "late", days=UNKNOWN)
    attached = R("aws:s3/bucketPolicy:BucketPolicy", "p", bucket=held.id)
    resources = (lone, held, late, attached)
    found = [d for r in resources for d in servicer.Analyze(analyze_request(r, "preview"), None).diagnostics]
    assert [item.policyName for item in found] == ["test-pack-days-kept"]
    assert "days: keeps 3 days, not 5" in found[0].message
    (missing,) = servicer.AnalyzeStack(analyze_stack_request(resources, "preview"), None).diagnostics
    assert missing.urn == lone.urn
