"""Which preflight.yaml judges a program, and what a wrong one comes to."""

from __future__ import annotations

from pathlib import Path

from tests.preview.conftest import Ran, Workbench

PROGRAM = """
import pulumi_aws as aws

aws.rds.Instance("db", engine="postgres", instance_class="db.t4g.micro", allocated_storage=20,
                 manage_master_user_password=True, skip_final_snapshot=True)
"""
HIPAA = "frameworks: [hipaa]\n"


def level(ran: Ran) -> str:
    found: str = next(f["level"] for f in ran.report["findings"] if f["rule"] == "rds-storage-encrypted")
    return found


def test_defaults_without_a_file(bench: Workbench) -> None:
    bench.program(PROGRAM)
    assert level(bench.preview(pack=None)) == "advisory"


def test_the_file_in_the_programs_folder(bench: Workbench) -> None:
    bench.program(PROGRAM)
    bench.write({"preflight.yaml": HIPAA})
    ran = bench.preview(pack=None)
    assert level(ran) == "mandatory"
    assert ran.code == 1


def test_the_file_that_is_named(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM)
    bench.write({"preflight.yaml": HIPAA})
    other = tmp_path / "other.yaml"
    other.write_text("levels: {kinds: {compliance: advisory}}\n")
    assert level(bench.preview("--settings", str(other), pack=None)) == "advisory"
    assert level(bench.preview(pack=None, env={"PREFLIGHT_SETTINGS": str(other)})) == "advisory"


def test_a_wrong_file_is_one_message_and_exit_2(bench: Workbench) -> None:
    bench.program(PROGRAM)
    bench.write({"preflight.yaml": "frameworks: [hippa]\n"})
    ran = bench.preview(pack=None)
    assert ran.code == 2
    assert ran.out == ""
    assert "preflight.yaml:1: frameworks[0]: 'hippa' is none of the known values; did you mean hipaa?" in ran.err
    assert "Traceback" not in ran.err


def test_a_missing_file_is_one_message_and_exit_2(bench: Workbench) -> None:
    bench.program(PROGRAM)
    ran = bench.preview("--settings", "nowhere.yaml", pack=None)
    assert (ran.code, ran.out) == (2, "")
    assert "--settings nowhere.yaml: there is no such file" in ran.err


def test_the_table_in_pyproject(bench: Workbench) -> None:
    bench.program(PROGRAM)
    bench.write({"pyproject.toml": '[tool.preflight]\nframeworks = ["hipaa"]\n'})
    ran = bench.preview(pack=None)
    assert level(ran) == "mandatory"
    assert ran.report["settings"]["file"] == "project/pyproject.toml"
