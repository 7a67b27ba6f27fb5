"""A thousand planted secrets, in every shape that a state has for them; none is in any file or answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from preflight import wire
from preflight.commands.cli import group
from tests.fleet.states import audited

FUNCTION = "aws:lambda/function:Function"


def marked(value: Any) -> dict[str, Any]:
    return {wire.SIGNATURE_KEY: wire.SECRET, "plaintext": json.dumps(value)}


def encrypted(value: str) -> dict[str, Any]:
    return {wire.SIGNATURE_KEY: wire.SECRET, "ciphertext": value}


def resource(kind: str, name: str, inputs: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:dev::app::{kind}::{name}", "custom": True, "type": kind, "id": name,
        "inputs": inputs, "outputs": {**inputs, **(outputs or {})},
    }  # fmt: skip


SHAPES: dict[str, Callable[[str], dict[str, Any]]] = {
    "marked plain": lambda s: resource("aws:ssm/parameter:Parameter", "p", {"type": "String", "value": marked(s)}),
    "marked inside a document": lambda s: resource("aws:secretsmanager/secretVersion:SecretVersion", "v", {"secretString": marked(json.dumps({"user": "x", "password": s}))}),
    "marked list": lambda s: resource("aws:ssm/parameter:Parameter", "l", {"values": marked([s, {"deep": s}])}),
    "encrypted": lambda s: resource("aws:rds/instance:Instance", "e", {"password": encrypted(s)}),
    "plain password": lambda s: resource("aws:rds/instance:Instance", "r", {"password": s, "engine": "postgres"}),
    "plain in a variable": lambda s: resource(FUNCTION, "f", {"environment": {"variables": {"DB_PASSWORD": s, "API_TOKEN": s}}, "runtime": "python3.8"}),
    "in a URL": lambda s: resource(FUNCTION, "u", {"environment": {"variables": {"DATABASE": f"postgres://app:{s}@db.example.com/x"}}}),
    "in JSON text": lambda s: resource("aws:ecs/taskDefinition:TaskDefinition", "t", {"containerDefinitions": json.dumps([{"name": "a", "environment": [{"name": "X", "value": "y"}], "password": s}])}),
    "in a script": lambda s: resource("aws:ec2/instance:Instance", "i", {"userData": f"#!/bin/sh\nexport PASSWORD={s}\n", "instanceType": "t3.micro"}),
    "in a policy's text": lambda s: resource("aws:s3/bucketPolicy:BucketPolicy", "b", {"bucket": "data", "policy": json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:UserAgent": f"token={s}"}}}]})}),
    "an output": lambda s: resource("aws:iam/accessKey:AccessKey", "k", {"user": "x"}, {"secret": s, "sesSmtpPasswordV4": s}),
    "a name that is one": lambda s: resource("aws:sqs/queue:Queue", s[:4], {"name": "q", "tags": {"token": s, "team": "x"}}),
    "provider": lambda s: {"urn": "urn:pulumi:dev::app::pulumi:providers:aws::own", "custom": True, "type": "pulumi:providers:aws", "id": "1", "inputs": {"accessKey": "AKIAXXXX", "secretKey": s, "token": s, "region": "us-east-1"}},
    "an export": lambda s: {"urn": "urn:pulumi:dev::app::pulumi:pulumi:Stack::app-dev", "custom": False, "type": "pulumi:pulumi:Stack", "outputs": {"motto": s, "dbPassword": s, "list": [s], "object": {"a": s}, "hidden": marked(s)}},
    "a reference's outputs": lambda s: {"urn": "urn:pulumi:dev::app::pulumi:pulumi:StackReference::net", "custom": True, "external": True, "type": "pulumi:pulumi:StackReference", "id": "net", "inputs": {"name": "acme/net/dev"}, "outputs": {"name": "acme/net/dev", "outputs": {"motto": s, "x": marked(s)}}},
}  # fmt: skip


def planted(count: int) -> dict[str, str]:
    names = list(SHAPES)
    return {
        f"Zq{hashlib.sha256(str(number).encode()).hexdigest()[:18]}": names[number % len(names)]
        for number in range(count)
    }


def everything(out: Path) -> str:
    """All cells of all Parquet files (they are compressed), all other files, and what the commands print."""
    texts = [str(pq.read_table(path, partitioning=None).to_pylist()) for path in out.rglob("*.parquet")]
    texts += [path.read_text() for path in out.rglob("*.json")]
    for asked in (["summary"], ["top"], ["stack", "dev-0"], ["trend"]):
        ran = CliRunner().invoke(group, ["fleet", asked[0], str(out), *asked[1:], "--format", "json"])
        texts.append(ran.output)
    return "\n".join(texts)


@pytest.mark.parametrize("count", [1000])
def test_no_secret_is_in_any_output(count: int, tmp_path: Path) -> None:
    found = planted(count)
    (tmp_path / "fleet").mkdir()
    listed = list(found.items())
    for number in range(0, count, 100):
        resources = []
        for index, (secret, shape) in enumerate(listed[number : number + 100]):
            made = SHAPES[shape](secret)
            if not made["type"].startswith("pulumi:pulumi:Stack::"):
                made["urn"] += f"-{index}"
            resources.append(made)
        resources.sort(key=lambda made: not made["type"].startswith("pulumi:"))
        state = {"version": 3, "deployment": {"manifest": {}, "resources": resources}}
        (tmp_path / "fleet" / f"dev-{number}.json").write_text(json.dumps(state))
    audit = audited(tmp_path / "out", tmp_path / "fleet")
    assert (audit.states, audit.failed) == (count // 100, 0)
    text = everything(tmp_path / "out")
    assert len(text) > 100_000
    leaked = sorted({shape for secret, shape in found.items() if secret in text})
    assert leaked == []
