"""Runs `preflight` as users do: its own process, a real program process, real gRPC, a real pack process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

POLICYPACK = Path(__file__).resolve().parents[2] / "policypack"
DUMP_PACK = Path(__file__).with_name("dump_pack")
PROGRAMS = Path(__file__).with_name("programs")
COMMAND = [sys.executable, "-m", "preflight", "preview"]


def environment(**more: str) -> dict[str, str]:
    """The caller's environment, without what would change a preview."""
    dropped = ("AWS_", "PULUMI_", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return kept | {"PYTHONPATH": str(POLICYPACK), "COLUMNS": "200"} | more


@dataclass(frozen=True)
class Ran:
    """What a preview printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The run of the JSON report, which is about one stack."""
        [run] = self.document["runs"]
        found: dict[str, Any] = run
        return found

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass(frozen=True)
class Workbench:
    """A folder in which a test puts a program together and previews it."""

    folder: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Write files below the project's folder; texts are dedented."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def program(self, text: str, project: str = "name: demo\nruntime: python\n", **files: str) -> None:
        """Write a project with one program; ``files`` are further ones, ``__`` in a name standing for a dot."""
        self.write({"Pulumi.yaml": project, "__main__.py": text})
        self.write({name.replace("__", "."): content for name, content in files.items()})

    def pack(self, text: str, settings: str = "runtime: python\nversion: 0.0.1\n") -> Path:
        """Write a stock CrossGuard pack beside the project; returns its folder."""
        pack = self.folder.parent / "pack"
        pack.mkdir(exist_ok=True)
        (pack / "PulumiPolicy.yaml").write_text(settings, encoding="utf-8")
        (pack / "__main__.py").write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return pack

    def preview(
        self, *options: str, pack: Path | None = DUMP_PACK, form: str = "json", env: Mapping[str, str] | None = None
    ) -> Ran:
        """Preview the project; the recording pack judges unless another one is given (None: the bundled one)."""
        packs = [] if pack is None else ["--policy-pack", str(pack)]
        command = [*COMMAND, str(self.folder), "--format", form, *packs, *options]
        variables = environment(PREFLIGHT_DUMP=str(self.dump_file), **(env or {}))
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=120, env=variables, cwd=self.folder.parent, check=False
        )
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    @property
    def dump_file(self) -> Path:
        return self.folder.parent / "dump.jsonl"

    def requests(self, method: str) -> dict[str, dict[str, Any]]:
        """Return what the recording pack got, by the name of the resource (AnalyzeStack split into its resources)."""
        found: dict[str, dict[str, Any]] = {}
        for line in self.dump_file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry["method"] == method:
                requests = entry["request"].get("resources", []) if method == "AnalyzeStack" else [entry["request"]]
                found |= {request["name"]: request for request in requests}
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    folder = tmp_path / "project"
    folder.mkdir()
    return Workbench(folder)


@pytest.fixture
def previewed(bench: Workbench) -> Callable[..., Ran]:
    """Write a program and preview it with the recording pack."""

    def run(text: str, *options: str, **keywords: Any) -> Ran:
        bench.program(text)
        return bench.preview(*options, **keywords)

    return run
