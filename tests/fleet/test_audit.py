"""Audits: what is judged, kept, resumed, lost and asked."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from preflight.commands.cli import group
from preflight.fleet import state as states
from preflight.fleet.audit import Request, audit
from preflight.fleet.engines.work import Done, Task, Worker
from preflight.fleet.plan import Job
from preflight.fleet.tables import SCHEMAS
from preflight.testing.program import R
from tests.fleet.states import FINE_QUEUE, audited, backend, checkpoint, exported, rows

RULE = "sqs-settings-in-range"


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def test_findings_are_those_of_the_pack(tmp_path: Path) -> None:
    made = audited(tmp_path / "out", backend(tmp_path / "fleet", "app", "net"))
    assert (made.states, made.failed, made.unchanged) == (2, 0, 0)
    found = rows(tmp_path / "out", f"SELECT * FROM findings WHERE rule = '{RULE}' ORDER BY stack")
    assert [(row["stack"], row["name"], row["path"], row["level"]) for row in found] == [
        ("app/dev", "jobs", "messageRetentionSeconds", "mandatory"),
        ("net/dev", "jobs", "messageRetentionSeconds", "mandatory"),
    ]
    stacks = rows(tmp_path / "out", "SELECT * FROM stacks ORDER BY stack")
    assert stacks[0]["accounts"] == ["210987654321"]
    assert stacks[0]["regions"] == ["us-east-1"]
    assert stacks[0]["mandatory"] >= 1


def test_every_table_has_the_documented_columns(tmp_path: Path) -> None:
    audited(tmp_path / "out", backend(tmp_path / "fleet", "app"))
    page = (Path(__file__).parents[2] / "docs" / "fleet.md").read_text(encoding="utf-8")
    for table, schema in SCHEMAS.items():
        section = page.partition(f"### {table}\n")[2].partition("\n#")[0]
        documented = {
            part.strip("` ")
            for line in section.splitlines()
            if line.startswith("| `")
            for part in line.split("|")[1].split(",")
        }
        assert documented == set(schema.names), table


def test_unchanged_states_are_not_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet, out = backend(tmp_path / "fleet", "app", "net"), tmp_path / "out"
    audited(out, fleet)
    path = fleet / ".pulumi/stacks/net/dev.json"
    path.write_text(json.dumps(checkpoint(exported("net", FINE_QUEUE), "net")))
    os.utime(path, (2e9, 2e9))
    second = audited(out, fleet)
    assert (second.states, second.unchanged) == (2, 1)
    found = rows(out, f"SELECT stack FROM findings WHERE rule = '{RULE}'")
    assert [row["stack"] for row in found] == ["app/dev"]
    third = audited(out, fleet)
    assert third.unchanged == 2
    assert rows(out, f"SELECT stack FROM findings WHERE rule = '{RULE}'") == found
    assert (
        len(
            rows(
                out,
                f"SELECT stack FROM findings WHERE rule = '{RULE}'",
                sorted(p.stem for p in (out / "audits").iterdir())[0],
            )
        )
        == 2
    )
    settings = tmp_path / "preflight.yaml"
    settings.write_text(f"levels:\n  rules:\n    {RULE}: disabled\n")
    fourth = audited(out, fleet, settings=settings)
    assert fourth.unchanged == 0
    assert rows(out, f"SELECT stack FROM findings WHERE rule = '{RULE}'") == []


def test_an_unchanged_fleet_is_not_compared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet, out = backend(tmp_path / "fleet", "app", "net"), tmp_path / "out"
    day = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)
    query = "SELECT stack, rule, message FROM findings WHERE across ORDER BY ALL"
    audit(Request([str(fleet)], out), now=day)
    first, inventory = rows(out, query), (out / "inventory.parquet").read_bytes()
    assert first
    monkeypatch.setattr("preflight.fleet.audit.judge_across", None)
    audit(Request([str(fleet)], out), now=day)
    assert rows(out, query) == first
    assert (out / "inventory.parquet").read_bytes() == inventory
    with pytest.raises(TypeError):
        audit(Request([str(fleet)], out), now=day + datetime.timedelta(days=1))


def test_an_audit_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from preflight.fleet import plan

    monkeypatch.setattr(plan, "STATES_AT_ONCE", 1)
    fleet, out = backend(tmp_path / "fleet", "a", "b", "c"), tmp_path / "out"
    do, done = Worker.do, 0

    def broken(self: Worker, job: Job) -> Done:
        nonlocal done
        done += 1
        if done == 3:
            raise KeyboardInterrupt
        return do(self, job)

    monkeypatch.setattr(Worker, "do", broken)
    with pytest.raises(KeyboardInterrupt):
        audited(out, fleet)
    monkeypatch.setattr(Worker, "do", do)
    assert command("fleet", "summary", out).exit_code == 2
    made = audited(out, fleet)
    assert (made.states, made.unchanged) == (3, 2)
    assert len(rows(out, f"SELECT DISTINCT stack FROM findings WHERE rule = '{RULE}'")) == 3


def test_one_bad_state_is_a_row(tmp_path: Path) -> None:
    fleet = backend(tmp_path / "fleet", "app", "net")
    (fleet / ".pulumi/stacks/net/dev.json").write_text('{"version": 3, "checkpoint": {')
    ran = command("audit", fleet, "--out", tmp_path / "out", "-j", 1)
    assert ran.exit_code == 3, ran.output
    assert "1 failed" in ran.output
    failures = rows(tmp_path / "out", "SELECT stack, stage, error FROM failures")
    assert [(row["stack"], row["stage"]) for row in failures] == [("net/dev", "parse")]
    assert "may be truncated" in command("fleet", "summary", tmp_path / "out").output
    assert [row["stack"] for row in rows(tmp_path / "out", "SELECT stack FROM stacks WHERE status = 'judged'")] == [
        "app/dev"
    ]


def test_a_large_state_is_judged_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "WHOLE_BYTES", 100)
    audited(tmp_path / "out", backend(tmp_path / "fleet", "app"))
    assert rows(tmp_path / "out", f"SELECT stack FROM findings WHERE rule = '{RULE}'") == [{"stack": "app/dev"}]
    assert [row["stage"] for row in rows(tmp_path / "out", "SELECT stage FROM failures")] == ["large"]


def test_since_leaves_older_states_out(tmp_path: Path) -> None:
    fleet = backend(tmp_path / "fleet", "app", "net")
    os.utime(fleet / ".pulumi/stacks/net/dev.json", (1e9, 1e9))
    made = audited(tmp_path / "out", fleet, since="2020-01-01")
    assert (made.states, made.left_out) == (1, 1)


def test_exemptions_by_the_settings_and_by_tags_that_run_out(tmp_path: Path) -> None:
    tags = {f"preflight:exempt/{RULE}": "known @team until 2026-12-01"}
    queue = R("aws:sqs/queue:Queue", "jobs", name="jobs", messageRetentionSeconds=9999999, tags=tags)
    (tmp_path / "app.json").write_text(json.dumps(exported("app", queue)))
    request = Request([str(tmp_path / "app.json")], tmp_path / "out")
    day = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)
    audit(request, now=day)
    exempted = rows(tmp_path / "out", "SELECT rule, owner, expires FROM exempted")
    assert exempted == [{"rule": RULE, "owner": "team", "expires": "2026-12-01"}]
    assert audit(request, now=day + datetime.timedelta(days=1)).unchanged == 1
    assert audit(request, now=day + datetime.timedelta(days=9)).unchanged == 0
    assert rows(tmp_path / "out", f"SELECT rule FROM findings WHERE rule = '{RULE}'") == [{"rule": RULE}]


@pytest.mark.slow
def test_processes_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from preflight.fleet import plan

    monkeypatch.setattr(plan, "STATES_AT_ONCE", 1)
    fleet = backend(tmp_path / "fleet", "a", "b", "c", "d")
    now = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)
    for out, processes in (("one", 1), ("two", 2)):
        audit(Request([str(fleet)], tmp_path / out, processes=processes), now=now)
    first, second = (
        {path.relative_to(tmp_path / out): path.read_bytes() for path in (tmp_path / out).rglob("*.parquet")}
        for out in ("one", "two")
    )
    assert len(first) > 8
    assert first == second


def _dying(self: Worker, job: Job) -> Done:
    if any(ref.project == "b" for ref in job.refs):
        os._exit(9)
    return _do(self, job)


_do = Worker.do


@pytest.mark.slow
def test_a_process_that_dies_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import multiprocessing

    from preflight.fleet import plan

    monkeypatch.setattr(plan, "STATES_AT_ONCE", 1)
    forking = multiprocessing.get_context("fork")
    monkeypatch.setattr("multiprocessing.get_context", lambda method: forking)
    monkeypatch.setattr(Worker, "do", _dying)
    made = audited(tmp_path / "out", backend(tmp_path / "fleet", "a", "b", "c"), processes=2)
    assert (made.states, made.failed) == (3, 1)
    found = rows(tmp_path / "out", "SELECT stack, status FROM stacks ORDER BY stack")
    assert [(row["stack"], row["status"]) for row in found] == [
        ("a/dev", "judged"),
        ("b/dev", "failed"),
        ("c/dev", "judged"),
    ]
    assert "died, twice" in rows(tmp_path / "out", "SELECT error FROM failures")[0]["error"]


def test_what_one_asks(tmp_path: Path) -> None:
    fleet, out = backend(tmp_path / "fleet", "app", "net"), tmp_path / "out"
    audited(out, fleet)
    path = fleet / ".pulumi/stacks/net/dev.json"
    path.write_text(json.dumps(checkpoint(exported("net", FINE_QUEUE), "net")))
    os.utime(path, (2e9, 2e9))
    audited(out, fleet)
    asked = {
        "summary": command("fleet", "summary", out, "--by", "team"),
        "top": command("fleet", "top", out),
        "stack": command("fleet", "stack", out, "app/dev"),
        "rule": command("fleet", "rule", out, RULE),
        "framework": command("fleet", "framework", out, "hipaa"),
        "trend": command("fleet", "trend", out),
    }
    assert {name: ran.exit_code for name, ran in asked.items()} == dict.fromkeys(asked, 0), asked
    assert "2 stacks" in asked["summary"].output
    assert "app/dev" in asked["top"].output
    assert RULE in asked["stack"].output
    assert "1 findings in 1 stacks" in asked["rule"].output
    assert "hipaa: " in asked["framework"].output
    assert "0 new" in asked["trend"].output
    assert f"fixed: critical {RULE} net/dev jobs" in asked["trend"].output
    for name in asked:
        more = {"stack": ["app/dev"], "rule": [RULE], "framework": ["hipaa"]}.get(name, [])
        json.loads(command("fleet", name, out, *more, "--format", "json").output)


def test_mistakes_have_one_message(tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = command("audit", tmp_path / "nothing", "--out", out)
    assert (said.exit_code, "there is no such file, folder or bucket" in said.output) == (2, True)
    assert "write the date as YYYY-MM-DD" in command("audit", tmp_path, "--out", out, "--since", "soon").output
    assert "add --engine ray" in command("audit", tmp_path, "--out", out, "--address", "auto").output
    assert "holds no finished audit" in command("fleet", "summary", out).output
    fleet = backend(tmp_path / "fleet", "app")
    audited(out, fleet)
    assert "similar: app/dev" in command("fleet", "stack", out, "app/de").output
    assert f"similar: {RULE}" in command("fleet", "rule", out, "sqs-settings-in-rang").output
    assert "a trend needs two" in command("fleet", "trend", out).output
    assert "has no audit 'x'" in command("fleet", "summary", out, "--audit", "x").output


def test_the_start_of_the_command_imports_no_table_library() -> None:
    import subprocess
    import sys

    check = (
        "import sys; from preflight.commands.cli import group; [group.get_command(None, n) for n in group.list_commands(None)];"
        "print([n for n in ('pyarrow', 'duckdb', 'fsspec', 'ray', 'ijson') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.slow
def test_ray_gives_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="the extra 'ray' is not installed")
    fleet = backend(tmp_path / "fleet", "a", "b")
    now = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)
    for engine in ("local", "ray"):
        audit(Request([str(fleet)], tmp_path / engine, processes=1, engine=engine), now=now)
    first, second = (
        {path.relative_to(tmp_path / out): path.read_bytes() for path in (tmp_path / out).rglob("*.parquet")}
        for out in ("local", "ray")
    )
    assert first == second


def test_a_task_can_travel(tmp_path: Path) -> None:
    import pickle

    from preflight.settings.model import Settings

    task = Task(tmp_path, "a", "d", Settings(), datetime.date(2026, 11, 27))
    assert pickle.loads(pickle.dumps(task)) == task
