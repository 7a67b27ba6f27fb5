"""Nothing judged is never green: stock policies in our pack, a pack that leaves things out, a stranger on its port."""

from __future__ import annotations

import pytest

from tests.preview.conftest import Ran, Workbench

PROGRAM = """
import pulumi_aws as aws

aws.s3.Bucket("first", tags={"team": "blue"})
aws.s3.Bucket("second")
"""
PACK = """
from pulumi_policy import *
from preflight import PolicyPack, rules


def named(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket":
        report(f"bucket {args.name}")


def counted(args, report):
    report(f"{len(args.resources)} resources")


def broken(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket":
        raise ValueError("no such thing")


def undecided(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket" and args.props["bucket"] == "x":
        report("x")


STOCK = [
    ResourceValidationPolicy("named", "Buckets have names.", named, EnforcementLevel.MANDATORY, severity=Severity.HIGH),
    StackValidationPolicy("counted", "Resources are counted.", counted, EnforcementLevel.ADVISORY),
]
"""


def found(ran: Ran) -> list[tuple[str, str, str, str]]:
    return [(item["rule"], item["name"], item["level"], item["message"]) for item in ran.report["findings"]]


def test_stock_policies_in_our_pack_are_reported(bench: Workbench) -> None:
    bench.program(PROGRAM)
    ran = bench.preview(pack=bench.pack(PACK + "PolicyPack('mixed', STOCK)\n"))
    assert ran.code == 1, ran.err
    assert ran.report["rules"] == 2
    assert found(ran) == [
        ("named", "first", "mandatory", "bucket first"),
        ("named", "second", "mandatory", "bucket second"),
        ("counted", "demo-dev", "advisory", "4 resources"),
    ]
    assert {item["kind"] for item in ran.report["findings"]} == {"policy"}
    assert ran.report["findings"][0]["severity"] == "high"


def test_stock_policies_beside_our_rules(bench: Workbench) -> None:
    bench.program(PROGRAM)
    ran = bench.preview(pack=bench.pack(PACK + "PolicyPack('mixed', [*rules.load('s3'), *STOCK])\n"))
    assert ran.code == 1, ran.err
    assert {"named", "counted", "s3-bucket-logging"} <= {item["rule"] for item in ran.report["findings"]}


def test_the_settings_name_stock_policies(bench: Workbench) -> None:
    bench.program(PROGRAM)
    bench.write(
        {
            "preflight.yaml": """
                levels: {rules: {named: advisory, counted: disabled}}
                exemptions: [{rule: named, resource: second, reason: "was there before", owner: team}]
            """
        }
    )
    ran = bench.preview(pack=bench.pack(PACK + "PolicyPack('mixed', STOCK)\n"))
    assert ran.code == 0, ran.err
    assert found(ran) == [("named", "first", "advisory", "bucket first")]
    [exempted] = ran.report["exempted"]
    assert (exempted["name"], exempted["reason"]) == ("second", "was there before")


def test_a_stock_policy_that_raises_fails_the_run(bench: Workbench) -> None:
    bench.program(PROGRAM)
    pack = PACK + "PolicyPack('mixed', [*STOCK[1:], ResourceValidationPolicy('broken', 'Breaks.', broken)])\n"
    ran = bench.preview(pack=bench.pack(pack))
    assert ran.code == 4
    assert {(item["rule"], item["error"]) for item in ran.report["failures"]} == {
        ("broken", "ValueError: no such thing")
    }


def test_a_stock_policy_that_meets_an_unknown_is_undecided(bench: Workbench) -> None:
    bench.program("import pulumi_aws as aws\nkey = aws.kms.Key('k')\naws.s3.Bucket('b', bucket=key.key_id)\n")
    pack = PACK + "PolicyPack('mixed', [ResourceValidationPolicy('later', 'Later.', undecided)])\n"
    ran = bench.preview(pack=bench.pack(pack))
    assert ran.code == 0, ran.err
    assert [(item["rule"], item["urn"].rpartition("::")[2]) for item in ran.report["undecided"]] == [("later", "b")]


SKIPS = """
keep = Tally.of_resource
def of_resource(self, resource, verdicts):
    return Outcome() if resource.name == "second" else keep(self, resource, verdicts)
Tally.of_resource = of_resource
"""


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (SKIPS, "did not judge 1 of 4 resources: second"),
        ("Tally.of_stack = lambda self, stack, verdicts: Outcome()", "did not judge the stack as a whole"),
    ],
    ids=["resource", "stack"],
)
def test_what_a_pack_leaves_out_fails_the_run(bench: Workbench, fault: str, said: str) -> None:
    bench.program(PROGRAM)
    pack = (
        PACK + f"from preflight.judging.tally import Outcome, Tally\n{fault}\nPolicyPack('mixed', rules.load('s3'))\n"
    )
    ran = bench.preview(pack=bench.pack(pack))
    assert ran.code == 4, ran.err
    assert [item["error"] for item in ran.report["failures"]] == [said]


def test_a_pack_that_asks_fewer_rules_than_it_announced_fails_the_run(bench: Workbench) -> None:
    bench.program(PROGRAM)
    pack = PACK + (
        "from preflight.serving.server import Servicer\n"
        "from preflight.serving.lazy import Lazy\n"
        "told = Servicer.GetAnalyzerInfo\n"
        "def info(self, request, context):\n"
        "    answer = told(self, request, context)\n"
        "    self._rules = Lazy(lambda: [])\n"
        "    return answer\n"
        "Servicer.GetAnalyzerInfo = info\n"
        "PolicyPack('mixed', rules.load('kms'))\n"
    )
    ran = bench.preview(pack=bench.pack(pack))
    assert ran.code == 4, ran.err
    [failure] = ran.report["failures"]
    assert failure["error"].startswith("announced ")
    assert failure["error"].endswith(" rules and asked 0")


def test_a_policy_given_twice_is_refused_by_name(bench: Workbench) -> None:
    bench.program(PROGRAM)
    ran = bench.preview(pack=bench.pack(PACK + "PolicyPack('mixed', [*STOCK, STOCK[0]])\n"))
    assert ran.code == 2
    assert "named given more than once" in ran.err
    assert "Traceback" not in ran.err


def test_an_installation_without_all_rules_judges_nothing(bench: Workbench) -> None:
    bench.program(PROGRAM)
    pack = PACK + (
        "from pathlib import Path\n"
        "class Index:\n"
        "    parent = rules.INDEX.parent\n"
        "    def read_text(self, encoding): return rules.__dict__['WHOLE'] + 's3-lost\\n'\n"
        "rules.WHOLE = rules.INDEX.read_text()\n"
        "rules.INDEX = Index()\n"
        "PolicyPack('mixed', rules.load)\n"
    )
    ran = bench.preview(pack=bench.pack(pack))
    assert ran.code == 4
    assert "rules 1 can't be found, s3-lost among them" in ran.err
    assert "Traceback" not in ran.err


def test_a_stranger_on_the_engines_port_changes_nothing(bench: Workbench) -> None:
    bench.program(
        PROGRAM
        + """
import grpc
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

stranger = settings.get_monitor().RegisterResource._call
try:
    stranger(resource_pb2.RegisterResourceRequest(type="aws:s3/bucket:Bucket", name="planted"))
except grpc.RpcError as error:
    print("refused", error.code().name)
"""
    )
    ran = bench.preview(pack=bench.pack(PACK + "PolicyPack('mixed', STOCK)\n"))
    assert ran.code == 1, ran.err
    assert "refused UNAUTHENTICATED" in ran.err
    assert {item["name"] for item in ran.report["findings"] if item["rule"] == "named"} == {"first", "second"}
