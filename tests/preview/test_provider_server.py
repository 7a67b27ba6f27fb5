"""The offline provider over the ResourceProvider protocol, as the Pulumi CLI uses it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from preflight.preview.provider.environment import Environment
from preflight.preview.provider.placeholders import text
from preflight.preview.provider.server import serve
from preflight.wire import UNKNOWN_STRING, is_unknown, to_python, to_struct

from .conftest import environment

BUCKET = "urn:pulumi:dev::demo::aws:s3/bucket:Bucket::b"


@pytest.fixture
def stub() -> Iterator[Any]:
    servers, value = serve(["aws"], "7.51.1", Environment(region="eu-west-1"))
    package, _, port = value.partition(":")
    assert package == "aws"
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    for server in servers:
        server.stop(grace=0)


def test_a_preview_of_one_resource(stub: Any) -> None:
    config = stub.CheckConfig(provider_pb2.CheckRequest(news=to_struct({"version": "7.51.1"}))).inputs
    configured = stub.Configure(provider_pb2.ConfigureRequest(args=config))
    assert configured.supportsPreview
    assert configured.acceptSecrets
    checked = stub.Check(provider_pb2.CheckRequest(urn=BUCKET, news=to_struct({"tags": {"a": text("x")}})))
    inputs = to_python(checked.inputs)
    assert inputs["bucket"].startswith("b-")
    assert inputs["region"] == "eu-west-1"
    assert inputs["tags"] == {"a": UNKNOWN_STRING}
    created = stub.Create(provider_pb2.CreateRequest(urn=BUCKET, properties=checked.inputs, preview=True))
    assert created.id == ""
    outputs = to_python(created.properties)
    assert outputs["bucket"] == inputs["bucket"]
    assert is_unknown(outputs["bucketDomainName"]) or outputs["bucketDomainName"]


def test_it_creates_nothing(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        stub.Create(provider_pb2.CreateRequest(urn=BUCKET, properties=to_struct({})))
    assert raised.value.code() == grpc.StatusCode.FAILED_PRECONDITION


def test_lookups_hold_no_unknown(stub: Any) -> None:
    known = stub.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion", args=to_struct({})))
    assert to_python(getattr(known, "return"))["name"] == "eu-west-1"
    placeholder = stub.Invoke(
        provider_pb2.InvokeRequest(tok="aws:ec2/getVpc:getVpc", args=to_struct({"default": True}))
    )
    assert not is_unknown(to_python(getattr(placeholder, "return"))["id"])
    assert to_python(getattr(placeholder, "return"))["id"]


def test_command_line() -> None:
    command = [sys.executable, "-m", "preflight.preview.provider.server", "aws", "random"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert [part.partition(":")[0] for part in line.strip().split(",")] == ["aws", "random"]


def test_bad_account() -> None:
    command = [sys.executable, "-m", "preflight.preview.provider.server", "--account", "1"]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    assert ran.returncode == 2
    assert "twelve digits" in ran.stderr
