"""The embedded engine against the real Pulumi CLI, both with the offline provider: every message to a pack is equal.

Needs the `pulumi` command, of any recent version, on PATH; nothing is installed, and no account or network is used.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import COMMAND, DUMP_PACK, PROGRAMS, environment
from .parity import differences, read_dump

pytestmark = pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no `pulumi` on PATH to compare with")


@pytest.fixture
def attached() -> Iterator[str]:
    """Serve the offline provider; gives the value of PULUMI_DEBUG_PROVIDERS."""
    command = [sys.executable, "-m", "preflight.preview.provider.server", "aws"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.mark.parametrize("name", ["everything"])
def test_same_messages(tmp_path: Path, attached: str, name: str) -> None:
    source = tmp_path / "source"
    shutil.copytree(PROGRAMS / name, source)
    ours, theirs, backend = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl", tmp_path / "backend"
    backend.mkdir()
    command = [*COMMAND, str(source), "--policy-pack", str(DUMP_PACK)]
    ran = subprocess.run(
        command, capture_output=True, text=True, env=environment(PREFLIGHT_DUMP=str(ours)), check=False
    )
    assert ran.returncode == 0, ran.stderr
    variables = environment(
        PREFLIGHT_DUMP=str(theirs),
        PULUMI_BACKEND_URL=f"file://{backend}",
        PULUMI_CONFIG_PASSPHRASE="",
        PULUMI_SKIP_UPDATE_CHECK="1",
        PULUMI_DEBUG_PROVIDERS=attached,
        PATH=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    )
    subprocess.run(["pulumi", "stack", "init", "dev"], cwd=source, env=variables, check=True, capture_output=True)
    command = ["pulumi", "preview", "--non-interactive", "--policy-pack", str(DUMP_PACK)]
    ran = subprocess.run(command, cwd=source, env=variables, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert differences(read_dump(ours), read_dump(theirs)) == []
