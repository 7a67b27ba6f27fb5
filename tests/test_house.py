"""The repository as a whole: what is locked, what is committed, and what stays apart."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "policypack" / "preflight"

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def requirements(text: str) -> list[str]:
    """The lines of a requirements file that name a package."""
    return [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]


def committed_files() -> list[Path]:
    """Every file that git knows; all files where this is no git checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_every_locked_package_has_hashes_and_no_host() -> None:
    pinned = requirements(LOCK)
    assert len(pinned) > 40
    assert all("==" in line and line.endswith("\\") for line in pinned)
    assert "://" not in LOCK
    assert "--index" not in LOCK


def test_every_dependency_is_locked() -> None:
    declared = re.findall(r'"([A-Za-z][A-Za-z0-9-]+)[><=~]', PROJECT)
    assert {"pulumi", "pulumi-policy", "pulumi-aws", "pytest"} <= set(declared)
    locked = {line.partition("==")[0] for line in requirements(LOCK)}
    assert {name.lower() for name in declared} <= locked


def test_the_pack_alone_needs_what_the_project_declares() -> None:
    for line in requirements((ROOT / "policypack" / "requirements.txt").read_text(encoding="utf-8")):
        assert f'"{line}"' in PROJECT


def test_the_pack_imports_nothing_beside_it() -> None:
    beside = {"tests", "stacks", "components", "benchmarks"}
    for path in (ROOT / "policypack").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            assert not beside & {name.partition(".")[0] for name in names}, path


def test_importing_the_package_has_no_side_effect() -> None:
    check = "import preflight, sys, threading; print(threading.active_count(), 'grpc' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", check],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout.split()[:1], ran.stderr) == (["1"], "")


def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    words = ("/work/" + "main", "/root/" + ".pyenv", "/opt/" + "scratch", "/opt/" + "v7", "files.python" + "hosted")
    found = []
    for path in committed_files():
        content = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word.encode() in content]
    assert not found


def test_links_between_pages_lead_somewhere() -> None:
    pages = [path for path in committed_files() if path.suffix == ".md"]
    assert {"README.md", "adopt.md", "rules.md"} <= {path.name for path in pages}
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            file, _, anchor = target.partition("#")
            aim = page.parent / file if file else page
            if "://" not in target and not (aim.exists() and (not anchor or anchor in anchors(aim))):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"(?m)^#+ +(.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_no_section_of_a_docstring_is_run_together() -> None:
    """Reflowed as one paragraph, arguments can't be told apart."""
    together = re.compile(r"^\s+(?:Args|Raises|Returns|Yields): \S", re.MULTILINE)
    sources = [path for folder in ("policypack/preflight", "stacks") for path in (ROOT / folder).rglob("*.py")]
    assert [str(path) for path in sources if together.search(path.read_text(encoding="utf-8"))] == []


def test_help_lists_every_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert targets == set(re.findall(r"^  make (\w+) ", shown, flags=re.MULTILINE))
    assert {"preview", "test", "lint"} <= targets


def make_set_up(tmp_path: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/set-up in an empty project, with a Python that is this shell script."""
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "set-up"
    script.write_bytes((ROOT / "scripts" / "set-up").read_bytes())
    script.chmod(0o755)
    fake = tmp_path / "python3"
    fake.write_text(f"#!/bin/sh\n{python}\n", encoding="utf-8")
    fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path), "PYTHON": str(fake)}
    return subprocess.run([script], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)


def test_an_old_python_is_refused_with_the_way_out(tmp_path: Path) -> None:
    ran = make_set_up(tmp_path, "exit 1")
    assert ran.returncode == 1
    assert "does not run, or is older than Python 3.10" in ran.stderr
    assert "make PYTHON=" in ran.stderr


def test_a_python_without_ensurepip_and_pip_says_what_to_install(tmp_path: Path) -> None:
    fake = 'case "$*" in *ensurepip*|*"from pip"*) exit 1;; *version_info\\[:2\\]*) echo 3.11;; esac'
    ran = make_set_up(tmp_path, fake)
    assert ran.returncode == 1
    assert "apt-get install python3.11-venv" in ran.stderr
    assert not (tmp_path / ".venv").exists()
