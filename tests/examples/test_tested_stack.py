"""The example of a stack with tests runs, and is what the page shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from preflight.preview.state.errors import UsageError
from preflight.testing import UNKNOWN
from preflight.testing.previews import Previews

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "tested_stack"

PROGRAM = """
import pulumi, pulumi_aws as aws
key = aws.kms.Key("key")
aws.s3.Bucket("a", tags={"key": key.arn, "word": pulumi.Output.secret("hunter2")})
aws.s3.Bucket("b")
aws.sqs.Queue("q", message_retention_seconds=5)
"""


def test_the_example_passes() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=EXAMPLE, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "4 passed" in ran.stdout


def test_the_page_shows_it() -> None:
    page = (ROOT / "docs" / "test-your-stack.md").read_text(encoding="utf-8")
    assert (EXAMPLE / "tests" / "test_stack.py").read_text(encoding="utf-8") in page


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    return folder


@pytest.fixture(scope="module")
def previews(program: Path) -> Previews:
    return Previews(program)


def test_a_preview_is_made_once(previews: Previews) -> None:
    assert previews.preview(".") is previews.preview(".")
    assert previews.preview(".", region="eu-west-1") is not previews.preview(".")


def test_what_can_be_asked(previews: Previews) -> None:
    made = previews.preview(".")
    bucket = made.find("aws.s3.Bucket", "a")
    assert bucket is not None
    assert (bucket.type, bucket.urn) == ("aws:s3/bucket:Bucket", "urn:pulumi:dev::demo::aws:s3/bucket:Bucket::a")
    assert bucket["tags"] == {"key": UNKNOWN, "word": "[secret]"}
    assert bucket["bucketPrefix"] is None
    assert made.find("aws:sqs/queue:Queue")["message_retention_seconds"] == 5
    assert [item.name for item in made.all("aws.s3.Bucket")] == ["a", "b"]
    assert bucket.depends_on == [made.find("aws.kms.Key").urn]
    assert {finding.name for finding in made.blocking} == {"q"}
    [rule] = made.blocking.rules
    assert made.findings.of(rule) == made.blocking
    assert "hunter2" not in repr(bucket.inputs)


def test_a_failed_assertion_says_what_and_how_to_fix_it(previews: Previews) -> None:
    text = repr(previews.preview(".").blocking)
    assert "__main__.py:6): messageRetentionSeconds: " in text
    assert text.endswith(".")
    assert repr(previews.preview(".").exempted) == "no findings"


@pytest.mark.parametrize(
    ("type_name", "name", "says"),
    [
        ("aws.s3.Buckett", None, "there is no aws.s3.Buckett; did you mean aws.s3.Bucket"),
        ("aws.s3.Bucket", "c", "there is no aws.s3.Bucket 'c'"),
        ("aws.s3.Bucket", None, "there are 2 of aws.s3.Bucket: a, b"),
    ],
)
def test_what_is_not_found_says_what_there_is(previews: Previews, type_name: str, name: str | None, says: str) -> None:
    with pytest.raises(AssertionError) as caught:
        previews.preview(".").find(type_name, name)
    assert says in str(caught.value)


def test_a_program_that_fails_fails_the_test(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("raise ValueError('late')\n")
    with pytest.raises(AssertionError, match=r"demo \(dev\) failed:\n(.|\n)*ValueError: late"):
        Previews(tmp_path).preview(".")
    with pytest.raises(UsageError, match="there is no such folder"):
        Previews(tmp_path).preview("nowhere")
