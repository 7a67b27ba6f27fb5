"""Whole previews of one program: the embedded engine and, where a real `pulumi` is on PATH, the CLI, side by side.

The CLI gets the offline provider attached, for there is no AWS plugin without a download; both get the pack with all
its rules, and none. Another pack (AWSGuard, say) is measured under the CLI when ``BENCH_OTHER_PACK`` names its folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "policypack"
SIZE = 300
ROUNDS = 5
# Without mandatory findings: the CLI waits five seconds for the program of a preview that has failed.
PROGRAM = f"""
import pulumi_aws as aws

for index in range({SIZE} // 4):
    bucket = aws.s3.Bucket(f"data-{{index}}", tags={{"Name": "x", "Environment": "dev"}})
    aws.s3.BucketVersioning(f"data-{{index}}", bucket=bucket.id, versioning_configuration={{"status": "Enabled"}})
    aws.s3.BucketPublicAccessBlock(f"data-{{index}}", bucket=bucket.id, block_public_acls=True)
    aws.cloudwatch.LogGroup(f"logs-{{index}}", retention_in_days=30)
"""
EMPTY_PACK = """
from pulumi_policy import PolicyPack, ResourceValidationPolicy

PolicyPack("empty", [ResourceValidationPolicy("nothing", "Nothing.", lambda args, report: None)])
"""


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(PACK), "AWS_REGION": "us-east-1"}


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Return the wall time of a preview, in seconds; one that fails for another reason than findings ends the run."""
    started = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    taken = time.perf_counter() - started
    if ended.returncode not in (0, 1) or "unhandled exception" in ended.stderr:
        said = f"{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}"
        raise SystemExit(f"{' '.join(command)}: exit {ended.returncode}\n{said}")
    return taken


def _embedded(folder: Path, pack: Path) -> float:
    return _run(_command(folder, pack), folder, _environment())


def _command(folder: Path, pack: Path) -> list[str]:
    command = [sys.executable, "-m", "preflight.commands.cli", "preview", str(folder), "--stack", "dev"]
    return [*command, "--policy-pack", str(pack)]


def _cli(folder: Path, provider: str, *packs: Path) -> float:
    command = ["pulumi", "preview", "--non-interactive", "--stack", "dev", "--suppress-progress"]
    for pack in packs:
        command += ["--policy-pack", str(pack)]
    return _run(command, folder, _cli_environment(folder, provider))


def _cli_environment(folder: Path, provider: str) -> dict[str, str]:
    return _environment() | {
        "PULUMI_BACKEND_URL": f"file://{folder}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DEBUG_PROVIDERS": provider,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


@contextmanager
def _provider() -> Iterator[str]:
    command = [sys.executable, "-m", "preflight.preview.provider.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        found = re.search(r"aws:\d+", line)
        assert found is not None, line
        yield found[0]
        process.kill()


def peak_mib(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a preview; return the peaks of the summed memory of engine and pack, and of the program, in MiB (PSS)."""
    with subprocess.Popen(command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL) as process:
        peaks = [0.0, 0.0]

        def watch() -> None:
            while process.poll() is None:
                program = own = 0.0
                for pid in [process.pid, *_children(process.pid)]:
                    used, is_program = _memory(pid)
                    program, own = (program + used, own) if is_program else (program, own + used)
                peaks[0], peaks[1] = max(peaks[0], own), max(peaks[1], program)
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        process.wait()
        watcher.join()
    return peaks[0], peaks[1]


def _children(pid: int) -> list[int]:
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return own + [deeper for child in own for deeper in _children(child)]


def _memory(pid: int) -> tuple[float, bool]:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return 0.0, False
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return (int(found[1]) / 1024 if found else 0.0), "runner.py" in command


def main() -> dict[str, float]:
    """Print medians of alternating previews, and return the ratios between them."""
    with tempfile.TemporaryDirectory() as name, _provider() as provider:
        folder, empty = Path(name) / "program", Path(name) / "empty"
        for path in (folder, empty):
            path.mkdir()
        (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        (empty / "PulumiPolicy.yaml").write_text("runtime: python\n")
        (empty / "__main__.py").write_text(EMPTY_PACK)
        cases = {
            "embedded, all rules": lambda: _embedded(folder, PACK),
            "embedded, no rules": lambda: _embedded(folder, empty),
        }
        if shutil.which("pulumi"):
            subprocess.run(
                ["pulumi", "stack", "init", "dev"],
                cwd=folder,
                env=_cli_environment(folder, provider),
                capture_output=True,
                check=True,
            )
            cases["pulumi, all rules"] = lambda: _cli(folder, provider, PACK)
            cases["pulumi, no pack"] = lambda: _cli(folder, provider)
            other = os.environ.get("BENCH_OTHER_PACK")
            if other:
                cases["pulumi, the other pack"] = lambda: _cli(folder, provider, Path(other))
        for case in cases.values():
            case()
        taken: dict[str, list[float]] = {what: [] for what in cases}
        for _ in range(ROUNDS):
            for what, case in cases.items():
                taken[what].append(case())
        print(f"preview of {SIZE} resources, medians of {ROUNDS}")
        for what, seconds in taken.items():
            print(f"  {what:24} {median(seconds):6.2f} s   (least {min(seconds):.2f})")
        ruled = zip(taken["embedded, all rules"], taken["embedded, no rules"], strict=True)
        ratios = {"preview: all rules to no rules": median(mine / none for mine, none in ruled)}
        if "pulumi, all rules" in taken:
            pairs = zip(taken["embedded, all rules"], taken["pulumi, all rules"], strict=True)
            ratios["preview: embedded to pulumi"] = median(mine / theirs for mine, theirs in pairs)
            print(f"  embedded / pulumi: {ratios['preview: embedded to pulumi']:.2f}")
        own, program = peak_mib(_command(folder, PACK), folder)
        print(f"  memory: engine and pack {own:.0f} MiB, the program itself {program:.0f} MiB")
        return ratios
