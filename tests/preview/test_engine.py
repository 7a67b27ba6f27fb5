"""What the engine does for a program, seen from the program (its exports) and from a pack (the recording one)."""

from __future__ import annotations

from typing import Any

import pytest

from preflight.wire import OUTPUT_VALUE, SECRET, SIGNATURE_KEY, UNKNOWN_STRING

from .conftest import PROGRAMS, Ran, Workbench

HEAD = "import pulumi\nimport pulumi_aws as aws\nfrom pulumi import ResourceOptions\n"


def _secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE_KEY: SECRET, "value": value}


def _run(bench: Workbench, text: str, *options: str, project: str = "name: demo\nruntime: python\n") -> Ran:
    bench.program(HEAD + text, project)
    ran = bench.preview(*options)
    assert ran.code == 0, ran.err
    return ran


def _outputs(bench: Workbench) -> dict[str, Any]:
    """The program's exports, as they arrived on the root stack."""
    properties: dict[str, Any] = bench.requests("AnalyzeStack")["demo-dev"].get("properties", {})
    return properties


class TestConfiguration:
    PROJECT = """
name: demo
runtime: python
config:
  size: {type: integer, default: 3}
  names: {type: array, items: {type: string}, default: [a, b]}
  plain: {value: fixed}
  bare: short
  aws:region: {value: eu-west-1}
"""
    TEXT = """
config = pulumi.Config()
pulumi.export("values", {k: config.get(k) for k in ("size", "names", "plain", "bare", "flag", "tree", "day")})
pulumi.export("secret", config.get_secret("pw"))
pulumi.export("region", aws.get_region().name)
"""

    def test_defaults_stack_file_and_overrides(self, bench: Workbench) -> None:
        bench.write(
            {"Pulumi.dev.yaml": "config:\n  demo:flag: yes\n  demo:tree: {a: [1, true]}\n  demo:day: 2024-01-01\n"}
        )
        _run(bench, self.TEXT, "--config", "size=5", "--config", "demo:plain=x=y", project=self.PROJECT)
        assert _outputs(bench)["values"] == {
            "size": "5",
            "names": '["a","b"]',
            "plain": "x=y",
            "bare": "short",
            "flag": "yes",
            "tree": '{"a":[1,true]}',
            "day": "2024-01-01",
        }
        assert _outputs(bench)["region"] == "eu-west-1"

    def test_region_option(self, bench: Workbench) -> None:
        _run(bench, self.TEXT, "--region", "ap-south-1", project=self.PROJECT)
        assert _outputs(bench)["region"] == "ap-south-1"

    def test_encrypted_values_are_unknown_secrets(self, bench: Workbench) -> None:
        bench.write(
            {
                "Pulumi.dev.yaml": "encryptionsalt: v1:x\nconfig:\n  demo:pw: {secure: v1:abc}\n"
                "  demo:deep: {user: u, password: {secure: v1:def}}\n"
            }
        )
        text = """
config = pulumi.Config()
deep = config.require_secret_object("deep")
pulumi.export("pw", config.require_secret("pw"))
pulumi.export("mixed", pulumi.Output.concat("postgres://", config.require_secret("pw"), "@host"))
pulumi.export("deep", deep)
aws.ssm.Parameter("p", type="SecureString", value=config.require_secret("pw"))
"""
        ran = _run(bench, text)
        outputs = _outputs(bench)
        assert outputs["pw"] == _secret(_secret(UNKNOWN_STRING))
        assert outputs["mixed"] == _secret(_secret(UNKNOWN_STRING))
        assert outputs["deep"] == _secret({"user": "u", "password": _secret(UNKNOWN_STRING)})
        assert bench.requests("Analyze")["p"]["properties"]["value"] == _secret(_secret(UNKNOWN_STRING))
        assert "encrypted configuration is unknown here: demo:deep, demo:pw" in ran.err

    def test_an_override_makes_an_encrypted_value_known(self, bench: Workbench) -> None:
        bench.write({"Pulumi.dev.yaml": "config:\n  demo:pw: {secure: v1:abc}\n"})
        ran = _run(bench, 'pulumi.export("pw", pulumi.Config().require_secret("pw"))', "--config", "pw=known")
        assert _outputs(bench)["pw"] == _secret("known")
        assert "encrypted" not in ran.err

    def test_encrypted_number(self, bench: Workbench) -> None:
        bench.write({"Pulumi.dev.yaml": "config:\n  demo:n: {secure: v1:abc}\n"})
        project = "name: demo\nruntime: python\nconfig:\n  n: {type: integer, secret: true}\n"
        _run(bench, 'pulumi.export("n", pulumi.Config().require_secret_int("n"))', project=project)
        assert _outputs(bench)["n"] == _secret(_secret(UNKNOWN_STRING))

    def test_other_stack_folder_and_organization(self, bench: Workbench) -> None:
        bench.write({"stacks/Pulumi.prod.yaml": "config: {demo:a: b}\n"})
        bench.program(
            "import pulumi\nassert pulumi.Config().require('a') == 'b'\n"
            "assert pulumi.get_organization() == 'acme' and pulumi.get_stack() == 'prod'\n",
            "name: demo\nruntime: python\nstackConfigDir: stacks\n",
        )
        ran = bench.preview("--stack", "acme/demo/prod")
        assert ran.code == 0, ran.err
        assert ran.report["stack"] == "prod"

    def test_configured_provider(self, bench: Workbench) -> None:
        _run(bench, 'aws.sns.Topic("t")', "--config", "aws:region=eu-north-1")
        request = bench.requests("Analyze")["t"]
        assert request["provider"]["properties"]["region"] == "eu-north-1"
        assert request["provider"]["name"].startswith("default_7_")

    def test_disabled_default_provider(self, bench: Workbench) -> None:
        bench.program(HEAD + 'aws.sns.Topic("t")')
        ran = bench.preview("--config", 'pulumi:disable-default-providers=["aws"]')
        assert ran.code == 3
        assert "Default provider for 'aws' disabled" in ran.err


class TestGraph:
    def test_components_parents_and_urns(self, bench: Workbench) -> None:
        text = """
class Outer(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("my:mod:Outer", name, {}, opts)
        self.topic = aws.sns.Topic(f"{name}-topic", opts=ResourceOptions(parent=self))
        self.register_outputs({"arn": self.topic.arn})
outer = Outer("o", ResourceOptions(protect=True))
inner = Outer("i", ResourceOptions(parent=outer))
"""
        _run(bench, text)
        stack = bench.requests("AnalyzeStack")
        assert stack["i-topic"]["urn"] == "urn:pulumi:dev::demo::my:mod:Outer$my:mod:Outer$aws:sns/topic:Topic::i-topic"
        assert stack["i-topic"]["parent"] == stack["i"]["urn"]
        assert stack["i-topic"]["options"]["protect"] is True
        assert stack["o"]["properties"] == {"arn": UNKNOWN_STRING}
        assert stack["o"]["parent"] == "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev"

    def test_dependencies(self, bench: Workbench) -> None:
        text = """
first = aws.sns.Topic("first")
second = aws.sqs.Queue("second", kms_master_key_id=first.arn, tags={"a": first.name}, opts=ResourceOptions(depends_on=[first]))
third = aws.sns.Topic("third", opts=ResourceOptions(depends_on=[second]))
"""
        _run(bench, text)
        stack = bench.requests("AnalyzeStack")
        first, second = stack["first"]["urn"], stack["second"]["urn"]
        assert stack["second"]["dependencies"] == [first]
        assert stack["second"]["propertyDependencies"] == {
            "kmsMasterKeyId": {"urns": [first]},
            "tags": {"urns": [first]},
        }
        assert stack["third"]["dependencies"] == [second]
        assert "propertyDependencies" not in stack["third"]

    def test_unknown_and_known_outputs(self, bench: Workbench) -> None:
        text = """
topic = aws.sns.Topic("t", name="given")
pulumi.export("name", topic.name)
pulumi.export("arn", topic.arn)
pulumi.export("upper", topic.arn.apply(lambda v: v.upper()))
"""
        _run(bench, text)
        assert _outputs(bench) == {"name": "given", "arn": UNKNOWN_STRING, "upper": UNKNOWN_STRING}

    def test_explicit_providers(self, bench: Workbench) -> None:
        text = """
paris = aws.Provider("paris", region="eu-west-3")
class C(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("my:mod:C", name, {}, opts)
        aws.sns.Topic(f"{name}-topic", opts=ResourceOptions(parent=self))
C("c", ResourceOptions(providers=[paris]))
aws.sns.Topic("direct", opts=ResourceOptions(provider=paris))
aws.sns.Topic("default")
pulumi.export("region", aws.get_region_output(opts=pulumi.InvokeOutputOptions(provider=paris)).name)
"""
        _run(bench, text, "--region", "us-east-2")
        analyzed = bench.requests("Analyze")
        regions = {
            name: analyzed[name]["provider"]["properties"]["region"] for name in ("c-topic", "direct", "default")
        }
        assert regions == {"c-topic": "eu-west-3", "direct": "eu-west-3", "default": "us-east-2"}
        assert _outputs(bench)["region"] == "eu-west-3"

    def test_provider_with_unknown_configuration(self, bench: Workbench) -> None:
        text = """
key = aws.kms.Key("k")
late = aws.Provider("late", region=key.key_id)
topic = aws.sns.Topic("t", name="n", opts=ResourceOptions(provider=late))
pulumi.export("name", topic.name)
"""
        _run(bench, text)
        assert bench.requests("AnalyzeStack")["t"]["properties"] == {}
        assert _outputs(bench)["name"] == UNKNOWN_STRING

    def test_options_reach_the_pack(self, bench: Workbench) -> None:
        text = """
aws.sns.Topic("t", opts=ResourceOptions(
    ignore_changes=["tags"], delete_before_replace=False, additional_secret_outputs=["arn"],
    custom_timeouts=pulumi.CustomTimeouts(create="1h30m", update="45s"), aliases=[pulumi.Alias(name="old")]))
"""
        _run(bench, text)
        options = bench.requests("Analyze")["t"]["options"]
        assert options["ignoreChanges"] == ["tags"]
        assert options["deleteBeforeReplaceDefined"] is True
        assert options["additionalSecretOutputs"] == ["arn"]
        assert options["customTimeouts"] == {"create": 5400.0, "update": 45.0}
        assert "aliases" not in options
        assert bench.requests("AnalyzeStack")["t"]["properties"]["arn"] == _secret(UNKNOWN_STRING)

    def test_secrets(self, bench: Workbench) -> None:
        text = """
parameter = aws.ssm.Parameter("p", type="SecureString", value=pulumi.Output.secret("hunter2"))
pulumi.export("value", parameter.value)
"""
        ran = _run(bench, text)
        assert bench.requests("Analyze")["p"]["properties"]["value"] == _secret("hunter2")
        assert bench.requests("AnalyzeStack")["p"]["properties"]["value"] == _secret("hunter2")
        assert _outputs(bench)["value"] == _secret("hunter2")
        assert "hunter2" not in ran.said

    def test_assets(self, bench: Workbench) -> None:
        bench.write({"file.txt": "content\n"})
        text = """
aws.s3.BucketObject("o", bucket="b", source=pulumi.FileAsset("file.txt"))
aws.s3.BucketObject("s", bucket="b", source=pulumi.StringAsset("text"))
aws.lambda_.Function("f", role="r", code=pulumi.AssetArchive({"a.txt": pulumi.FileAsset("file.txt"), "d": pulumi.FileArchive(".")}))
"""
        _run(bench, text)
        analyzed = bench.requests("Analyze")
        assert analyzed["o"]["properties"]["source"]["hash"].startswith(
            "434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e"
        )
        assert analyzed["s"]["properties"]["source"]["text"] == "text"
        assert analyzed["f"]["properties"]["code"]["assets"]["a.txt"]["path"] == "file.txt"


class TestTransforms:
    def test_own_ancestor_and_stack_transforms_in_order(self, bench: Workbench) -> None:
        text = """
def add(letter):
    def transform(args):
        if args.type_ != "aws:sns/topic:Topic":
            return None
        return pulumi.ResourceTransformResult({**args.props, "displayName": args.props["displayName"] + letter}, args.opts)
    return transform
class C(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("my:mod:C", name, {}, opts)
        aws.sns.Topic("t", display_name="x", opts=ResourceOptions(parent=self, transforms=[add("1")]))
pulumi.runtime.register_resource_transform(add("3"))
C("c", ResourceOptions(transforms=[add("2")]))
"""
        _run(bench, text)
        assert bench.requests("Analyze")["t"]["properties"]["displayName"] == "x123"

    def test_a_transform_changes_options_and_sees_outputs(self, bench: Workbench) -> None:
        text = """
async def transform(args):
    if args.type_ == "aws:sqs/queue:Queue":
        assert isinstance(args.props["kmsMasterKeyId"], pulumi.Output)
        return pulumi.ResourceTransformResult(args.props, ResourceOptions.merge(args.opts, ResourceOptions(protect=True)))
pulumi.runtime.register_resource_transform(transform)
key = aws.kms.Key("k")
aws.sqs.Queue("q", kms_master_key_id=key.id)
"""
        _run(bench, text)
        request = bench.requests("Analyze")["q"]
        assert request["options"]["protect"] is True
        assert request["properties"]["kmsMasterKeyId"] == UNKNOWN_STRING
        assert OUTPUT_VALUE not in str(request)

    def test_transforms_that_look_things_up_do_not_wait_for_each_other(self, bench: Workbench) -> None:
        text = """
async def transform(args):
    if args.type_ == "aws:sns/topic:Topic":
        region = await aws.get_region_output().future()
        account = aws.get_caller_identity()
        return pulumi.ResourceTransformResult({**args.props, "displayName": region.region + account.account_id}, args.opts)
pulumi.runtime.register_resource_transform(transform)
for i in range(60):
    aws.sns.Topic(f"t{i}")
"""
        _run(bench, text, "--account", "555566667777", "--timeout", "60")
        assert bench.requests("Analyze")["t59"]["properties"]["displayName"] == "us-east-1555566667777"

    def test_invoke_transform(self, bench: Workbench) -> None:
        text = """
def transform(args):
    return pulumi.InvokeTransformResult({**args.args, "name": "eu-south-1"}, args.opts)
pulumi.runtime.register_invoke_transform(transform)
pulumi.export("region", aws.get_region_output().name)
"""
        _run(bench, text)
        assert _outputs(bench)["region"] == "eu-south-1"

    def test_hooks_that_run_in_previews(self, bench: Workbench) -> None:
        text = """
def hook(args):
    print("hook", args.name, args.new_inputs["name"], args.new_outputs is not None)
before = pulumi.ResourceHook("before", hook, opts=pulumi.ResourceHookOptions(on_dry_run=True))
never = pulumi.ResourceHook("never", lambda args: 1 / 0)
aws.sns.Topic("t", name="n", opts=ResourceOptions(hooks=pulumi.ResourceHookBinding(
    before_create=[before], after_create=[before, never])))
"""
        ran = _run(bench, text)
        assert "hook t n False" in ran.err
        assert "hook t n True" in ran.err

    def test_a_failing_hook_fails_the_program(self, bench: Workbench) -> None:
        bench.program(
            HEAD + "def hook(args):\n    raise ValueError('not today')\n"
            'before = pulumi.ResourceHook("before", hook, opts=pulumi.ResourceHookOptions(on_dry_run=True))\n'
            'aws.sns.Topic("t", opts=ResourceOptions(hooks=pulumi.ResourceHookBinding(before_create=[before])))\n'
        )
        ran = bench.preview()
        assert ran.code == 3
        assert "before create hook 'before' failed: not today" in ran.err


class TestLookups:
    def test_forms(self, bench: Workbench) -> None:
        """The direct form gets marked stand-ins, the output form a true unknown; both are unknown where they arrive."""
        text = """
ami = aws.ec2.get_ami(most_recent=True, owners=["amazon"])
later = aws.ec2.get_ami_output(most_recent=True, owners=["amazon"])
aws.ec2.Instance("direct", ami=ami.id, instance_type="t3.micro", tags={"n": f"from-{ami.name}"})
aws.ec2.Instance("output", ami=later.id, instance_type="t3.micro", root_block_device={"volume_size": later.ena_support.apply(lambda e: 9)})
vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
pulumi.export("subnet", subnets.ids[0])
"""
        ran = _run(bench, text)
        analyzed = bench.requests("Analyze")
        assert analyzed["direct"]["properties"]["ami"] == UNKNOWN_STRING
        assert analyzed["direct"]["properties"]["tags"] == {"n": UNKNOWN_STRING}
        assert analyzed["output"]["properties"]["ami"] == UNKNOWN_STRING
        assert analyzed["output"]["properties"]["rootBlockDevice"]["volumeSize"] == UNKNOWN_STRING
        assert _outputs(bench)["subnet"] == UNKNOWN_STRING
        prerequisites = ran.report["prerequisites"]
        assert {(item["token"], item["location"]["line"]) for item in prerequisites} == {
            ("aws:ec2/getAmi:getAmi", 5),
            ("aws:ec2/getAmi:getAmi", 6),
            ("aws:ec2/getVpc:getVpc", 9),
            ("aws:ec2/getSubnets:getSubnets", 10),
        }

    def test_lookup_that_depends_on_a_new_resource(self, bench: Workbench) -> None:
        text = """
bucket = aws.s3.Bucket("b", bucket="known")
found = aws.s3.get_bucket_output(bucket=bucket.bucket)
pulumi.export("arn", found.arn)
pulumi.export("document", aws.iam.get_policy_document_output(
    statements=[{"actions": ["s3:*"], "resources": [bucket.arn]}]).json)
"""
        _run(bench, text)
        assert _outputs(bench) == {"arn": UNKNOWN_STRING, "document": UNKNOWN_STRING}

    def test_get_and_stack_reference(self, bench: Workbench) -> None:
        text = """
vpc = aws.ec2.Vpc.get("shared", "vpc-0123456789abcdef0")
other = pulumi.StackReference("acme/network/prod")
pulumi.export("id", vpc.id)
pulumi.export("cidr", vpc.cidr_block)
pulumi.export("subnet", other.get_output("subnet"))
"""
        ran = _run(bench, text)
        assert _outputs(bench) == {"id": "vpc-0123456789abcdef0", "cidr": UNKNOWN_STRING, "subnet": UNKNOWN_STRING}
        assert "shared" not in bench.requests("AnalyzeStack")
        assert [item["token"] for item in ran.report["prerequisites"]] == [
            "aws:ec2/vpc:Vpc",
            "pulumi:pulumi:StackReference",
        ]

    def test_resource_as_a_value(self, bench: Workbench) -> None:
        """A resource inside an output travels as a reference, which the SDK resolves with a lookup of its own."""
        text = """
topic = aws.sns.Topic("t", name="n")
name = pulumi.Output.from_input({"inner": topic}).apply(lambda v: v["inner"].name)
pulumi.export("name", name)
"""
        _run(bench, text)
        assert _outputs(bench)["name"] == "n"

    def test_placeholder_account(self, bench: Workbench) -> None:
        _run(bench, 'pulumi.export("id", aws.get_caller_identity().account_id)', "--account", "555566667777")
        assert _outputs(bench)["id"] == "555566667777"


class TestOtherPackages:
    def test_generic_provider(self, bench: Workbench) -> None:
        text = """
class Thing(pulumi.CustomResource):
    made: pulumi.Output[str]
    def __init__(self, name, size):
        super().__init__("other:mod/thing:Thing", name, {"size": size, "made": None})
thing = Thing("x", 3)
pulumi.export("made", thing.made)
pulumi.export("id", thing.id)
"""
        _run(bench, text)
        assert bench.requests("Analyze")["x"]["properties"] == {"size": 3.0}
        assert _outputs(bench) == {"made": UNKNOWN_STRING, "id": UNKNOWN_STRING}

    def test_remote_component_is_reported_as_incomplete(self, bench: Workbench) -> None:
        text = """
class Remote(pulumi.ComponentResource):
    vpc: pulumi.Output[str]
    def __init__(self, name):
        super().__init__("far:away:Vpc", name, {"vpc": None}, None, True)
pulumi.export("vpc", Remote("r").vpc)
"""
        ran = _run(bench, text)
        assert "far:away:Vpc 'r' is a component of another process" in ran.err
        assert "this preview is incomplete" in ran.err

    def test_dynamic_provider(self, bench: Workbench) -> None:
        text = """
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
class P(ResourceProvider):
    def create(self, props):
        raise AssertionError("a preview creates nothing")
class R(Resource):
    def __init__(self, name):
        super().__init__(P(), name, {"a": 1})
R("r")
"""
        _run(bench, text)
        assert "r" in bench.requests("Analyze")

    def test_import_is_judged_as_declared(self, bench: Workbench) -> None:
        ran = _run(bench, 'aws.sns.Topic("t", opts=ResourceOptions(import_="arn:aws:sns:us-east-1:1:t"))')
        assert "is imported" in ran.err


def test_a_warning_is_shown_once(bench: Workbench) -> None:
    ran = _run(bench, "for _ in range(3):\n    pulumi.log.warn('beware')\npulumi.log.debug('quiet')\n")
    assert ran.err.count("warning: beware") == 1
    assert "quiet" not in ran.err


def test_every_option_at_once(bench: Workbench) -> None:
    """The program of the comparison with the real CLI runs, the same in every run."""
    dumps = []
    for _ in range(2):
        for path in (PROGRAMS / "everything").iterdir():
            if path.is_file():
                (bench.folder / path.name).write_bytes(path.read_bytes())
        ran = bench.preview("--config", "references=true")
        assert ran.code == 0, ran.err
        dumps.append((ran.report | {"seconds": 0}, bench.requests("Analyze"), bench.requests("AnalyzeStack")))
    assert dumps[0] == dumps[1]
    assert dumps[0][0]["resources"] == 17


@pytest.mark.parametrize("count", [60])
def test_many_resources(bench: Workbench, count: int) -> None:
    ran = _run(bench, f'for i in range({count}):\n    aws.sns.Topic(f"t{{i}}", tags={{"i": str(i)}})')
    assert ran.report["resources"] == count
    assert len(bench.requests("AnalyzeStack")) == count + 2
