"""How a preview ends: a code of its own for our own failures, nothing left of a run that is killed, nothing sent out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.preview.conftest import COMMAND, DUMP_PACK, Workbench, environment

PROGRAM = "import pulumi_aws as aws\naws.s3.Bucket('b', acl='privat')\n"
FINDING = "import pulumi_aws as aws\naws.sqs.Queue('q', name='plain', fifo_queue=True)\n"
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and death signals")


def run(bench: Workbench, *options: str, stdout: int, **variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, str(bench.folder), *options], stdout=stdout, stderr=subprocess.PIPE, env=environment(**variables)
    )


def test_a_reader_that_has_gone_leaves_the_verdict(bench: Workbench) -> None:
    bench.program(FINDING)
    read, write = os.pipe()
    process = run(bench, stdout=write)
    os.close(read)
    os.close(write)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert b"Traceback" not in said
    assert b"Broken pipe" not in said


def test_a_reader_of_a_list_that_has_gone_is_no_finding() -> None:
    read, write = os.pipe()
    command = [sys.executable, "-m", "preflight", "rules"]
    process = subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, env=environment())
    os.close(read)
    os.close(write)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, b"")


@LINUX
def test_a_full_disk_is_said(bench: Workbench) -> None:
    bench.program(FINDING)
    with open("/dev/full", "wb") as full:
        process = run(bench, stdout=full.fileno())
        _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert b"error: standard output can't be written: No space left on device" in said
    assert b"Traceback" not in said


def test_what_cannot_be_encoded_is_escaped(bench: Workbench) -> None:
    bench.program("import pulumi_aws as aws\naws.sqs.Queue('q', name='Zürich ☃', fifo_queue=True)\n")
    process = run(bench, stdout=subprocess.PIPE, PYTHONIOENCODING="ascii", LC_ALL="C")
    out, said = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert b"\\u2603" in out


@LINUX
def test_a_working_folder_that_is_gone(bench: Workbench, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m preflight preview {bench.folder}"
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=environment(), check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "the working folder does not exist any more" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("debug", [False, True])
def test_a_failure_of_ours_has_a_code_of_its_own(bench: Workbench, debug: bool) -> None:
    bench.program(PROGRAM)
    script = (
        "import sys\nfrom preflight.commands import cli\nimport preflight.preview.run as run\n"
        "def broken(*_): raise LookupError('lost\\nand found')\nrun.preview = broken\n"
        f"sys.argv = ['preflight', *{['--debug'] if debug else []!r}, 'preview', {str(bench.folder)!r}]\ncli.main()\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=False)
    if debug:
        assert "Traceback" in ran.stderr
        return
    assert (ran.returncode, ran.stdout) == (70, "")
    assert ran.stderr == (
        "error: preflight itself failed: LookupError: lost; `preflight --debug …` shows where, please report it\n"
    )


def test_a_virtual_environment_whose_python_cannot_run(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM, "name: demo\nruntime: {name: python, options: {virtualenv: venv}}\n")
    python = bench.folder / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("no program")
    python.chmod(0o644)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    ran = bench.preview(env={"TMPDIR": str(scratch)})
    assert (ran.code, ran.out) == (2, "")
    assert "can't be started" in ran.err
    assert "Traceback" not in ran.err
    assert list(scratch.iterdir()) == []


def test_configuration_over_the_limit_of_a_process(bench: Workbench, tmp_path: Path) -> None:
    bench.program(PROGRAM)
    (tmp_path / "long.txt").write_text("x" * 3_000_000)
    ran = bench.preview(f"--config=long=@{tmp_path / 'long.txt'}")
    assert (ran.code, ran.out) == (2, "")
    assert "the configuration is longer than the system passes to a process" in ran.err


def _marked(scratch: Path) -> list[int]:
    """The processes that carry the mark of a run in this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"PREFLIGHT_RUN={scratch}".encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _until(condition: object, seconds: float = 20.0) -> bool:
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@LINUX
def test_a_killed_run_leaves_no_process_and_the_next_one_removes_its_folder(bench: Workbench, tmp_path: Path) -> None:
    """A child in a session of its own outlives its parents; the next run finds it by its mark."""
    bench.program(
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], start_new_session=True)\n"
        "print('started', flush=True)\ntime.sleep(300)\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [*COMMAND, str(bench.folder), "--policy-pack", str(DUMP_PACK)]
    variables = environment(TMPDIR=str(scratch), PREFLIGHT_DUMP=str(tmp_path / "dump"))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=variables)
    assert process.stderr is not None
    while b"started" not in process.stderr.readline():
        assert process.poll() is None
    assert len(_marked(scratch)) >= 3
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert _until(lambda: len(_marked(scratch)) == 1)  # the one in a session of its own
    bench.program(PROGRAM)
    assert bench.preview(env={"TMPDIR": str(scratch)}).code == 0
    assert _until(lambda: not _marked(scratch))
    assert list(scratch.iterdir()) == []


@LINUX
def test_a_child_in_a_session_of_its_own_ends_with_the_run(bench: Workbench, tmp_path: Path) -> None:
    bench.program(
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], start_new_session=True)\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert bench.preview(env={"TMPDIR": str(scratch)}).code == 0
    assert _until(lambda: not _marked(scratch))


def test_the_network_is_refused_with_the_line_that_tried(bench: Workbench) -> None:
    bench.program("import socket\n\nsocket.create_connection(('192.0.2.1', 443), 1)\n")
    ran = bench.preview(form="text")
    assert ran.code == 3
    assert (
        "the program tried to reach 192.0.2.1, and a preview runs without a network (--allow-network lifts" in ran.out
    )
    assert "__main__.py:3" in ran.out


def test_the_network_is_allowed_on_request(bench: Workbench) -> None:
    bench.program(
        "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 443), 0.01)\n"
        "except OSError as error:\n    assert '--allow-network' not in str(error), error\n"
    )
    assert bench.preview("--allow-network").code == 0


def test_packs_stay_on_the_machine_and_get_no_credentials(bench: Workbench) -> None:
    bench.program(PROGRAM)
    pack = bench.pack(
        """
import os, socket
from pulumi_policy import *


def check(args, report):
    if args.resource_type != "aws:s3/bucket:Bucket":
        return
    report(",".join(sorted(name for name in os.environ if "KEY" in name or "TOKEN" in name or "PASS" in name)))
    try:
        socket.create_connection(("192.0.2.1", 443), 0.01)
    except OSError as error:
        report(str(error))


PolicyPack("curious", policies=[ResourceValidationPolicy("check", "d", check)])
"""
    )
    secrets = {
        "AWS_SECRET_ACCESS_KEY": "x", "AWS_ACCESS_KEY_ID": "x", "PULUMI_ACCESS_TOKEN": "x", "GITHUB_TOKEN": "x",
        "PULUMI_CONFIG_PASSPHRASE": "x",
    }  # fmt: skip
    ran = bench.preview(pack=pack, env=secrets)
    said = sorted(item["message"] for item in ran.report["findings"])
    assert said[0] == "PREFLIGHT_RUN_TOKEN"
    assert said[1].startswith("the policy pack tried to reach 192.0.2.1")


def test_findings_are_at_the_users_own_lines(bench: Workbench) -> None:
    """Not at the runner's, nor at asyncio's; what is wrong with the settings is at the settings."""
    queue = "aws.sqs.Queue({0!r}, name={0!r}, fifo_queue=True)"
    bench.write(
        {
            "Pulumi.yaml": "name: demo\nruntime: python\nmain: src/app.py\n",
            "src/app.py": "import asyncio\nimport pulumi_aws as aws\n\n"
            + queue.format("top")
            + "\n\nasync def later():\n    "
            + queue.format("task")
            + "\n\nasyncio.get_event_loop().create_task(later())\n",
            "preflight.yaml": "frameworks: []\nexemptions:\n  - rule: s3-bucket-logging\n    reason: none\n",
        }
    )
    ran = bench.preview(pack=None)
    places = {
        item["name"]: (Path(item["location"]["file"]).name, item["location"]["line"])
        for item in ran.report["findings"]
        if item["rule"] in ("sqs-fifo-names-match", "preflight-exemption-holds")
    }
    assert places == {"top": ("app.py", 4), "task": ("app.py", 7), "demo-dev": ("preflight.yaml", 3)}
