"""A preview leaves nothing behind and touches no network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import COMMAND, DUMP_PACK, PROGRAMS, Workbench, environment

# Installed in every Python process of the preview: a socket that leaves the loopback interface ends the process.
GUARD = """
import os, socket, sys
_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
LOCAL = ("127.", "::1", "localhost")
def _check(address):
    if isinstance(address, tuple) and not str(address[0]).startswith(LOCAL):
        with open(os.environ["PREFLIGHT_GUARD"], "a") as file:
            file.write(f"{sys.argv} {address}\\n")
        os._exit(99)
def connect(self, address):
    _check(address)
    return _connect(self, address)
def connect_ex(self, address):
    _check(address)
    return _connect_ex(self, address)
def getaddrinfo(host, *rest, **more):
    if host is not None:
        _check((host,))
    return _getaddrinfo(host, *rest, **more)
socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, getaddrinfo
with open(os.environ["PREFLIGHT_GUARD"] + ".guarded", "a") as file:
    file.write(f"{os.path.basename(sys.argv[0]) if sys.argv else ''}\\n")
"""


def _guarded(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "guard"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(GUARD)
    variables = environment(PREFLIGHT_GUARD=str(tmp_path / "refused"), PREFLIGHT_DUMP=str(tmp_path / "dump.jsonl"))
    variables["PYTHONPATH"] = os.pathsep.join((str(folder), variables["PYTHONPATH"]))
    return variables


def test_the_network_is_never_touched(tmp_path: Path) -> None:
    variables = _guarded(tmp_path)
    command = [*COMMAND, str(PROGRAMS / "everything"), "--policy-pack", str(DUMP_PACK)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, env=variables, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "refused").exists()
    assert len((tmp_path / "refused.guarded").read_text().splitlines()) >= 3  # engine, program, pack


def test_a_proxy_is_not_asked(bench: Workbench) -> None:
    """gRPC would send even loopback traffic to the proxy of the environment."""
    bench.program("import pulumi_aws as aws\naws.s3.Bucket('b')\n")
    proxy = "http://192.0.2.1:9"
    ran = bench.preview("--timeout", "30", env={"http_proxy": proxy, "https_proxy": proxy, "grpc_proxy": proxy})
    assert ran.code == 0, ran.err


def test_the_guard_works(tmp_path: Path) -> None:
    variables = _guarded(tmp_path)
    script = "import socket; socket.create_connection(('192.0.2.1', 443), 1)"
    ran = subprocess.run([sys.executable, "-c", script], env=variables, check=False)
    assert ran.returncode == 99
    assert "192.0.2.1" in (tmp_path / "refused").read_text()


@pytest.mark.skipif(not Path("/proc/net").exists(), reason="needs Linux network namespaces to be visible")
def test_works_without_any_interface_but_loopback(bench: Workbench, tmp_path: Path) -> None:
    """gRPC opens its sockets in C, where the guard of Python sockets does not see them: take the network away."""
    probe = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("unshare -rn is not permitted here")
    bench.program("import pulumi_aws as aws\naws.s3.Bucket('b')\nprint(aws.get_caller_identity().account_id)\n")
    command = ["unshare", "-rn", "sh", "-c", 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"', "sh"]
    command += [*COMMAND, str(bench.folder), "--policy-pack", str(DUMP_PACK)]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(PREFLIGHT_DUMP=str(bench.dump_file)),
        check=False,
    )
    if "ifconfig" in ran.stderr:
        pytest.skip("no tool to bring the loopback interface up")
    assert ran.returncode == 0, ran.stderr


def _alive(marker: str) -> list[str]:
    """Processes whose environment holds a marker."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                variables = (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if marker.encode() in variables and state != "Z":
                found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def _signals_as_in_a_terminal() -> None:
    """What a shell starts in the background inherits an ignored SIGINT, and so would everything below it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(bench: Workbench, tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C leaves neither the program, nor what it started, nor the pack, nor temporary files behind."""
    bench.program(
        "import subprocess, sys, time, pulumi_aws as aws\naws.s3.Bucket('b')\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\nprint('started', flush=True)\n"
        "try:\n    time.sleep(600)\nexcept BaseException:\n    time.sleep(600)\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    marker = f"PREFLIGHT_TEST={tmp_path}"
    variables = environment(PREFLIGHT_DUMP=str(bench.dump_file), PREFLIGHT_TEST=str(tmp_path), TMPDIR=str(scratch))
    command = [*COMMAND, str(bench.folder), "--policy-pack", str(DUMP_PACK)]
    with subprocess.Popen(
        command,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_signals_as_in_a_terminal,
    ) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if "started" in line:
                    break
            until = time.monotonic() + 5  # a child shows its environment only once its exec is through
            while len(_alive(marker)) < 4 and time.monotonic() < until:
                time.sleep(0.05)
            assert len(_alive(marker)) >= 4  # engine, pack, program, its child
            process.send_signal(number)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    until = time.monotonic() + 5
    while _alive(marker) and time.monotonic() < until:
        time.sleep(0.05)
    assert _alive(marker) == []
    assert list(scratch.iterdir()) == []


def test_help_needs_no_grpc() -> None:
    script = (
        "import sys\nfrom preflight.commands.cli import group\n"
        "try:\n    group(['preview', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = [name for name in ('grpc', 'google.protobuf', 'pulumi', 'rich', 'yaml') if name in sys.modules]\n"
        "assert not heavy, heavy\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=False)
    assert ran.returncode == 0, ran.stderr
    assert "--policy-pack" in ran.stdout
