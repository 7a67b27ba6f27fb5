"""Bad input: one clear message each, the right exit code, and never a traceback of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Workbench


def _clear(said: str) -> None:
    assert "Traceback" not in said
    assert "preflight/preview" not in said


@pytest.mark.parametrize(
    ("files", "options", "code", "parts"),
    [
        pytest.param({"x.py": ""}, [], 2, ["has no Pulumi.yaml", "not a Pulumi project"], id="no project"),
        pytest.param(
            {"sub/Pulumi.yaml": "name: a\nruntime: python\n"}, [], 2, ["projects below it: sub"], id="project below"
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: cobol\n"},
            [],
            2,
            ["pulumi-language-cobol is not installed"],
            id="another runtime",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\ndescription: a: b\n"},
            [],
            2,
            ["Pulumi.yaml:3:15", "not valid YAML", "quotes"],
            id="colon",
        ),
        pytest.param({"Pulumi.yaml": "name: demo\n\truntime: python\n"}, [], 2, ["Pulumi.yaml:2", "spaces"], id="tab"),
        pytest.param({"Pulumi.yaml": "- a\n"}, [], 2, ["must hold a mapping"], id="list"),
        pytest.param({"Pulumi.yaml": "runtime: python\n"}, [], 2, ["no `name:`"], id="no name"),
        pytest.param({"Pulumi.yaml": "name: a/b\nruntime: python\n"}, [], 2, ["'a/b'", "letters"], id="bad name"),
        pytest.param({"Pulumi.yaml": "name: demo\n"}, [], 2, ["no `runtime:`"], id="no runtime"),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: [python]\n"}, [], 2, ["`runtime:` must be"], id="odd runtime"
        ),
        pytest.param({"Pulumi.yaml": "name: demo\nruntime: python\n"}, [], 2, ["no __main__.py"], id="no program"),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\nmain: gone.py\n"},
            [],
            2,
            ["`main: gone.py`"],
            id="main is gone",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\nconfig: [a]\n", "__main__.py": ""},
            [],
            2,
            ["`config:` must be a mapping"],
            id="config list",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\n", "__main__.py": "", "Pulumi.prod.yaml": ""},
            ["--stack", "staging"],
            2,
            ["--stack staging", "Pulumi.staging.yaml", "stacks there: prod"],
            id="unknown stack",
        ),
        pytest.param(
            {
                "Pulumi.yaml": "name: demo\nruntime: python\n",
                "__main__.py": "",
                "Pulumi.a.yaml": "",
                "Pulumi.b.yaml": "",
            },
            [],
            2,
            ["several stacks (a, b)", "--stack"],
            id="which stack",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\n", "__main__.py": "", "Pulumi.dev.yaml": "config: {a: [}\n"},
            [],
            2,
            ["Pulumi.dev.yaml:1", "not valid YAML"],
            id="malformed stack file",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\nconfig:\n  size: {type: integer}\n", "__main__.py": ""},
            [],
            2,
            ["Stack 'dev' is missing configuration value 'demo:size'", "--config demo:size=VALUE"],
            id="missing declared value",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\nconfig:\n  size: {type: integer}\n", "__main__.py": ""},
            ["--config", "size=many"],
            2,
            ["--config", "'demo:size' is 'many'", "'integer'"],
            id="wrong type",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\n", "__main__.py": ""},
            ["--config", "novalue"],
            2,
            ["--config novalue", "KEY=VALUE"],
            id="no equals sign",
        ),
        pytest.param(
            {
                "Pulumi.yaml": "name: demo\nruntime: python\nconfig:\n  pw: {type: string, secret: true}\n",
                "Pulumi.dev.yaml": "config: {demo:pw: hunter2}\n",
                "__main__.py": "",
            },
            [],
            2,
            ["'demo:pw' must be encrypted"],
            id="secret in plain text",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\n", "__main__.py": ""},
            ["--account", "12"],
            2,
            ["--account", "twelve digits"],
            id="account",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: demo\nruntime: python\n", "__main__.py": ""},
            ["--output", "gone/report.json"],
            2,
            ["there is no folder gone"],
            id="output folder",
        ),
    ],
)
def test_message(bench: Workbench, files: dict[str, str], options: list[str], code: int, parts: list[str]) -> None:
    bench.write(files)
    ran = bench.preview(*options)
    assert ran.code == code, ran.said
    assert ran.out == ""
    for part in parts:
        assert part in ran.err
    _clear(ran.err)


def test_no_such_folder(bench: Workbench) -> None:
    bench.folder.rmdir()
    ran = bench.preview()
    assert ran.code == 2
    assert "there is no such folder" in ran.err


def test_a_file_instead_of_a_folder(bench: Workbench) -> None:
    bench.folder.rmdir()
    bench.folder.write_text("")
    ran = bench.preview()
    assert ran.code == 2
    assert "is a file" in ran.err


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        pytest.param({}, ["has no PulumiPolicy.yaml"], id="no pack"),
        pytest.param({"PulumiPolicy.yaml": "runtime: nodejs\n"}, ["`nodejs`", "Python packs only"], id="node"),
        pytest.param({"PulumiPolicy.yaml": "runtime: python\n"}, ["no __main__.py"], id="no program"),
    ],
)
def test_not_a_pack(bench: Workbench, tmp_path: Path, files: dict[str, str], parts: list[str]) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    for name, text in files.items():
        (pack / name).write_text(text)
    bench.program("import pulumi\n")
    ran = bench.preview(pack=pack)
    assert ran.code == 2
    assert all(part in ran.err for part in parts), ran.err
    _clear(ran.err)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("raise ValueError('broken pack')", ["failed to start", "ValueError: broken pack"], id="raises"),
        pytest.param("print('hello')", ["failed to start", "must be its port, but was 'hello'"], id="prints"),
        pytest.param("import sys; sys.exit(3)", ["failed to start"], id="exits"),
        pytest.param(
            "import socket, time\ns = socket.socket(); s.bind(('127.0.0.1', 0))\nprint(s.getsockname()[1])\ntime.sleep(60)\n",
            ["failed to start"],
            id="says a port and serves nothing",
        ),
    ],
)
def test_a_pack_that_does_not_start(bench: Workbench, text: str, parts: list[str]) -> None:
    bench.program("import pulumi\npulumi.export('a', 1)\n")
    ran = bench.preview("--timeout", "8", pack=bench.pack(text))
    assert ran.code == 4, ran.said
    assert all(part in ran.err for part in parts), ran.err
    assert "preflight/preview" not in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("us-wets-2", "there is no Region 'us-wets-2'; did you mean us-west-2?"),
        ("EU-West-1", "there is no Region 'EU-West-1'; did you mean eu-west-1?"),
        ("somewhere", "'somewhere' is not the name of a Region, such as eu-west-1"),
    ],
)
def test_a_region_that_does_not_exist(bench: Workbench, region: str, said: str) -> None:
    bench.program("")
    ran = bench.preview("--region", region)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_region_newer_than_the_table_is_noted(bench: Workbench) -> None:
    bench.program("")
    ran = bench.preview("--region", "us-west-9")
    assert ran.code == 0
    assert "does not have us-west-9" in ran.err


def test_a_toolchain_that_pulumi_does_not_know(bench: Workbench) -> None:
    bench.program("", "name: demo\nruntime: {name: python, options: {toolchain: conda}}\n")
    ran = bench.preview()
    assert (ran.code, ran.out) == (2, "")
    assert "Pulumi.yaml: there is no toolchain 'conda'; Pulumi knows pip, poetry, uv" in ran.err
