"""Any Python CrossGuard pack works: stock `pulumi_policy` packs of every kind, in a process of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from .conftest import POLICYPACK, Workbench

PROGRAM = """
import pulumi
import pulumi_aws as aws
bucket = aws.s3.Bucket("b", tags={"team": "blue"})
key = aws.kms.Key("k")
topic = aws.sns.Topic("t", kms_master_key_id=key.arn)
"""
PACK = """
from pulumi_policy import *


def named(level, **more):
    def validate(args, report):
        if args.resource_type == "aws:s3/bucket:Bucket":
            report(f"bucket {args.name} of {args.props['tags']['team']}")
    return ResourceValidationPolicy("named", "Buckets have names.", validate, enforcement_level=level, **more)
"""


def test_findings_of_a_resource_policy(bench: Workbench) -> None:
    pack = bench.pack(
        PACK
        + "PolicyPack('stock', policies=[named(EnforcementLevel.MANDATORY, severity=Severity.HIGH, "
        + "remediation_steps='Name it.', framework=PolicyComplianceFramework('CIS', '1', '2.1', 'text'))])\n"
    )
    bench.program(PROGRAM)
    ran = bench.preview(pack=pack)
    assert ran.code == 1, ran.err
    key = ran.report["findings"][0]["key"]
    assert ran.report["findings"] == [
        {
            "rule": "named",
            "title": "Buckets have names.",
            "key": key,
            "known": False,
            "help": None,
            "property": None,
            "kind": "policy",
            "severity": "high",
            "certainty": "certain",
            "level": "mandatory",
            "urn": "urn:pulumi:dev::demo::aws:s3/bucket:Bucket::b",
            "type": "aws:s3/bucket:Bucket",
            "name": "b",
            "path": "",
            "message": "bucket b of blue",
            "why": "Buckets have names.",
            "fix": "Name it.",
            "controls": {"CIS": ["2.1"]},
            "location": {"file": "project/__main__.py", "line": 3},
        }
    ]
    assert ran.report["rules"] == 1


@pytest.mark.parametrize(
    ("level", "code", "count"), [("MANDATORY", 1, 1), ("ADVISORY", 0, 1), ("DISABLED", 4, 0), ("REMEDIATE", 1, 1)]
)
def test_levels(bench: Workbench, level: str, code: int, count: int) -> None:
    bench.program(PROGRAM)
    ran = bench.preview(pack=bench.pack(PACK + f"PolicyPack('stock', policies=[named(EnforcementLevel.{level})])\n"))
    assert ran.code == code, ran.err
    assert len(ran.report["findings"]) == count


def test_initial_configuration_and_schema_defaults(bench: Workbench) -> None:
    pack = bench.pack(
        """
from pulumi_policy import *
def check(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket":
        report(str(sorted(args.get_config().items())))
schema = PolicyConfigSchema(properties={"a": {"type": "number", "default": 7}, "b": {"type": "string"}})
PolicyPack("stock", enforcement_level=EnforcementLevel.DISABLED, initial_config={"all": EnforcementLevel.ADVISORY,
    "check": {"enforcementLevel": EnforcementLevel.MANDATORY, "b": "given"}},
    policies=[ResourceValidationPolicy("check", "d", check, config_schema=schema)])
"""
    )
    bench.program(PROGRAM)
    ran = bench.preview(pack=pack)
    assert ran.code == 1, ran.err
    assert ran.report["findings"][0]["message"] == "[('a', 7.0), ('b', 'given')]"


def test_required_configuration(bench: Workbench) -> None:
    pack = bench.pack(
        """
from pulumi_policy import *
schema = PolicyConfigSchema(properties={"a": {"type": "number"}}, required=["a"])
PolicyPack("stock", policies=[ResourceValidationPolicy("check", "d", lambda args, report: None, config_schema=schema)])
"""
    )
    bench.program(PROGRAM)
    ran = bench.preview(pack=pack)
    assert ran.code == 4
    assert "policy check needs configuration for a" in ran.err


def test_stack_policy_with_graph_and_unknowns(bench: Workbench) -> None:
    pack = bench.pack(
        """
from pulumi_policy import *
def graph(args, report):
    by_name = {r.name: r for r in args.resources}
    topic = by_name["t"]
    assert topic.parent is by_name["demo-dev"]
    assert topic.property_dependencies["kmsMasterKeyId"] == [by_name["k"]]
    report("seen", topic.urn)
    report("about the stack")
def unknown(args, report):
    for r in args.resources:
        if r.name == "t" and r.props["arn"] == "x":
            report("no")
PolicyPack("stock", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    StackValidationPolicy("graph", "d", graph), StackValidationPolicy("unknown", "d", unknown)])
"""
    )
    bench.program(PROGRAM)
    ran = bench.preview(pack=pack)
    assert ran.code == 1, ran.err
    assert [(finding["name"], finding["message"]) for finding in ran.report["findings"]] == [
        ("t", "seen"),
        ("demo-dev", "about the stack"),
    ]
    assert [item["rule"] for item in ran.report["undecided"]] == ["unknown"]


def test_undecided_is_silent_and_shown_when_strict(bench: Workbench) -> None:
    pack = bench.pack(
        """
from pulumi_policy import *
def check(args, report):
    if args.resource_type == "aws:sns/topic:Topic" and args.props["kmsMasterKeyId"] == "x":
        report("no")
PolicyPack("stock", policies=[ResourceValidationPolicy("check", "d", check)])
"""
    )
    bench.program(PROGRAM)
    quiet = bench.preview(pack=pack, form="text")
    assert quiet.code == 0
    assert "check" not in quiet.out
    assert "1 undecided" in quiet.out
    strict = bench.preview("--strict", pack=pack, form="text")
    assert strict.code == 0
    assert "check: urn:pulumi:dev::demo::aws:sns/topic:Topic::t" in strict.out


def test_remediation(bench: Workbench) -> None:
    pack = bench.pack(
        """
from pulumi_policy import *
def fix(args):
    if args.resource_type == "aws:s3/bucket:Bucket":
        return {**args.props, "forceDestroy": True}
def check(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket":
        report(f"forceDestroy is {args.props['forceDestroy']}")
PolicyPack("stock", policies=[
    ResourceValidationPolicy("fix", "Fixed.", remediate=fix, enforcement_level=EnforcementLevel.REMEDIATE),
    ResourceValidationPolicy("check", "d", check)])
"""
    )
    bench.program(PROGRAM + 'pulumi.export("destroy", bucket.force_destroy.apply(lambda v: print("destroy is", v)))\n')
    ran = bench.preview(pack=pack)
    assert ran.code == 0, ran.err
    assert [finding["message"] for finding in ran.report["findings"]] == ["forceDestroy is True"]
    assert "destroy is True" in ran.err
    assert "remediated by fix" in bench.preview(pack=pack, form="text").out


def test_a_policy_that_raises(bench: Workbench) -> None:
    pack = bench.pack(
        """
from pulumi_policy import *
def bad(args, report):
    if args.name == "b":
        raise RuntimeError("inside the policy")
PolicyPack("stock", policies=[ResourceValidationPolicy("bad", "d", bad)])
"""
    )
    bench.program(PROGRAM)
    ran = bench.preview(pack=pack)
    assert ran.code == 4
    failure = ran.report["failures"][0]
    assert failure["rule"] == "stock"
    assert failure["error"] == "inside the policy"
    assert failure["location"] == {"file": "project/__main__.py", "line": 3}


def test_a_pack_that_dies_while_it_judges(bench: Workbench) -> None:
    pack = bench.pack(
        """
from pulumi_policy import *
import os
PolicyPack("stock", policies=[ResourceValidationPolicy("bad", "d", lambda args, report: os._exit(1))])
"""
    )
    bench.program(PROGRAM)
    ran = bench.preview(pack=pack)
    assert ran.code == 4
    assert "ended while it judged" in ran.err
    assert "Traceback" not in ran.err


def test_several_packs(bench: Workbench, tmp_path: Path) -> None:
    first = bench.pack(PACK + "PolicyPack('one', policies=[named(EnforcementLevel.MANDATORY)])\n")
    second = Workbench(tmp_path / "more" / "project")
    second.folder.mkdir(parents=True)
    other = second.pack(PACK + "PolicyPack('two', policies=[named(EnforcementLevel.ADVISORY)])\n")
    bench.program(PROGRAM)
    ran = bench.preview("--policy-pack", str(other), pack=first)
    assert ran.code == 1
    assert sorted(finding["level"] for finding in ran.report["findings"]) == ["advisory", "mandatory"]


def test_what_a_pack_is_told(bench: Workbench) -> None:
    pack = bench.pack(
        """
import os, pulumi
from pulumi_policy import *
told = [os.environ[f"PULUMI_{name}"] for name in ("ORGANIZATION", "PROJECT", "STACK", "DRY_RUN")]
def check(args, report):
    if args.name == "b":
        report(" ".join((*told, pulumi.get_stack(), pulumi.Config("demo").require("a"), os.path.basename(os.getcwd()))))
PolicyPack("stock", policies=[ResourceValidationPolicy("check", "d", check)])
"""
    )
    bench.program(PROGRAM)
    ran = bench.preview("--config", "a=b", "--stack", "acme/demo/prod", pack=pack)
    assert ran.report["findings"][0]["message"] == "acme demo prod true prod b pack", ran.err


def test_the_packs_own_virtualenv(bench: Workbench, tmp_path: Path) -> None:
    """`virtualenv` of PulumiPolicy.yaml is the pack's interpreter, and Preflight's folder is not on its path."""
    environment = tmp_path / "pack" / "venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "pyvenv.cfg").write_text("home = .\n")
    os.symlink(sys.executable, environment / "bin" / "python")
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    settings = "runtime:\n  name: python\n  options:\n    virtualenv: venv\n"
    pack = bench.pack(
        f"""
import sys
sys.path.append({packages!r})
import os
from pulumi_policy import *
def check(args, report):
    if args.name == "b":
        report(f"{{sys.executable}} {{os.environ.get('VIRTUAL_ENV')}} {{{str(POLICYPACK)!r} in sys.path}}")
PolicyPack("stock", policies=[ResourceValidationPolicy("check", "d", check)])
""",
        settings,
    )
    bench.program(PROGRAM)
    ran = bench.preview(pack=pack, env={"PYTHONPATH": f"{packages}{os.pathsep}{POLICYPACK}"})
    message = ran.report["findings"][0]["message"]
    assert message.startswith(f"{environment}/bin/python {environment} "), ran.err


def test_a_program_that_fails_is_not_judged_as_a_whole(bench: Workbench) -> None:
    pack = bench.pack(
        PACK
        + "PolicyPack('stock', policies=[named(EnforcementLevel.MANDATORY), "
        + "StackValidationPolicy('never', 'd', lambda args, report: report('judged'))])\n"
    )
    bench.program(PROGRAM + "raise ValueError('stop')\n")
    ran = bench.preview(pack=pack)
    assert ran.code == 3
    assert [finding["rule"] for finding in ran.report["findings"]] == ["named"]
