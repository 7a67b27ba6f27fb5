"""A pack's boot: from its process's start to its port on stdout, and until it has told what its policies are.

Preflight's pack against the smallest possible stock pack, in alternation.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc

ROUNDS = 9
SMALLEST = """
from pulumi_policy import PolicyPack, ResourceValidationPolicy

PolicyPack("smallest", [ResourceValidationPolicy("nothing", "Nothing.", lambda args, report: None)])
"""


def _seconds(folder: Path) -> tuple[float, float]:
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        printed = time.perf_counter() - started
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            analyzer_pb2_grpc.AnalyzerStub(channel).GetAnalyzerInfo(empty_pb2.Empty())
        ready = time.perf_counter() - started
        process.kill()
    return printed, ready


def main() -> dict[str, float]:
    """Print medians and return their ratios, after one boot of each to fill the bytecode cache."""
    pack = Path(__file__).resolve().parents[1] / "policypack"
    with tempfile.TemporaryDirectory() as name:
        smallest = Path(name)
        (smallest / "PulumiPolicy.yaml").write_text("name: smallest\nruntime: python\n")
        (smallest / "__main__.py").write_text(SMALLEST)
        _seconds(smallest)
        _seconds(pack)
        pairs = [(_seconds(smallest), _seconds(pack)) for _ in range(ROUNDS)]
    ratios = {}
    for what, at in (("port printed", 0), ("policies told", 1)):
        stock = statistics.median(theirs[at] for theirs, _ in pairs)
        ours = statistics.median(mine[at] for _, mine in pairs)
        ratio = statistics.median(mine[at] / theirs[at] for theirs, mine in pairs)
        print(f"boot, {what}: smallest stock pack {stock:.2f} s, preflight {ours:.2f} s; median ratio {ratio:.2f}")
        ratios[f"boot, {what}: ours to the smallest stock pack"] = ratio
    return ratios
