"""Programs in other languages than Python: what is missing is said before anything runs."""

from __future__ import annotations

import shutil

import pytest

from .conftest import Workbench

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no `node` on PATH")


@needs_node
@pytest.mark.parametrize(
    ("lock", "command"),
    [("package-lock.json", "npm install"), ("yarn.lock", "yarn install"), ("pnpm-lock.yaml", "pnpm install")],
)
def test_missing_packages_are_named_with_the_command_that_installs_them(
    bench: Workbench, lock: str, command: str
) -> None:
    bench.write({"Pulumi.yaml": "name: demo\nruntime: nodejs\n", "index.ts": "export {}\n", lock: ""})
    ran = bench.preview()
    assert ran.code == 2
    assert "the program's packages are not installed" in ran.said
    assert f"run `{command}`" in ran.said


def test_a_missing_host_is_named(bench: Workbench) -> None:
    bench.write({"Pulumi.yaml": "name: demo\nruntime: cobol\n"})
    ran = bench.preview()
    assert ran.code == 2
    assert "pulumi-language-cobol is not installed" in ran.said
