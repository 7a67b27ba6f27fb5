"""A preview prints no secret: not in a report of any format, nor in what the program prints, logs or raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.preview.conftest import Workbench

PROJECT = """
name: demo
runtime: python
config:
  password: {type: string, secret: true}
"""
PROGRAM = """
import warnings
import pulumi
import pulumi_aws as aws

password = pulumi.Config().require_secret("password")
plain = pulumi.Config().require("password")
print("connecting with", plain)
print(repr(plain))
warnings.warn(f"deprecated: {plain}")
pulumi.log.warn(f"logged {plain}")
found = aws.ssm.get_parameter_output(name=password)
aws.ssm.get_parameter_output(name=pulumi.Output.secret("short"))
aws.rds.Instance("db", engine="postgres", instance_class="db.t4g.micro", allocated_storage=20, username="app",
                 password=password, identifier=password, skip_final_snapshot=True)
aws.lambda_.Function("f", runtime="python3.12", handler="i.h", role="arn:aws:iam::1:role/x",
                     environment={"variables": {"TOKEN": password}})
aws.iam.Policy("p", policy=pulumi.Output.json_dumps({"Statement": [{"Effect": password, "Action": password}]}))
pulumi.export("password", password)
"""
SECRETS = ["Hk93-lLq2-zz", "back\\slash\t9z", "both'\"quotes-9", "Zürich☃-gnu9"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "end", ["", "raise ValueError(plain)\n", "raise KeyError(plain)\n"], ids=["ends", "str", "repr"]
)
def test_no_format_and_no_stream_shows_it(bench: Workbench, tmp_path: Path, secret: str, end: str) -> None:
    bench.program(PROGRAM + end, PROJECT)
    (tmp_path / "value.txt").write_text(secret + "\n", encoding="utf-8")
    files = {
        form: tmp_path / f"report.{form}" for form in ("json", "sarif", "junit", "markdown", "github", "gitlab", "html")
    }
    options = [f"--report={form}={file}" for form, file in files.items()]
    ran = bench.preview(f"--config=password=@{tmp_path / 'value.txt'}", "--strict", *options, pack=None, form="text")
    assert ran.code == (3 if end else 1), ran.said
    said = {"stdout": ran.out, "stderr": ran.err} | {form: file.read_text("utf-8") for form, file in files.items()}
    shown = {secret, repr(secret)[1:-1], "".join(character for character in secret if character.isprintable())}
    assert {place: [text for text in shown if text in content] for place, content in said.items()} == {
        place: [] for place in said
    }
    assert "connecting with [secret]" in ran.err
    assert "'short'" not in ran.said


def test_a_secret_on_standard_input(bench: Workbench) -> None:
    bench.program("import pulumi\npulumi.export('n', len(pulumi.Config().require('password')))\n", PROJECT)
    ran = bench.preview("--config=password=@-")
    assert ran.code == 0, ran.err


def test_a_file_that_is_not_there_is_one_message(bench: Workbench) -> None:
    bench.program("import pulumi\n", PROJECT)
    ran = bench.preview("--config=password=@nowhere.txt")
    assert (ran.code, ran.out) == (2, "")
    assert "--config password=@nowhere.txt: can't be read: No such file or directory" in ran.err


def test_a_key_of_three_parts_is_refused(bench: Workbench) -> None:
    bench.program("import pulumi\n")
    ran = bench.preview("--config=a:b:c=x")
    assert (ran.code, ran.out) == (2, "")
    assert "--config a:b:c: is no configuration key" in ran.err


@pytest.mark.parametrize("secret", ["swordfish", "correct-horse-battery", "word"])
def test_a_secret_that_is_a_plain_word_is_masked_in_what_the_program_says(bench: Workbench, secret: str) -> None:
    bench.program(
        "import pulumi\nvalue = pulumi.Config().require('password')\nprint('it is', value)\nraise ValueError(f'no {value} here')\n",
        PROJECT,
    )
    ran = bench.preview(f"--config=password={secret}", form="text")
    assert ran.code == 3
    assert secret not in ran.said
    assert "it is [secret]" in ran.err
    assert "ValueError: no [secret] here" in ran.out
