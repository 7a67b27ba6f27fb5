"""The inventory: what an audit writes, and what a preview says by it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from preflight.commands.cli import group
from preflight.fleet.inventory import FILE
from preflight.inventory import Inventory, InventoryError, load
from preflight.testing.fleet import S
from preflight.testing.program import ACCOUNT, R
from tests.fleet.states import audited

PROGRAM = """
import pulumi
import pulumi_aws as aws

net = pulumi.StackReference("acme/network/dev")
aws.sqs.Queue("q", name="jobs", kms_master_key_id="alias/own")
aws.sqs.Queue("unnamed", kms_master_key_id="alias/own")
aws.guardduty.Detector("d", enable=True)
aws.ec2.SecurityGroup("web", vpc_id=net.require_output("vpcId"), description="x", tags={"motto": net.require_output("motto")})
aws.iam.get_role(name="role-of-app")
aws.iam.get_role(name="role-of-nobody")
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    (tmp_path / "fleet").mkdir()
    vpc = R("aws:ec2/vpc:Vpc", "v", cidrBlock="10.0.0.0/16", outputs={"id": "vpc-00000000000000001"})
    network = S("network", vpc, exports={"vpcId": "vpc-00000000000000001", "motto": "hush-hush"})
    base = S(
        "base", R("aws:guardduty/detector:Detector", "detector"), R("aws:sqs/queue:Queue", "theirs", name="jobs"),
        R("aws:iam/role:Role", "r", name="role-of-app"),
    )  # fmt: skip
    for stack in (network, base):
        (tmp_path / "fleet" / f"{stack.name}.json").write_text(stack.state())
    audited(tmp_path / "out", tmp_path / "fleet")
    return tmp_path / "out" / FILE


def test_what_is_in_it(inventory: Path) -> None:
    found = load(str(inventory))
    assert found.complete
    assert load(f"file://{inventory}").names == found.names
    assert found.exports == {"base/dev": {}, "network/dev": {"vpcId": "vpc-00000000000000001", "motto": None}}
    assert {owned.name for owned in found.called("jobs")} == {"theirs"}
    for name in ("acme/network/dev", "network/dev", "organization/network/dev"):
        assert found.outputs_of(name) == found.exports["network/dev"]
    assert found.outputs_of("acme/other/dev") is None
    assert "hush" not in str(pq.read_table(inventory).to_pylist())


def test_its_age_is_told() -> None:
    found = Inventory("2026-11-20T08:00:00+00:00", True)
    days = {0: "made today", 1: "1 day old", 7: "7 days old"}
    for count, words in days.items():
        day = datetime.date(2026, 11, 20) + datetime.timedelta(days=count)
        assert found.described(day) == f"the inventory of 2026-11-20 ({words})"


def test_what_is_not_one(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("x")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    for name, says in (
        ("none", "there is no such file"),
        ("text", "can't be read"),
        ("other.parquet", "is not an inventory"),
    ):
        with pytest.raises(InventoryError, match=says):
            load(str(tmp_path / name))
    ran = CliRunner().invoke(group, ["preview", str(tmp_path), "--inventory", str(tmp_path / "none")])
    assert (ran.exit_code, "--inventory" in ran.output) == (2, True)


def previewed(folder: Path, inventory: Path, *more: str) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: app\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  aws:region: us-east-1\n")
    (folder / "__main__.py").write_text(PROGRAM)
    ran = CliRunner().invoke(group, ["preview", str(folder), "--inventory", str(inventory), "--format", "json", *more])
    report: dict[str, Any] = json.loads(ran.stdout)["runs"][0]
    return report


@pytest.mark.slow
def test_a_program_is_judged_against_it(inventory: Path, tmp_path: Path) -> None:
    run = previewed(tmp_path / "app", inventory, "--account", ACCOUNT)
    found = {item["rule"]: item for item in run["findings"] if item["rule"].startswith("fleet-")}
    assert {rule: (item["name"], item["level"]) for rule, item in found.items()} == {
        "fleet-name-owned-once": ("q", "mandatory"),
        "fleet-singleton-owned-once": ("d", "mandatory"),
    }
    assert (
        "(made today), the name 'jobs' is that of 'theirs' in stack 'base/dev'"
        in found["fleet-name-owned-once"]["message"]
    )
    assert found["fleet-name-owned-once"]["location"]["line"] == 6
    assert [item["what"].partition(";")[0] for item in run["prerequisites"]] == [
        "an IAM role exists with name 'role-of-nobody'"
    ]
    assert any("'role-of-app': in stack 'base/dev'" in note for note in run["notes"])
    assert not run["failures"]
    # The reference resolved: the group's VPC is known, and judged.
    assert not [item for item in run["undecided"] if item["path"] == "vpcId"]


@pytest.mark.slow
def test_without_the_account_a_name_may_be_another_accounts(inventory: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "preflight.yaml").write_text(
        "exemptions:\n  - rule: fleet-singleton-owned-once\n    resource: d\n    reason: it moves here\n"
    )
    run = previewed(app, inventory)
    found = {item["rule"]: item for item in run["findings"] if item["rule"].startswith("fleet-")}
    assert [(rule, item["certainty"], item["level"]) for rule, item in found.items()] == [
        ("fleet-name-owned-once", "outside", "advisory")
    ]
    assert [item["rule"] for item in run["exempted"]] == ["fleet-singleton-owned-once"]
