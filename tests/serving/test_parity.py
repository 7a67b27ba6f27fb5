"""The same requests to the stock server and to Preflight's: every response equal, but for what differs by intent."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from preflight import wire
from preflight.testing import UNKNOWN, P, R, concat
from preflight.testing.requests import analyze_request, analyze_stack_request

PACK = textwrap.dedent(
    '''
    import asyncio
    import pulumi
    from pulumi_policy import *
    from {module} import PolicyPack

    def reads(args, report):
        if args.resource_type.startswith("aws:s3") and args.props.get("bucket") == "bad":
            report(f"bad name, {args.opts.protect}, {args.provider and args.provider.props['region']}")
        if args.props.get("many"):
            for item in args.props["many"]:
                report("many " + item, "urn:ignored")

    async def later(args, report):
        await asyncio.sleep(0)
        if "tags" in args.props:
            report(", ".join(f"{key}={args.props['tags'][key]}" for key in sorted(args.props["tags"])))

    def skips(args, report):
        if not args.resource_type.startswith("aws:ec2"):
            args.not_applicable("only ec2")
        report("seen")

    def assets(args, report):
        for key in args.props:
            value = args.props[key]
            if isinstance(value, (pulumi.Asset, pulumi.Archive)):
                report(f"{key} is a {type(value).__name__}")

    def configured(args, report):
        report(f"config {sorted(args.get_config().items())}, tags {sorted(args.stack_tags.items())}")

    def writes(args, report):
        args.props["bucket"] = "written"

    def fix(args):
        if args.resource_type == "aws:s3/bucket:Bucket":
            args.props["acl"] = "private"
            return args.props

    def tag(args):
        if "tags" in args.props:
            args.props["tags"]["Fixed"] = args.get_config().get("who", "nobody")
            return args.props

    async def mend_later(args):
        await asyncio.sleep(0)
        return {**args.props, "later": True} if "bucket" in args.props else None

    class Custom(ResourceValidationPolicy):
        def __init__(self):
            super().__init__("custom", "A class.", enforcement_level=EnforcementLevel.MANDATORY)

        def validate(self, args, report):
            if args.name == "b1":
                report("custom saw b1")

    def stack(args, report):
        for resource in args.resources:
            report(f"{resource.resource_type} {len(resource.dependencies)} {sorted(resource.property_dependencies)} "
                   f"{resource.parent.name if resource.parent else None}", resource.urn)

    def stack_reads(args, report):
        for resource in args.resources:
            if resource.props.get("bucket") and resource.props["bucket"] == "bad":
                report("bad in stack", resource.urn)

    async def stack_later(args, report):
        await asyncio.sleep(0)
        report(f"there are {len(args.resources)}")

    def stack_skips(args, report):
        args.not_applicable()

    PolicyPack(
        name="parity",
        enforcement_level=EnforcementLevel.MANDATORY,
        initial_config={"configured": {"enforcementLevel": EnforcementLevel.ADVISORY, "a": 1}, "reads": EnforcementLevel.DISABLED},
        description="d", display_name="n", readme="r", provider="p", tags=["t"], repository="x",
        policies=[
            ResourceValidationPolicy("reads", "Reads.", reads, severity=Severity.HIGH, display_name="Reads", tags=["a"],
                                     framework=PolicyComplianceFramework("f", "1", "r", "s"), remediation_steps="do", url="u"),
            ResourceValidationPolicy("list", "Two.", [reads, skips], EnforcementLevel.ADVISORY),
            ResourceValidationPolicy("later", "Later.", later),
            ResourceValidationPolicy("skips", "Skips.", skips),
            ResourceValidationPolicy("assets", "Assets.", assets),
            ResourceValidationPolicy("configured", "Configured.", configured,
                                     config_schema=PolicyConfigSchema({"a": {"type": "integer", "default": 3}}, ["a"])),
            ResourceValidationPolicy("writes", "Writes.", writes),
            ResourceValidationPolicy("reads-again", "Reads again.", reads),
            ResourceValidationPolicy("off", "Off.", reads, EnforcementLevel.DISABLED),
            ResourceValidationPolicy("fix", "Fixes.", remediate=fix, enforcement_level=EnforcementLevel.REMEDIATE),
            ResourceValidationPolicy("tag", "Tags.", remediate=tag, enforcement_level=EnforcementLevel.REMEDIATE),
            ResourceValidationPolicy("fix-later", "Fixes later.", remediate=mend_later,
                                     enforcement_level=EnforcementLevel.REMEDIATE),
            ResourceValidationPolicy("only-validates", "Only.", reads, EnforcementLevel.REMEDIATE),
            Custom(),
            StackValidationPolicy("stack", "Stack.", stack),
            StackValidationPolicy("stack-reads", "Stack reads.", stack_reads, EnforcementLevel.ADVISORY, severity=Severity.LOW),
            StackValidationPolicy("stack-later", "Stack later.", stack_later, EnforcementLevel.REMEDIATE),
            StackValidationPolicy("stack-skips", "Stack skips.", stack_skips),
        ],
    )
    '''
)  # fmt: skip

KEY = R("aws:kms/key:Key", "key")
RESOURCES = [
    R("pulumi:pulumi:Stack", "program-dev"),
    KEY,
    R("aws:s3/bucket:Bucket", "b1", bucket="bad", tags={"Name": "x", "Env": "dev"}, many=["a", "b"]),
    R("aws:s3/bucket:Bucket", "b2", bucket=UNKNOWN, tags=wire.secret({"Name": "hidden"})),
    R(
        "aws:s3/bucket:Bucket",
        "b3",
        bucket=wire.secret("bad"),
        kms=KEY.arn,
        options={"protect": True, "aliases": ["urn:a"]},
    ),
    R("aws:s3/bucket:Bucket", "b4", tags={"Name": UNKNOWN}, depth=[{"a": [1, 2.5, None, True]}], depends_on=[KEY]),
    R(
        "aws:ec2/instance:Instance",
        "i1",
        userData=concat("x", KEY.id),
        provider=P("eu", region="eu-west-1"),
        parent=KEY,
    ),
    R(
        "aws:lambda/function:Function",
        "f1",
        code={wire.SIGNATURE_KEY: wire.ARCHIVE, "assets": {"a.py": {wire.SIGNATURE_KEY: wire.ASSET, "text": "pass"}}},
        asset={wire.SIGNATURE_KEY: wire.ASSET, "path": "x.txt"},
        remote={wire.SIGNATURE_KEY: wire.ARCHIVE, "uri": "https://example.com/x.zip"},
    ),
]


class Pack:
    def __init__(self, folder: Path, module: str) -> None:
        folder.mkdir()
        (folder / "PulumiPolicy.yaml").write_text("name: parity\nruntime: python\n")
        (folder / "__main__.py").write_text(PACK.replace("{module}", module))
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)],
            cwd=folder,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(Path(__file__).parents[2] / "policypack"), "PULUMI_STACK": "dev"},
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}", options=wire.CHANNEL_OPTIONS)
        self.stub = analyzer_pb2_grpc.AnalyzerStub(self.channel)

    def close(self) -> None:
        self.channel.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def packs(tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    """A pair for each test: ours keeps its configuration from the first resource on."""
    folder = tmp_path
    pair = Pack(folder / "stock", "pulumi_policy"), Pack(folder / "preflight", "preflight")
    yield pair[0].stub, pair[1].stub
    for pack in pair:
        pack.close()


CONFIGS = {
    "none": pb.ConfigureAnalyzerRequest(),
    "some": pb.ConfigureAnalyzerRequest(
        policyConfig={
            "configured": pb.PolicyConfig(
                enforcementLevel=pb.ADVISORY, properties=wire.to_struct({"a": 7, "b": [1, "x"]})
            ),
            "tag": pb.PolicyConfig(enforcementLevel=pb.REMEDIATE, properties=wire.to_struct({"who": "me"})),
            "reads": pb.PolicyConfig(enforcementLevel=pb.DISABLED),
            "fix": pb.PolicyConfig(enforcementLevel=pb.MANDATORY),
            "stack": pb.PolicyConfig(enforcementLevel=pb.REMEDIATE),
        }
    ),
}


def test_info_is_equal(packs: tuple[Any, Any]) -> None:
    stock, ours = packs
    assert ours.GetAnalyzerInfo(empty_pb2.Empty()) == stock.GetAnalyzerInfo(empty_pb2.Empty())


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("mode", ["preview", "up"])
def test_every_response_is_equal(packs: tuple[Any, Any], config: str, mode: Any) -> None:
    stock, ours = packs
    tags = pb.AnalyzerStackConfigureRequest(stack="dev", project="p", tags={"team": "x"} if config == "some" else {})
    for server in packs:
        server.ConfigureStack(tags)
        server.Configure(CONFIGS[config])
    for resource in RESOURCES:
        request = analyze_request(resource, mode)
        assert ours.Remediate(request) == stock.Remediate(request), resource.name_
        assert ours.Analyze(request) == stock.Analyze(request), resource.name_
    request = analyze_stack_request(RESOURCES, mode)
    assert ours.AnalyzeStack(request) == stock.AnalyzeStack(request)


def test_handshake_and_cancel_are_answered(packs: tuple[Any, Any]) -> None:
    """By intent: the stock server leaves these two unimplemented, which an engine takes as fine too."""
    stock, ours = packs
    ours.Handshake(pb.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"))
    ours.Cancel(empty_pb2.Empty())
    with pytest.raises(grpc.RpcError):
        stock.Handshake(pb.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"))


def test_a_malformed_asset_is_isolated(packs: tuple[Any, Any]) -> None:
    """By intent: the stock server ends the run where a policy raises; here the policy is named and the others run."""
    stock, ours = packs
    broken = R("aws:s3/bucket:Bucket", "broken", bucket="bad", code={wire.SIGNATURE_KEY: wire.ASSET})
    request = analyze_request(broken, "preview")
    with pytest.raises(grpc.RpcError):
        stock.Analyze(request)
    found = ours.Analyze(request)
    assert any("failed on" in item.message and item.enforcementLevel == pb.ADVISORY for item in found.diagnostics)
