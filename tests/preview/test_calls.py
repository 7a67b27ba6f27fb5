"""Where a property is written: the line and columns that editors and code scanning mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from preflight.preview.state.calls import Calls

PROGRAM = """\
import pulumi_aws as aws
b = aws.s3.Bucket("b", acl="private", tags={"héé": "x", "b": "y"})
for port in (22, 80):
    aws.ec2.SecurityGroup(
        f"g{port}",
        vpc_id="vpc-1",
        ingress=[
            {"from_port": port, "toPort": 1},
            aws.ec2.SecurityGroupIngressArgs(from_port=port, to_port=2, protocol="tcp"),
            *more,
        ],
    )
wrap(aws.sqs.Queue("q", delay_seconds=1))
"""


@pytest.fixture
def calls(tmp_path: Path) -> Calls:
    file = tmp_path / "main.py"
    file.write_text(PROGRAM, encoding="utf-8")
    return Calls(str(file))


@pytest.mark.parametrize(
    ("line", "path", "says"),
    [
        (2, "acl", 'acl="private"'),
        (2, "tags.b", '"b"'),
        (2, "tags.héé", '"héé"'),
        (4, "vpcId", 'vpc_id="vpc-1"'),
        (4, "ingress[0].fromPort", '"from_port"'),
        (4, "ingress[0].toPort", '"toPort"'),
        (4, "ingress[1].protocol", 'protocol="tcp"'),
        (4, "ingress[1].cidrBlocks", 'aws.ec2.SecurityGroupIngressArgs(from_port=port, to_port=2, protocol="tcp")'),
        (13, "delaySeconds", "delay_seconds=1"),
        (2, "bucket", None),
        (3, "acl", None),
    ],
)
def test_the_span_of_a_property(calls: Calls, line: int, path: str, says: str | None) -> None:
    span = calls.property(line, path)
    if says is None:
        assert span is None
        return
    assert span is not None
    assert span.line == span.end_line
    assert PROGRAM.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1] == says


def test_the_lines_of_a_call(calls: Calls) -> None:
    assert calls.lines(4) == range(4, 13)
    assert calls.lines(13) == range(13, 14)
    assert calls.lines(99) == range(99, 100)


@pytest.mark.parametrize(("name", "text"), [("a.py", "def ("), ("a.ts", "x(1)"), ("none.py", None)])
def test_a_file_without_calls(tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    assert Calls(str(tmp_path / name)).property(1, "x") is None
    assert Calls(str(tmp_path / name)).lines(1) == range(1, 2)
