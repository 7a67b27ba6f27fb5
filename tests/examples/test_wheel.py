"""The wheel, built and unpacked: it holds what reports and plugins need, and previews."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_its_entry_points(unpacked: Path) -> None:
    [file] = unpacked.glob("*.dist-info/entry_points.txt")
    text = file.read_text(encoding="utf-8")
    assert "[console_scripts]\npreflight = preflight.commands.cli:main" in text
    assert "[pytest11]\npreflight = preflight.testing.plugin" in text


def test_it_previews_with_every_file_that_it_needs(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("import pulumi_aws as aws\naws.sqs.Queue('q')\n")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_", "PREFLIGHT_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "preflight", "preview", "--report", "html=report.html", "--report", "json=report.json"],
        cwd=tmp_path, env=kept | {"PYTHONPATH": str(unpacked)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "shop (dev): 1 resource" in ran.stdout
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (unpacked / "preflight" / "reports" / "report.schema.json").is_file()
